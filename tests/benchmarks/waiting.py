"""The least that a workflow can be: one thing to wait for."""

from temporalio import workflow


@workflow.defn
class Waiting:
    def __init__(self) -> None:
        self._told = False

    @workflow.run
    async def run(self, argument: str) -> None:
        await workflow.wait_condition(lambda: self._told)

    @workflow.signal
    def told(self) -> None:
        self._told = True
