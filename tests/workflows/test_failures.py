"""The text of an activity's error reaches no history and no span."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor

from workflows.failures import ClassesOnly


class Fails(ActivityInboundInterceptor):
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def execute_activity(self, input: Any) -> Any:  # noqa: A002
        raise self.error


async def failure(error: Exception) -> ApplicationError:
    with pytest.raises(ApplicationError) as raised:
        await ClassesOnly().intercept_activity(Fails(error)).execute_activity(None)  # type: ignore[arg-type]
    return raised.value


async def test_an_error_becomes_its_class() -> None:
    told = await failure(ValueError("canary"))
    assert (told.message, told.type, told.details, told.__cause__) == ("ValueError", "ValueError", (), None)


async def test_what_was_raised_for_temporal_stays() -> None:
    meant = ApplicationError("quorum_missing", type="quorum_missing", non_retryable=True)
    assert await failure(meant) is meant
