"""One acceleration cycle and the people around it, for tests."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from temporalio.client import Client

from contracts import applications, coaching, funding, payments
from contracts.model import Command, Event
from contracts.programme import SupportProgramme, TrancheRule
from services.chassis.clock import Pace
from tests.workflows.conftest import START
from tests.workflows.town import SOMEONE, Handle, Town
from workflows.acceleration_cycle.messages import Selection
from workflows.engine import TASK_QUEUE
from workflows.territories import calendar_of

KICK_OFF = datetime(2022, 3, 2, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
PROGRAMME = SupportProgramme(
    tranches=(
        TrancheRule(code="start", amount_cents=8_000_000, after="agreement", advance=True),
        TrancheRule(code="committee", amount_cents=6_000_000, after="acceleration_committee"),
    )
)


def selection(initiative_id: UUID, pace: Pace) -> Selection:
    return Selection(
        initiative_id=initiative_id,
        call_id=UUID(int=2),
        owner_id=SOMEONE,
        theme="culture",
        departement="75",
        accept_by=START + timedelta(days=10),
        programme=PROGRAMME,
        calendar=calendar_of("Europe/Paris", "75", START),
        pace=pace,
    )


class Stage:
    """One cycle on a server: its workflow, and a town whose people do everything at once unless a test says otherwise."""

    def __init__(self, client: Client, pace: Pace) -> None:
        self.client, self.pace, self.initiative_id = client, pace, uuid4()
        self.workflow_id = f"acceleration-{self.initiative_id}"
        own = ("initiative_id", "application_id", "agreement_id")
        facts = {"call_id": UUID(int=2), "tranche_id": UUID(int=3)}
        self.town = Town(client, self.workflow_id, **facts, **dict.fromkeys(own, self.initiative_id))
        self.town.reactions = {
            funding.PrepareAgreement: lambda _: [self.town.event(funding.AgreementSigned)],
            coaching.OpenReview: self._decide,
            coaching.OpenCheckIn: self._record,
            payments.OpenTranche: self._settle,
        }
        self.missing: set[int] = set()
        self.decisions = {"acceleration_committee": "fund"}

    def _decide(self, command: Command) -> list[Event]:
        assert isinstance(command, coaching.OpenReview)
        decision = self.decisions.get(command.review, "continue")
        return [self.town.event(coaching.ReviewDecided, review=command.review, decision=decision)]

    def _record(self, command: Command) -> list[Event]:
        assert isinstance(command, coaching.OpenCheckIn)
        if command.week in self.missing:
            return []
        return [self.town.event(coaching.CheckInRecorded, week=command.week)]

    def _settle(self, command: Command) -> list[Event]:
        return [self.town.event(payments.PaymentSettled)]

    async def start(self, accepted: bool = True) -> Handle:
        """Offer the place; ``accepted`` at ``START``."""
        handle: Handle = await self.client.start_workflow(
            "AccelerationCycle",
            selection(self.initiative_id, self.pace),
            id=self.workflow_id,
            task_queue=TASK_QUEUE,
            result_type=str,
        )
        if accepted:
            await self.town.tell(self.town.event(applications.SelectionAccepted, accepted_at=START))
        return handle
