"""What the story of a tranche asks of funding."""

from temporalio import activity

from contracts.payments import EscalateTranche, IssuePayment, UndoStep
from workflows.activities import Activities


class DisbursementActivities(Activities):
    @activity.defn
    async def issue_payment(self, command: IssuePayment) -> None:
        await self.publish(command)

    @activity.defn
    async def undo_step(self, command: UndoStep) -> None:
        await self.publish(command)

    @activity.defn
    async def escalate_tranche(self, command: EscalateTranche) -> None:
        await self.publish(command)
