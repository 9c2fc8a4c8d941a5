"""What the story of a call asks of applications and evaluation."""

from temporalio import activity

from contracts.calls import CloseCall, OpenCall, RemindDrafts
from contracts.evaluation import AnnounceResults, CloseRound, ExtendRound, FreezePool, RemindMembers
from workflows.activities import Activities


class CallActivities(Activities):
    @activity.defn
    async def open_call(self, command: OpenCall) -> None:
        await self.publish(command)

    @activity.defn
    async def remind_drafts(self, command: RemindDrafts) -> None:
        await self.publish(command)

    @activity.defn
    async def close_call(self, command: CloseCall) -> None:
        await self.publish(command)

    @activity.defn
    async def freeze_pool(self, command: FreezePool) -> None:
        await self.publish(command)

    @activity.defn
    async def remind_members(self, command: RemindMembers) -> None:
        await self.publish(command)

    @activity.defn
    async def extend_round(self, command: ExtendRound) -> None:
        await self.publish(command)

    @activity.defn
    async def close_round(self, command: CloseRound) -> None:
        await self.publish(command)

    @activity.defn
    async def announce_results(self, command: AnnounceResults) -> None:
        await self.publish(command)
