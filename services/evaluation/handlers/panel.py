"""Members are appointed and resign; an alternate takes over the open ballots of whoever leaves."""

import contextlib
from typing import Any
from uuid import UUID, uuid5

from contracts.people import Role
from services.evaluation.commands import AppointMembers, AssignApplications, ResignMember
from services.evaluation.domain import panel, refusals
from services.evaluation.domain.rounds import VOTING
from services.evaluation.handlers import assignment
from services.evaluation.store.store import Store

MOST_CANDIDATES = 500


async def appoint_members(command: AppointMembers, store: Store) -> dict[str, Any]:
    held_round = await store.round(command.round_id)
    roles = await store.facts.roles(member.member_id for member in command.members)

    def holds(person_id: UUID, role: Role) -> bool:
        return role in roles.get(person_id, ())

    return await store.panels.decide(
        str(command.round_id), command, lambda state: panel.appoint(state, command, held_round, holds)
    )


async def resign_member(command: ResignMember, store: Store) -> dict[str, Any]:
    """The member leaves: what they could still change is set aside, what is sealed stands."""
    round_id = command.round_id
    replace = (await store.round(round_id)).status in VOTING
    answer = await store.panels.decide(str(round_id), command, lambda state: panel.resign(state, command, replace))
    if answer["replaced_by"]:
        handing_over = AssignApplications(
            command_id=uuid5(command.command_id, "hand over"),
            round_id=round_id,
            by=command.by,
            resigned=command.member_id,
            alternate=UUID(answer["replaced_by"]),
        )
        with contextlib.suppress(refusals.RoundOver, refusals.PoolNotFrozen):
            await assignment.assign_applications(handing_over, store)
    await store.ballots.set_aside_all(round_id, command.member_id)
    await assignment.take_readings(round_id, command.member_id, None, store)
    return answer


async def candidates(round_id: UUID, store: Store) -> list[dict[str, str]]:
    """Those who could be appointed, by college: they hold its role, and have had no seat."""
    held_round = await store.round(round_id)
    seated = {seat.member_id for seat in (await store.panel(round_id)).seats}
    return [
        {"member_id": str(each), "college": college.name}
        for college in held_round.colleges
        for each in await store.facts.holders(panel.ROLES[college.name], MOST_CANDIDATES)
        if each not in seated
    ]


async def members(round_id: UUID, store: Store) -> list[dict[str, Any]]:
    """The seats of the panel, in the order of appointment."""
    await store.round(round_id)
    return [seat.model_dump(mode="json") for seat in (await store.panel(round_id)).seats]
