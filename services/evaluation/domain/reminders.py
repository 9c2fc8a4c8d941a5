"""Reminding the members of a panel who are late: at most once a day each, whoever asks for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from contracts.decision import Decision
from contracts.evaluation import MembersReminded
from services.evaluation.commands import RemindLate
from services.evaluation.domain.rounds import Round, require_open

PAUSE = timedelta(days=1)


def remind_late(state: Round | None, command: RemindLate, late: Iterable[UUID], now: datetime) -> Decision[Round]:
    """Tell of those of ``late`` whom nobody has reminded for a day. Raises ``PoolNotFrozen``, ``RoundOver``."""
    state = require_open(state)
    wanted = [each for each in late if not command.members or each in command.members]
    due = tuple(each for each in wanted if each not in state.reminded or now - state.reminded[each] >= PAUSE)
    answer = {"reminded": [str(each) for each in due], "reminded_lately": len(wanted) - len(due)}
    if not due:
        return Decision(state, (), answer)
    event = MembersReminded(
        round_id=state.round_id,
        call_id=state.round_id,
        closes_at=state.closes_at,
        reminded_by=command.by,
        members=due,
    )
    reminded = state.reminded | dict.fromkeys(due, now)
    return Decision(state.model_copy(update={"reminded": reminded}), (event,), answer)
