"""What the three workflows have in common: a clock, questions to services, events told once each, and what queries show."""

from collections import OrderedDict
from datetime import datetime
from uuid import UUID

from temporalio import workflow

from workflows.asking import NOTE_TIMEOUT, Asking
from workflows.pace import Timekeeper

with workflow.unsafe.imports_passed_through():
    from contracts.model import CommandRefused, Event
    from services.chassis.clock import Pace
    from workflows.activities import Activities
    from workflows.messages import Condition, Ended, Told

KEPT_EVENT_IDS = 1_000


class Story:
    """Base of a workflow. ``subject`` is its business id; ``pace`` is the clock's when it was started."""

    def __init__(self, subject: UUID, pace: Pace) -> None:
        self.time = Timekeeper(pace)
        self.asking = Asking(subject)
        self.ask = self.asking.ask
        self.stage = "started"
        self.changes = 0
        self._seen: OrderedDict[str, None] = OrderedDict()

    def on(self, event: Event, time: datetime) -> None:
        """Take note of an event told for the first time; ``time`` is the season instant at which it was written."""

    def changed(self) -> "Change":
        """Turns true at the next event or update."""
        return Change(self)

    async def conclude(self, stage: str) -> str:
        """Tell the register that this workflow ends as ``stage``, and let handlers finish."""
        self.stage = stage
        ended = Ended(workflow_id=workflow.info().workflow_id, state=stage)
        await workflow.execute_local_activity_method(Activities.note_end, ended, start_to_close_timeout=NOTE_TIMEOUT)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return stage

    @workflow.signal
    def clock_moved(self, pace: Pace) -> None:
        self.time.moved(pace)

    @workflow.signal
    def told(self, told: Told) -> None:
        if told.id in self._seen:
            return
        self._seen[told.id] = None
        if len(self._seen) > KEPT_EVENT_IDS:
            self._seen.popitem(last=False)
        event = told.event()
        self.changes += 1
        if told.causation is not None:
            self.asking.note(told.causation, event)
        if not isinstance(event, CommandRefused):
            self.on(event, told.time)

    @workflow.query
    def state(self) -> str:
        return self.stage

    @workflow.query
    def next_deadline(self) -> datetime | None:
        return self.time.deadline

    @workflow.query
    def condition(self) -> Condition:
        return Condition(state=self.stage, next_deadline=self.time.deadline, asking=self.asking.under_way)


class Change:
    """A condition for waits: something happened since it was made."""

    def __init__(self, story: Story) -> None:
        self._story, self._seen = story, story.changes

    def __call__(self) -> bool:
        return self._story.changes != self._seen
