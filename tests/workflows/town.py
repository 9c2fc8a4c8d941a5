"""The services as tests of workflows see them: every command is answered by its event, unless a test scripts it otherwise."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from temporalio.client import Client, WorkflowHandle

from contracts import applications, calls, coaching, evaluation, funding, payments
from contracts.model import Command, CommandRefused, Event
from services.chassis.broker import PublishError
from workflows.messages import Ended, Told, Waits

C = TypeVar("C", bound=Command)

ANSWERS: dict[type[Command], type[Event]] = {
    calls.OpenCall: calls.CallOpened,
    calls.RemindDrafts: calls.CallClosingSoon,
    calls.CloseCall: calls.CallClosed,
    evaluation.FreezePool: evaluation.PoolFrozen,
    evaluation.RemindMembers: evaluation.RoundReminded,
    evaluation.ExtendRound: evaluation.RoundExtended,
    evaluation.CloseRound: evaluation.RoundClosed,
    evaluation.AnnounceResults: evaluation.ResultsAnnounced,
    applications.LapseSelection: applications.SelectionDeclined,
    coaching.OpenCycle: coaching.CycleOpened,
    coaching.OpenCheckIn: coaching.CheckInOpened,
    coaching.RemindCheckIn: coaching.CheckInReminded,
    coaching.EscalateCheckIn: coaching.CheckInMissed,
    coaching.OpenReview: coaching.ReviewOpened,
    coaching.EscalateReview: coaching.ReviewOverdue,
    coaching.CloseCycle: coaching.CycleClosed,
    funding.PrepareAgreement: funding.AgreementPrepared,
    funding.ReleaseCommitment: funding.CommitmentReleased,
    funding.CloseAgreement: funding.AgreementClosed,
    payments.OpenTranche: payments.TrancheOpened,
    payments.IssuePayment: payments.PaymentIssued,
    payments.UndoStep: payments.TrancheCancelled,
    payments.EscalateTranche: payments.TrancheOverdue,
}
REFUSED: dict[str, type[CommandRefused]] = {
    "applications": applications.ApplicationsCommandRefused,
    "evaluation": evaluation.EvaluationCommandRefused,
    "coaching": coaching.CoachingCommandRefused,
    "funding": funding.FundingCommandRefused,
}
SOMEONE = UUID(int=7)
DIGEST = "0" * 64

Handle = WorkflowHandle[Any, str]
Reaction = Callable[[Command], list[Event]]


class Answers:
    """What the services answer. ``facts`` are what the story is about; the other fields of an event hold anything.

    ``scripted`` answers of a command type come before the usual one, each a list of events or a refusal's code; ``reactions``
    are what people do when a command was answered.
    """

    def __init__(self, **facts: Any) -> None:
        self._facts = {**_USUAL, **facts}
        self._arrived = asyncio.Condition()
        self.handled: dict[UUID, Command] = {}
        self.refused: set[UUID] = set()
        self.scripted: dict[type[Command], deque[str | list[Event]]] = defaultdict(deque)
        self.reactions: dict[type[Command], Reaction] = {}

    async def handle(self, command: Command) -> None:
        """Answer a command, once however often it comes, and let people react."""
        if command.command_id not in self.handled:
            self.handled[command.command_id] = command
            for event in self._answer(command):
                await self.tell(event, command.command_id)
            for event in self.reactions.get(type(command), lambda _: [])(command):
                await self.tell(event)
        async with self._arrived:
            self._arrived.notify_all()

    async def tell(self, event: Event, causation: UUID | None = None) -> None:
        raise NotImplementedError

    async def seen(self, kind: type[C], count: int = 1) -> C:
        """Wait until ``count`` different commands of this kind were handled; the last of them."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    def of(self, kind: type[C]) -> list[C]:
        """The commands of this kind that were handled, in order."""
        return [command for command in self.handled.values() if isinstance(command, kind)]

    def event(self, kind: type[Event], **fields: Any) -> Event:
        known = {**self._facts, **fields}
        names = set(kind.model_fields) - {"type", "version"}
        return kind.model_validate({name: known[name] for name in names if name in known})

    def _answer(self, command: Command) -> list[Event]:
        if self.scripted[type(command)]:
            answer = self.scripted[type(command)].popleft()
            return answer if isinstance(answer, list) else [self._refused(command, answer)]
        return [self.event(ANSWERS[type(command)], **command.model_dump(exclude={"type", "version"}))]

    def _refused(self, command: Command, code: str) -> Event:
        kind = REFUSED[command.service]
        self.refused.add(command.command_id)
        named = {"command_id": command.command_id, "command_type": command.type, "requester": command.requester}
        return self.event(kind, **named, code=code)


