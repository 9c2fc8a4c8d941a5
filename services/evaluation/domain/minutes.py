"""The minutes of the deliberation: fixed by their digest, and signed by who was present and by who drew them up."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from contracts.decision import Decision
from contracts.evaluation import MinutesSigned
from services.evaluation.commands import SignMinutes
from services.evaluation.domain import refusals
from services.evaluation.domain.rounds import Deliberation, Round, Signature, known


def digest_of(minutes: Deliberation, present: Iterable[UUID]) -> str:
    """SHA-256 of the minutes and of who was present, as JSON with sorted keys."""
    whole = {**minutes.model_dump(mode="json"), "present": sorted(map(str, present))}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def may_read(state: Round, person_id: UUID) -> bool:
    """Whether the minutes are theirs to read without being staff: they were present, or drew them up."""
    return person_id in state.present or person_id == state.minutes_by


def sign(state: Round | None, command: SignMinutes, now: datetime) -> Decision[Round]:
    """Sign once. Raises ``OpinionMissing``, ``MayNotSign``, ``MinutesChanged``, ``MinutesSignedAlready``."""
    state = known(state)
    if state.minutes is None or state.minutes_digest is None:
        raise refusals.OpinionMissing
    if not may_read(state, command.by):
        raise refusals.MayNotSign
    if command.digest not in (None, state.minutes_digest):
        raise refusals.MinutesChanged(field="digest")
    if any(each.signed_by == command.by for each in state.signatures):
        raise refusals.MinutesSignedAlready
    signatures = (*state.signatures, Signature(signed_by=command.by, signed_at=now))
    event = MinutesSigned(
        round_id=state.round_id,
        call_id=state.round_id,
        signed_by=command.by,
        signed_at=now,
        digest=state.minutes_digest,
    )
    answer = {"round_id": str(state.round_id), "digest": state.minutes_digest, "signatures": len(signatures)}
    return Decision(state.model_copy(update={"signatures": signatures}), (event,), answer)
