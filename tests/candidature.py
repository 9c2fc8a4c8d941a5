"""An application moved by its domain alone: the steps that its unit tests start from."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.decision import Decision, Refusal
from services.applications import commands
from services.applications.domain import calls, drafting, instruction, refusals, results, submission
from services.applications.domain.application import Application
from services.applications.domain.calls import Call
from services.applications.domain.definition import CallDefinition
from tests.applications import PERSON, answers, definition

NOW = datetime(2021, 12, 5, 10, tzinfo=UTC)
OWNER, OFFICER = uuid4(), uuid4()


def ids() -> dict[str, Any]:
    return {"command_id": uuid4(), "person_id": OWNER}


def new_call(**changes: Any) -> Call:
    order = commands.PublishCall(
        **ids(), call_id=uuid4(), definition=CallDefinition.model_validate(definition(**changes))
    )
    return calls.publish(None, order, NOW).state


CALL = new_call()


def draft(kind: str = "person", applicant: Any = PERSON, call: Call = CALL, **changes: Any) -> Application:
    order = commands.StartDraft.model_validate(
        ids()
        | {"application_id": uuid4(), "call_id": call.call_id, "kind": kind, "applicant": applicant}
        | {"answers": answers(**changes), "synthetic": True}
    )
    return drafting.start(None, order, call, NOW).state


def submitting(application: Application, person: UUID = OWNER) -> commands.SubmitApplication:
    return commands.SubmitApplication(command_id=uuid4(), person_id=person, application_id=application.application_id)


def submit(application: Application, now: datetime = NOW, call: Call = CALL) -> Decision[Application]:
    return submission.submit(application, submitting(application), call, 187, now)


def instruct(application: Application, now: datetime = NOW, call: Call = CALL) -> Application:
    order = commands.InstructApplication(
        command_id=uuid4(), person_id=OFFICER, application_id=application.application_id
    )
    return instruction.instruct(application, order, call, now).state


def wrong(application: Application) -> set[tuple[str, str]]:
    with pytest.raises(refusals.ApplicationInvalid) as refused:
        submit(application)
    return {(each["field"], each["code"]) for each in refused.value.problems}


def refused(code: str, act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    return found.value


def announced(
    application: Application, outcome: Any, rank: int | None = None, call: Call = CALL
) -> Decision[Application]:
    order = commands.RecordResult(
        command_id=uuid4(), application_id=application.application_id, outcome=outcome, rank=rank, announced_at=NOW
    )
    return results.record(application, order, call)
