"""When the season's clock runs: at life's pace while the platform starts and stops, at its own in between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.local.directory import DataDirectory

LIFE = 1.0


@dataclass(slots=True)
class Pacing:
    """The clock of one run of the platform.

    A clock that runs at life's pace goes on while the platform is stopped; a faster one stands still, because nobody
    could act meanwhile. ``rate`` is in season seconds per second.
    """

    directory: DataDirectory
    rate: float = LIFE
    stopped_at: datetime | None = None

    @classmethod
    def resume(
        cls, directory: DataDirectory, before: dict[str, Any], start: datetime | None, rate: float | None
    ) -> "Pacing":
        """Set the clock to ``start``, or to where it was (``before`` is what ``as_dict`` gave), at life's pace for now."""
        stopped_at = before.get("stopped_at")
        at = start or (datetime.fromisoformat(stopped_at) if stopped_at else None)
        clock = directory.open_clock(at)
        kept = float(before.get("rate", LIFE)) if stopped_at else clock.pace().rate
        clock.move(at, LIFE)
        clock.close()
        return cls(directory, kept if rate is None else rate)

    def release(self) -> None:
        """Let the clock run at its rate."""
        clock = self.directory.open_clock()
        clock.move(rate=self.rate)
        clock.close()

    def hold(self) -> None:
        """Bring the clock back to life's pace and remember, when it ran at another, where it stood.."""
        clock = self.directory.open_clock()
        rate = clock.pace().rate
        if rate != LIFE:
            self.rate, self.stopped_at = rate, clock.now()
            clock.move(rate=LIFE)
        clock.close()

    def as_dict(self) -> dict[str, Any]:
        """The rate, and the instant at which the clock stands still while the platform is stopped."""
        return {"rate": self.rate, "stopped_at": self.stopped_at.isoformat() if self.stopped_at else None}
