"""An acceleration cycle on its way, for tests of coaching's rules."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import coaching
from contracts.decision import Refusal
from services.coaching.domain import cycles
from services.coaching.domain.state import Cycle

START = datetime(2022, 3, 14, 9, 0, tzinfo=UTC)
OWNER, MENTOR, OFFICER, INITIATIVE = (UUID(int=number) for number in range(1, 5))


def asked(kind: Any, **values: Any) -> Any:
    return kind(**{"command_id": uuid4(), "initiative_id": INITIATIVE} | values)


def by(person: UUID, kind: Any, **values: Any) -> Any:
    return asked(kind, by=person, officer=person == OFFICER, **values)


def opening(**values: Any) -> coaching.OpenCycle:
    facts = {
        "call_id": UUID(int=9),
        "owner_id": OWNER,
        "theme": "health",
        "departement": "75",
        "starts_at": START,
        "ends_at": START + timedelta(weeks=13),
    }
    return asked(coaching.OpenCycle, requester="w", **(facts | values))


def opened() -> Cycle:
    return cycles.open_cycle(None, opening()).state


def code(decision: Any, *arguments: Any) -> str:
    with pytest.raises(Refusal) as refused:
        decision(*arguments)
    return refused.value.code
