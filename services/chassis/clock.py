"""The one clock: what "now" is for every process of an installation.

In life the clock is the system's. On the embedded platform all processes map the same small file, which holds an origin and a
rate, so that a season can be played in seconds; whoever holds the file may move the clock, and all see the same instant at once.
"""

import mmap
import os
import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_LAYOUT = struct.Struct("<Qddd")
_TEAR_RETRIES = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How season time follows system time: ``season = origin + (system - system_origin) * rate``.

    ``sequence`` grows by one with every move of the clock; origins are POSIX seconds, ``rate`` is season seconds per second.
    """

    sequence: int = 0
    system_origin: float = 0.0
    origin: float = 0.0
    rate: float = 1.0

    def at(self, system: float) -> datetime:
        """The season instant (UTC) at the given system instant, in POSIX seconds."""
        return datetime.fromtimestamp(self.origin + (system - self.system_origin) * self.rate, UTC)

    def wait(self, until: datetime, system: float) -> float:
        """System seconds from ``system`` to the season instant ``until``; 0 or less when it has passed."""
        return (until - self.at(system)).total_seconds() / self.rate


class Clock(Protocol):
    """The clock port. ``now`` is a time-zone aware UTC instant."""

    def now(self) -> datetime: ...

    def pace(self) -> Pace: ...


class SystemClock:
    """The clock of an installation in life: the system's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def pace(self) -> Pace:
        return Pace()


class SharedClock:
    """The embedded platform's clock: origin and rate in a file that all processes map.

    Raises ``FileNotFoundError`` when the file is missing and ``ValueError`` when it is no clock file.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR)
        if os.fstat(self._file).st_size != _LAYOUT.size:
            os.close(self._file)
            raise ValueError("not a clock file")
        self._map = mmap.mmap(self._file, _LAYOUT.size)

    @classmethod
    def create(cls, path: Path, start: datetime, rate: float = 1.0) -> "SharedClock":
        """Make the clock file at ``path``, starting now at ``start``, at ``rate`` season seconds per second."""
        path.write_bytes(_LAYOUT.pack(2, time.time(), start.timestamp(), rate))
        return cls(path)

    def pace(self) -> Pace:
        for _ in range(_TEAR_RETRIES):
            first = bytes(self._map)
            sequence, system_origin, origin, rate = _LAYOUT.unpack(first)
            if sequence % 2 == 0 and first == bytes(self._map):
                return Pace(sequence // 2, system_origin, origin, rate)
            time.sleep(0)
        raise RuntimeError("the clock file is being written without end")

    def now(self) -> datetime:
        return self.pace().at(time.time())

    def move(self, to: datetime | None = None, rate: float = 1.0) -> Pace:
        """Set the clock to ``to`` (by default: leave the instant) and ``rate``; one writer at a time."""
        target = to or self.now()
        sequence = self.pace().sequence * 2
        self._map[:8] = struct.pack("<Q", sequence + 1)
        self._map[:] = _LAYOUT.pack(sequence + 1, time.time(), target.timestamp(), rate)
        self._map[:8] = struct.pack("<Q", sequence + 2)
        return self.pace()

    def advance(self, by: timedelta) -> Pace:
        """Move the clock by ``by`` (forwards or back) and keep its rate."""
        return self.move(self.now() + by, self.pace().rate)

    def close(self) -> None:
        self._map.close()
        os.close(self._file)
