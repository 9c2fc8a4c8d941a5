"""What the story of a cycle asks of applications, coaching and funding."""

from temporalio import activity

from contracts.applications import LapseSelection
from contracts.coaching import (
    CloseCycle,
    EscalateCheckIn,
    EscalateReview,
    OpenCheckIn,
    OpenCycle,
    OpenReview,
    RemindCheckIn,
)
from contracts.funding import CloseAgreement, PrepareAgreement, ReleaseCommitment
from contracts.payments import OpenTranche
from workflows.activities import Activities


class CycleActivities(Activities):
    @activity.defn
    async def lapse_selection(self, command: LapseSelection) -> None:
        await self.publish(command)

    @activity.defn
    async def open_cycle(self, command: OpenCycle) -> None:
        await self.publish(command)

    @activity.defn
    async def open_check_in(self, command: OpenCheckIn) -> None:
        await self.publish(command)

    @activity.defn
    async def remind_check_in(self, command: RemindCheckIn) -> None:
        await self.publish(command)

    @activity.defn
    async def escalate_check_in(self, command: EscalateCheckIn) -> None:
        await self.publish(command)

    @activity.defn
    async def open_review(self, command: OpenReview) -> None:
        await self.publish(command)

    @activity.defn
    async def escalate_review(self, command: EscalateReview) -> None:
        await self.publish(command)

    @activity.defn
    async def close_cycle(self, command: CloseCycle) -> None:
        await self.publish(command)

    @activity.defn
    async def prepare_agreement(self, command: PrepareAgreement) -> None:
        await self.publish(command)

    @activity.defn
    async def open_tranche(self, command: OpenTranche) -> None:
        await self.publish(command)

    @activity.defn
    async def release_commitment(self, command: ReleaseCommitment) -> None:
        await self.publish(command)

    @activity.defn
    async def close_agreement(self, command: CloseAgreement) -> None:
        await self.publish(command)
