"""What applications is asked about decisions taken on many applications together."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.model import Code, Command, Id, Instant, Model
from services.applications.commands import Reason
from services.applications.domain.application import Outcome

MOST_ITEMS = 500


class _OnBatch(Command):
    service: ClassVar[str] = "applications"
    version: Literal[1] = 1
    batch_id: Id


class PlanBatch(_OnBatch):
    """The same decision on each of ``application_ids``."""

    type: Literal["PlanBatch"] = "PlanBatch"
    call_id: Id
    person_id: Id
    application_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    outcome: Outcome
    rule: Code
    reason: Reason


class ScheduleBatch(_OnBatch):
    """``sends_at`` of None: after the usual time to think again."""

    type: Literal["ScheduleBatch"] = "ScheduleBatch"
    person_id: Id
    sends_at: Instant | None
    at_once: bool


class UndoBatch(_OnBatch):
    type: Literal["UndoBatch"] = "UndoBatch"
    person_id: Id


class BeginBatch(_OnBatch):
    """Its time has come."""

    type: Literal["BeginBatch"] = "BeginBatch"


class Result(Model):
    """What came of one item: the application's new status, or the code of the refusal."""

    application_id: Id
    status: str | None = None
    code: str | None = None


class RecordResults(_OnBatch):
    type: Literal["RecordResults"] = "RecordResults"
    results: tuple[Result, ...]
