"""How far a round is, for its officers: loads and quorums, never what a ballot says."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis.clock import Clock
from services.evaluation.commands import RemindLate
from services.evaluation.domain import reminders
from services.evaluation.domain.ballots import State, Tally
from services.evaluation.domain.panel import Panel, Seat
from services.evaluation.domain.rounds import Round
from services.evaluation.store.store import Store

Answer = dict[str, Any]
States = Mapping[str, State]


async def progress(round_id: UUID, below_quorum_only: bool, store: Store) -> Answer:
    """Loads by college and member, and the quorum of each application that has not left the round."""
    state = await store.round(round_id)
    panel = await store.panel(round_id)
    own = {seat.member_id: await store.ballots.states(round_id, seat.member_id) for seat in panel.seats}
    left = await store.facts.left(round_id)
    staying = [each for each in await store.pools.pool(round_id) if each not in left]
    numbers = await store.facts.numbers(staying)
    tallies = _tallies(panel, own)
    applications = [_application(state, each, numbers.get(each), tallies) for each in staying]
    below = [each for each in applications if not each["quorum_reached"]]
    return {
        "round_id": str(round_id),
        "status": state.status,
        "closes_at": state.closes_at.isoformat(),
        "extended": state.extended,
        "colleges": [_college(state, panel, each.name, own) for each in state.colleges],
        "members": [_member(state, seat, own[seat.member_id]) for seat in panel.seats],
        "applications": below if below_quorum_only else applications,
        "below_quorum": len(below),
    }


def _tallies(panel: Panel, own: Mapping[UUID, States]) -> dict[tuple[str, str], Tally]:
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for seat in panel.seats:
        for application_id, state in own[seat.member_id].items():
            tallies[application_id, seat.college].add(state)
    return tallies


def _load(states: States) -> Answer:
    found = Counter(states.values())
    return {"assigned": len(states), "given": len(states) - found["empty"], "missing": found["empty"]}


def _college(state: Round, panel: Panel, name: str, own: Mapping[UUID, States]) -> Answer:
    seats = [seat for seat in panel.seats if seat.college == name]
    loads = [_load(own[seat.member_id]) for seat in seats]
    college = state.college(name)
    summed = {key: sum(load[key] for load in loads) for key in ("assigned", "given", "missing")}
    sitting = sum(seat.status == "sitting" for seat in seats)
    return {"college": name, "quorum": college.quorum if college else None, "sitting": sitting, **summed}


def _member(state: Round, seat: Seat, states: States) -> Answer:
    reminded = state.reminded.get(seat.member_id)
    shown = {"member_id": str(seat.member_id), "college": seat.college, "status": seat.status}
    return {**shown, **_load(states), "reminded_at": reminded.isoformat() if reminded else None}


def _application(
    state: Round, application_id: UUID, number: str | None, tallies: Mapping[tuple[str, str], Tally]
) -> Answer:
    colleges = []
    for college in state.colleges:
        tally = tallies.get((str(application_id), college.name), Tally())
        given = tally.cast + tally.abstained
        reached = tally.reaches(college.quorum)
        colleges.append({"college": college.name, "readers": tally.readers, "given": given, "quorum_reached": reached})
    whole = all(each["quorum_reached"] for each in colleges)
    return {"application_id": str(application_id), "number": number, "colleges": colleges, "quorum_reached": whole}


async def remind_late(command: RemindLate, store: Store, clock: Clock) -> Answer:
    """Remind who still has ballots to give, each at most once a day. Raises ``PoolNotFrozen``, ``RoundOver``."""
    sitting = (await store.panel(command.round_id)).sitting
    late = [seat.member_id for seat in sitting if await store.ballots.has_empty(command.round_id, seat.member_id)]
    return await store.decide(
        command.round_id, command, lambda state: reminders.remind_late(state, command, late, clock.now())
    )
