"""Temporal as the gateway knows it. Waits for a server that does not answer; says which workflows are not there."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from temporalio.client import Client, RPCTimeoutOrCancelledError, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from contracts.decision import Refusal
from services.chassis.clock import Pace
from workflows.messages import Condition

log = structlog.get_logger()
TASK_QUEUE = "tremplin"
PAUSE_SECONDS = 1.0
QUERY_TIMEOUT = timedelta(seconds=20)
_PASSING = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.CANCELLED,
    }
)

T = TypeVar("T")


class Missing(Exception):
    """No open workflow has this id: it is closed, or was never started."""


class TemporalUnavailable(Refusal):
    code, status, title = "temporal_unavailable", 503, "Temporal or its worker does not answer; try again"


class UpdateRejected(Exception):
    """A workflow's validator said no; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Engine:
    def __init__(self, client: Client) -> None:
        self._client = client

    async def ping(self) -> None:
        """Raise when the server does not answer."""
        await self._client.service_client.check_health()

    async def start(self, workflow: str, workflow_id: str, argument: Any, pace: Pace) -> None:
        """Start the workflow once in all time; one that runs is told the pace, one that is closed stays so."""

        async def starting() -> None:
            await self._client.start_workflow(
                workflow,
                argument,
                id=workflow_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal="clock_moved",
                start_signal_args=[pace],
            )

        try:
            await _until_it_answers(starting)
        except WorkflowAlreadyStartedError:
            return

    async def signal(self, workflow_id: str, name: str, argument: Any) -> None:
        """Raises ``Missing``."""
        handle = self._client.get_workflow_handle(workflow_id)
        await _until_it_answers(lambda: handle.signal(name, argument))

    async def update(self, workflow_id: str, name: str, argument: Any, identity: str) -> None:
        """Execute a validated update once by its ``identity``. Raises ``Missing`` or ``UpdateRejected``."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            await _until_it_answers(lambda: handle.execute_update(name, argument, id=identity))
        except WorkflowUpdateFailedError as error:
            code = error.cause.type if isinstance(error.cause, ApplicationError) else None
            raise UpdateRejected(code or "update_failed") from None

    async def condition(self, workflow_id: str) -> Condition:
        """What the workflow's query says. Raises ``Missing`` once Temporal has forgotten it, ``TemporalUnavailable``."""
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            found: Condition = await handle.query("condition", result_type=Condition, rpc_timeout=QUERY_TIMEOUT)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise Missing from None
            raise TemporalUnavailable from None
        return found


async def _until_it_answers(call: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await call()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise Missing from None
            if error.status not in _PASSING:
                raise
            log.warning("temporal.unavailable", status=error.status.name)
        except RPCTimeoutOrCancelledError:
            log.warning("temporal.unavailable", status="CANCELLED")
        await asyncio.sleep(PAUSE_SECONDS)
