"""When the season's clock runs: at life's pace while the platform starts and stops, at its own in between."""

import asyncio
import contextlib
from datetime import datetime
from typing import Any

from deploy.local.directory import DataDirectory, replace_text
from services.chassis.clock import SharedClock

LIFE = 1.0
_SEEN_EVERY_SECONDS = 0.25


class Pacing:
    """The clock of one run of the platform; ``rate`` is in season seconds per second.

    A clock that runs at life's pace goes on while the platform is stopped; a faster one stands still, because nobody
    could act meanwhile. After a crash it goes on from the last instant that was seen.
    """

    def __init__(self, directory: DataDirectory, clock: SharedClock, rate: float) -> None:
        self.rate = rate
        self.stopped_at: datetime | None = None
        self._directory = directory
        self._clock = clock

    @classmethod
    def resume(
        cls, directory: DataDirectory, before: dict[str, Any], start: datetime | None, rate: float | None
    ) -> "Pacing":
        """Set the clock to ``start``, or to where it was (``before`` is what ``as_dict`` gave), at life's pace for now."""
        clock = directory.open_clock()
        stood = _stood_still(directory, before, clock)
        kept = float(before.get("rate", LIFE)) if before.get("stopped_at") else clock.pace().rate
        clock.move(start or stood, LIFE)
        directory.clock_seen.unlink(missing_ok=True)
        return cls(directory, clock, kept if rate is None else rate)

    def release(self) -> None:
        """Let the clock run at its rate."""
        self._clock.move(rate=self.rate)

    def hold(self) -> None:
        """Bring the clock back to life's pace and remember, when it ran at another, where it stood."""
        rate = self._clock.pace().rate
        if rate != LIFE:
            self.rate, self.stopped_at = rate, self._clock.now()
            self._clock.move(rate=LIFE)

    async def watch(self) -> None:
        """Note for ever where a fast clock is, for the run after a crash."""
        while True:
            self.note()
            await asyncio.sleep(_SEEN_EVERY_SECONDS)

    def note(self) -> None:
        """Note where the clock is, when it is faster than life; on a full disk the last note stays."""
        if self._clock.pace().rate != LIFE:
            with contextlib.suppress(OSError):
                replace_text(self._directory.clock_seen, self._clock.now().isoformat())

    def as_dict(self) -> dict[str, Any]:
        """The rate, and the instant at which the clock stands still while the platform is stopped."""
        return {"rate": self.rate, "stopped_at": self.stopped_at.isoformat() if self.stopped_at else None}


def _stood_still(directory: DataDirectory, before: dict[str, Any], clock: SharedClock) -> datetime | None:
    if stopped_at := before.get("stopped_at"):
        return datetime.fromisoformat(stopped_at)
    if clock.pace().rate != LIFE and directory.clock_seen.exists():
        return datetime.fromisoformat(directory.clock_seen.read_text(encoding="utf-8"))
    return None
