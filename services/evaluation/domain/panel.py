"""The panel of a round: its colleges' members, and the alternates who stand in for those who resign."""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from contracts.decision import Decision
from contracts.evaluation import PanelMemberAppointed, PanelMemberResigned
from contracts.model import Id, Model
from contracts.people import Role
from contracts.programme import CollegeName
from services.evaluation.commands import AppointMembers, Appointment, ResignMember
from services.evaluation.domain import refusals
from services.evaluation.domain.rounds import VOTING, Round

ROLES: dict[CollegeName, Role] = {"citizens": "citizen_panellist", "experts": "expert"}

Holds = Callable[[UUID, Role], bool]
"""Whether a person holds a role."""


class Seat(Model):
    """A member: ``sitting`` ones read, ``waiting`` ones are alternates."""

    member_id: Id
    college: CollegeName
    status: Literal["sitting", "waiting", "resigned"]
    stratum: str | None = None
    stands_in_for: Id | None = None


class Panel(Model):
    round_id: Id
    seats: tuple[Seat, ...] = ()

    @property
    def sitting(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.status == "sitting")

    @property
    def resigned(self) -> tuple[UUID, ...]:
        return tuple(seat.member_id for seat in self.seats if seat.status == "resigned")

    def seat(self, member_id: UUID) -> Seat:
        """The member's seat. Raises ``MemberUnknown``."""
        for seat in self.seats:
            if seat.member_id == member_id:
                return seat
        raise refusals.MemberUnknown


def appoint(state: Panel | None, command: AppointMembers, held_round: Round, holds: Holds) -> Decision[Panel]:
    """Appoint all of ``command.members`` or, when one cannot be, nobody: ``PanelRefused`` names each with its reason."""
    if held_round.status not in VOTING:
        raise refusals.RoundOver
    panel = state or Panel(round_id=held_round.round_id)
    problems: list[dict[str, Any]] = []
    seats = list(panel.seats)
    for index, wanted in enumerate(command.members):
        if code := _objection(wanted, seats, held_round, holds):
            problems.append({"field": f"members.{index}", "code": code, "detail": "This member cannot be appointed"})
            continue
        status: Literal["waiting", "sitting"] = "waiting" if wanted.alternate else "sitting"
        seats.append(Seat(member_id=wanted.member_id, college=wanted.college, status=status, stratum=wanted.stratum))
    if problems:
        raise refusals.PanelRefused(problems=problems)
    events = tuple(_appointed(panel.round_id, seat) for seat in seats[len(panel.seats) :])
    return Decision(
        panel.model_copy(update={"seats": tuple(seats)}), events, {"appointed": len(events), "members": len(seats)}
    )


def _objection(wanted: Appointment, seats: list[Seat], held_round: Round, holds: Holds) -> str | None:
    college = held_round.college(wanted.college)
    if college is None:
        return "college_unknown"
    if any(seat.member_id == wanted.member_id for seat in seats):
        return "already_member"
    if not holds(wanted.member_id, ROLES[wanted.college]):
        return "role_missing"
    taken = sum(seat.college == wanted.college and seat.status == "sitting" for seat in seats)
    if not wanted.alternate and taken >= college.seats:
        return "seats_exceeded"
    return None


def _appointed(round_id: UUID, seat: Seat) -> PanelMemberAppointed:
    return PanelMemberAppointed(
        round_id=round_id, member_id=seat.member_id, college=seat.college, alternate=seat.status == "waiting"
    )


def resign(state: Panel | None, command: ResignMember, replace: bool) -> Decision[Panel]:
    """The member resigns; with ``replace``, the first alternate of the same college and stratum takes the seat."""
    if state is None:
        raise refusals.MemberUnknown
    leaving = state.seat(command.member_id)
    if leaving.status == "resigned":
        raise refusals.MemberUnknown
    stand_in = _stand_in(state, leaving) if replace and leaving.status == "sitting" else None
    called = stand_in and stand_in.model_copy(update={"status": "sitting", "stands_in_for": leaving.member_id})
    gone = leaving.model_copy(update={"status": "resigned"})
    changed = {seat.member_id: seat for seat in (gone, called) if seat}
    seats = tuple(changed.get(seat.member_id, seat) for seat in state.seats)
    replaced_by = called.member_id if called else None
    told = PanelMemberResigned(round_id=state.round_id, member_id=leaving.member_id, replaced_by=replaced_by)
    events = (told, _appointed(state.round_id, called)) if called else (told,)
    answer = {"resigned": str(leaving.member_id), "replaced_by": str(replaced_by) if replaced_by else None}
    return Decision(state.model_copy(update={"seats": seats}), events, answer)


def _stand_in(state: Panel, leaving: Seat) -> Seat | None:
    fitting = (seat for seat in state.seats if seat.status == "waiting" and seat.college == leaving.college)
    return next((seat for seat in fitting if seat.stratum == leaving.stratum), None)
