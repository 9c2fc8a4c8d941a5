"""Asking a service: a command is published until its answer is told, refused ones are asked again or given back.

Delays are real seconds, since the season's clock may jump. A command's id follows from business id, step and attempt, so that
a publication repeated after a crash or a reset is the same command.
"""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.types import MethodAsyncSingleParam

from workflows.pace import never

with workflow.unsafe.imports_passed_through():
    from contracts.model import Command, CommandRefused, Event
    from workflows.activities import Activities
    from workflows.messages import Waits

C = TypeVar("C", bound=Command)
TEMPORARY = frozenset({"not_yet", "busy", "unavailable"})
"""Refusals that time alone may lift, whatever the command."""

PUBLISH_AGAIN_SECONDS = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
UNANSWERED_AFTER = 3
"""Publications without an answer (80 s) before a person is told."""

FIRST_ASK_AGAIN_SECONDS = 0.5
LONGEST_ASK_AGAIN_SECONDS = 3600.0
REFUSED_AFTER = 10
"""Temporary refusals of one step (about a minute) before a person is told."""

SEND_TIMEOUT = timedelta(seconds=10)
NOTE_TIMEOUT = timedelta(seconds=10)


def publish_again_after(publications: int) -> float:
    """Real seconds to wait for an answer after ``publications`` (from 1) of one command."""
    return PUBLISH_AGAIN_SECONDS[min(publications, len(PUBLISH_AGAIN_SECONDS)) - 1]


def ask_again_after(refusals: int) -> float:
    """Real seconds before a step refused ``refusals`` (from 1) times is asked anew: never more than half of the wait so far."""
    growth = 1.5 ** min(refusals - 1, 40)
    return min(LONGEST_ASK_AGAIN_SECONDS, FIRST_ASK_AGAIN_SECONDS * growth)


async def happens(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for ``condition``, at most so many real seconds; whether it came true."""
    try:
        await workflow.wait_condition(condition, timeout=seconds)
    except TimeoutError:
        return False
    return True


class Asking:
    """What one workflow asks of the services. ``subject`` is its business id."""

    def __init__(self, subject: UUID) -> None:
        self._subject = subject
        self._attempts: Counter[str] = Counter()
        self._open: dict[UUID, Event | None] = {}
        self._waits_for: str | None = None
        self._asks_again = 0

    @property
    def under_way(self) -> bool:
        """Whether an answer is awaited, or a refusal that time alone may lift."""
        return bool(self._open) or self._asks_again > 0

    def note(self, command_id: UUID, event: Event) -> None:
        """Take ``event`` as the answer to the command, when it is one that is waited for."""
        if command_id in self._open:
            self._open[command_id] = event

    async def ask(
        self,
        via: MethodAsyncSingleParam[Any, C, None],
        step: str,
        make: Callable[..., C],
        *,
        again: Collection[str] = (),
        expected: Collection[str] = (),
        unless: Callable[[], bool] = never,
    ) -> Event:
        """The event that answers ``make``'s command, or its final ``CommandRefused``.

        Refusals in ``again`` are asked anew with a growing delay, until ``unless`` makes them final; a person is told of those
        that are neither temporary nor ``expected``, and of answers that do not come.
        """
        refusals = 0
        while True:
            answer = await self._answer(via, self._command(step, make))
            if not isinstance(answer, CommandRefused) or answer.code in expected:
                await self.waits_for(None)
                return answer
            if answer.code not in TEMPORARY and answer.code not in again:
                await self.waits_for(f"{answer.command_type}:{answer.code}")
                return answer
            refusals += 1
            if refusals == REFUSED_AFTER:
                await self.waits_for(f"{answer.command_type}:{answer.code}")
            if unless() or await self._wait(answer.code, unless, refusals):
                return answer

    async def _wait(self, code: str, unless: Callable[[], bool], refusals: int) -> bool:
        temporary = code in TEMPORARY
        self._asks_again += temporary
        try:
            return await happens(unless, ask_again_after(refusals))
        finally:
            self._asks_again -= temporary

    async def waits_for(self, what: str | None) -> None:
        """Tell operators what this workflow waits for, or that it waits no more."""
        if what == self._waits_for:
            return
        self._waits_for = what
        note = Waits(workflow_id=workflow.info().workflow_id, waits_for=what)
        await workflow.execute_local_activity_method(Activities.note_wait, note, start_to_close_timeout=NOTE_TIMEOUT)

    def _command(self, step: str, make: Callable[..., C]) -> C:
        self._attempts[step] += 1
        identity = uuid5(self._subject, f"{step}:{self._attempts[step]}")
        return make(command_id=identity, requester=workflow.info().workflow_id)

    async def _answer(self, via: MethodAsyncSingleParam[Any, C, None], command: C) -> Event:
        key, publications = command.command_id, 0
        self._open[key] = None
        while (answer := self._open[key]) is None:
            publications += 1
            if publications == UNANSWERED_AFTER + 1:
                await self.waits_for(command.type)
            await self._publish(via, command)
            await happens(lambda: self._open[key] is not None, publish_again_after(publications))
        del self._open[key]
        return answer

    async def _publish(self, via: MethodAsyncSingleParam[Any, C, None], command: C) -> None:
        """Publish once; a failure is like an answer that does not come, since the next publication follows anyway.

        A local activity's failure is no ``ActivityError`` but bare, or bare at replay only: hence the class above all of them.
        """
        try:
            await workflow.execute_local_activity_method(
                via, command, start_to_close_timeout=SEND_TIMEOUT, retry_policy=RetryPolicy(maximum_attempts=1)
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("command.unpublished")
