"""Envelopes: opened by a call, changed by a decision, told what its agreements did."""

from typing import Any
from uuid import UUID

from services.chassis.clock import Clock
from services.funding.commands import DecideEnvelope, NoteMovements, OpenEnvelope
from services.funding.domain import envelope
from services.funding.store import Store


async def open_envelope(command: OpenEnvelope, store: Store, clock: Clock) -> dict[str, Any]:
    key = str(command.envelope_id)
    return await store.envelopes.decide(key, command, lambda state: envelope.open_envelope(state, command, clock.now()))


async def decide_envelope(command: DecideEnvelope, store: Store, clock: Clock) -> dict[str, Any]:
    key = str(command.envelope_id)
    return await store.envelopes.decide(key, command, lambda state: envelope.rule(state, command, clock.now()))


async def note_movements(agreement_id: UUID, command_id: UUID, store: Store) -> None:
    """Bring the envelope's figures of an agreement up to what the agreement says now."""
    agreement = await store.agreement(agreement_id)
    command = NoteMovements(command_id=command_id, envelope_id=agreement.envelope_id, agreement_id=agreement_id)
    await store.envelopes.decide(str(agreement.envelope_id), command, lambda state: envelope.note(state, agreement))
