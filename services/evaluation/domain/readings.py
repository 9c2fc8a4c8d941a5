"""What one member reads in a round: the record behind the events by which reading is given and taken."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from contracts.decision import Decision
from contracts.evaluation import ApplicationsAssigned, ApplicationsUnassigned
from contracts.model import Event, Id, Model
from services.evaluation.commands import GiveReading, TakeReading

PER_EVENT = 1_000


class Readings(Model):
    """``application_ids`` is sorted."""

    round_id: Id
    member_id: Id
    application_ids: tuple[Id, ...] = ()


def give(state: Readings | None, command: GiveReading) -> Decision[Readings]:
    """Add what the member does not read yet, told in events of at most a thousand applications."""
    state = state or Readings(round_id=command.round_id, member_id=command.member_id)
    added = sorted(set(command.application_ids) - set(state.application_ids))
    events: tuple[Event, ...] = tuple(
        ApplicationsAssigned(round_id=state.round_id, member_id=state.member_id, application_ids=part)
        for part in _parts(added)
    )
    return Decision(_with(state, (*state.application_ids, *added)), events)


def take(state: Readings | None, command: TakeReading) -> Decision[Readings]:
    """Take away what the member reads of ``command.application_ids``."""
    state = state or Readings(round_id=command.round_id, member_id=command.member_id)
    wanted = state.application_ids if command.application_ids is None else command.application_ids
    gone = set(state.application_ids) & set(wanted)
    events: tuple[Event, ...] = tuple(
        ApplicationsUnassigned(round_id=state.round_id, member_id=state.member_id, application_ids=part)
        for part in _parts(sorted(gone))
    )
    return Decision(_with(state, [each for each in state.application_ids if each not in gone]), events)


def _with(state: Readings, ids: Sequence[UUID]) -> Readings:
    return state.model_copy(update={"application_ids": tuple(sorted(ids))})


def _parts(ids: Sequence[UUID]) -> Iterator[tuple[UUID, ...]]:
    for start in range(0, len(ids), PER_EVENT):
        yield tuple(ids[start : start + PER_EVENT])
