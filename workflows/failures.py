"""What an activity's failure tells Temporal: the class of its error. Its text might hold what no history may keep."""

from typing import Any

from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class ClassesOnly(Interceptor):
    """Innermost of a worker's interceptors, so that the tracing ones see no more than the history does."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Classified(next)


class _Classified(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except (ApplicationError, CancelledError):
            raise
        except Exception as error:
            name = type(error).__name__
            raise ApplicationError(name, type=name) from None
