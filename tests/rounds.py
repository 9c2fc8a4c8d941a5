"""A round on its way, for tests of evaluation's rules."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.decision import Refusal
from contracts.evaluation import CloseRound, FreezePool
from services.evaluation.commands import (
    AppointMembers,
    Appointment,
    BeginClosing,
    BeginSealing,
    SetUpRound,
)
from services.evaluation.domain import closing, rounds
from services.evaluation.domain.rounds import Counts, Round
from tests.evaluation import SCHEDULE, published

CALL, OFFICER = UUID(int=1), UUID(int=2)
POOL = [UUID(int=100 + number) for number in range(6)]
NOW = SCHEDULE.evaluation_closes_at


def planned(**rules: Any) -> Round:
    event = published(CALL, **rules)
    command = SetUpRound(
        command_id=uuid4(), round_id=CALL, number=event.number, schedule=event.schedule,
        criteria=event.criteria, colleges=event.colleges, rules=event.evaluation,
    )  # fmt: skip
    return rounds.set_up(None, command).state


def opened(**rules: Any) -> Round:
    digest = rounds.pool_digest(POOL)
    return rounds.freeze(planned(**rules), FreezePool(command_id=uuid4(), call_id=CALL), 6, digest, digest).state


def closed(**rules: Any) -> Round:
    state = closing.begin_closing(opened(**rules), BeginClosing(command_id=uuid4(), round_id=CALL), NOW).state
    state = closing.begin_sealing(state, BeginSealing(command_id=uuid4(), round_id=CALL)).state
    counts = Counts(expected=1, counted=1, abstained=0, set_aside=0, missing=0, below_quorum=0)
    return closing.close(state, CloseRound(command_id=uuid4(), round_id=CALL), counts, ("a" * 64, 1)).state


def code(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    return refusal.value.code


def appointments(*members: tuple[int, str, bool, str | None]) -> AppointMembers:
    return AppointMembers(
        command_id=uuid4(),
        round_id=CALL,
        by=OFFICER,
        members=tuple(
            Appointment(member_id=UUID(int=number), college=college, alternate=alternate, stratum=stratum)  # type: ignore[arg-type]
            for number, college, alternate, stratum in members
        ),
    )
