"""How often, and how soon, a process that dies is started again."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """At most ``limit`` starts within ``window`` seconds, each waiting twice as long as the one before."""

    limit: int = 5
    window: float = 60.0
    first_delay: float = 0.1
    longest_delay: float = 3.0

    def delay(self, deaths: Sequence[float], now: float) -> float | None:
        """Seconds to wait before the next start, or ``None`` to give up.

        ``deaths`` are the instants of its deaths, the last one included; all instants in seconds of one monotonic clock.
        """
        recent = sum(1 for instant in deaths if now - instant < self.window)
        if recent > self.limit:
            return None
        return min(self.first_delay * 2.0 ** max(recent - 1, 0), self.longest_delay)