class Town(Answers):
    """Takes the commands of one workflow as the broker does, and tells it what came of them.

    ``lost`` publications of a command type are never seen by its service; ``failing`` ones raise, ``stuck`` ones never end.
    """

    def __init__(self, client: Client, workflow_id: str, **facts: Any) -> None:
        super().__init__(**facts)
        self.client = client
        self._handle = client.get_workflow_handle(workflow_id)
        self.publications: list[Command] = []
        self.lost: Counter[type[Command]] = Counter()
        self.failing: Counter[type[Command]] = Counter()
        self.stuck: Counter[type[Command]] = Counter()
        self.waits_for: list[str | None] = []
        self.ended: str | None = None
        self.now: Callable[[], Awaitable[datetime]] = _some_day

    async def send(self, command: Command) -> None:
        self.publications.append(command)
        if self.failing[type(command)]:
            self.failing[type(command)] -= 1
            raise PublishError
        if self.stuck[type(command)]:
            self.stuck[type(command)] -= 1
            await asyncio.Event().wait()
        if self.lost[type(command)]:
            self.lost[type(command)] -= 1
        else:
            await self.handle(command)

    async def tell(
        self, event: Event, causation: UUID | None = None, time: datetime | None = None, identity: str | None = None
    ) -> None:
        at = time or await self.now()
        told = Told.of(event, identity or str(uuid4()), at, str(causation) if causation else None)
        await self._handle.signal("told", told)


class Noting:
    """A town's register."""

    def __init__(self, town: Town) -> None:
        self._town = town

    async def waits(self, note: Waits) -> None:
        self._town.waits_for.append(note.waits_for)

    async def ended(self, note: Ended) -> None:
        self._town.ended = note.state


async def _some_day() -> datetime:
    return datetime(2022, 1, 1, tzinfo=UTC)


_USUAL: dict[str, Any] = {
    **dict.fromkeys(("owner_id", "decided_by", "certified_by", "ordered_by", "accepted_by", "suspended_by"), SOMEONE),
    **dict.fromkeys(("lifted_by", "refused_by", "authority_id", "payment_id", "envelope_id"), SOMEONE),
    **dict.fromkeys(("drafts", "owners", "members", "selected", "reserve", "not_selected"), ()),
    **dict.fromkeys(("submitted", "applications", "expected", "counted", "abstained", "set_aside"), 1),
    **dict.fromkeys(("below_quorum", "check_ins", "missed", "paid_cents"), 1),
    **dict.fromkeys(("digest", "draw_seed"), DIGEST),
    **dict.fromkeys(("closes_at", "announced_at", "signed_at", "closed_at"), datetime(2022, 1, 1, tzinfo=UTC)),
    **dict.fromkeys(("settled_at", "stopped_at"), datetime(2022, 1, 1, tzinfo=UTC)),
    "amount_cents": 8_000_000,
    "advance": True,
    "attempt": 1,
    "code": "start",
    "confirmed_by": (SOMEONE,),
    "delegation": "prefect",
    "late": False,
    "lapsed": True,
    "number": "AIC-2022-000001",
    "reason": "not_given",
    "theme": "culture",
    "departement": "75",
    "weather": "sun",
}
