"""The data directory (``var/``): what lies where, who holds it, and what is made in it once."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.refusals import AlreadyRunning, DirectoryUnusable, DiskFull, NotRunning
from services.chassis.clock import SharedClock
from services.chassis.tokens import write_private

NEEDED_BYTES = 200_000_000
_MASTER_KEY_BYTES = 32
_CLIENT_SECRET_BYTES = 32
_PARTS = ("kafka", "mongodb", "temporal")
OIDC_KINDS = ("people", "agents")
"""Whom an identity provider knows: the portal is a client of one for each."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The paths below one data directory."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def clock(self) -> Path:
        return self.run / "clock"

    @property
    def clock_seen(self) -> Path:
        """The last season instant that a running platform has seen, while its clock runs faster than life."""
        return self.run / "clock.seen"

    @property
    def description(self) -> Path:
        """``platform.json``: what runs where."""
        return self.run / "platform.json"

    @property
    def issuer_key(self) -> Path:
        return self.run / "issuer.key"

    @property
    def master_key(self) -> Path:
        return self.run / "master.key"

    @property
    def demo(self) -> Path:
        """Whom one may sign in as, on a platform for demonstration."""
        return self.root / "demo"

    def client_secret(self, kind: str) -> Path:
        """The portal's secret as a client of the identity provider of that kind."""
        return self.run / f"oidc-{kind}.secret"

    def data(self, part: str) -> Path:
        """Where a part keeps its data."""
        return self.root / {"mongodb": "mongo"}.get(part, part)

    def workplace(self, part: str) -> Path:
        """Where a part runs, and finds none of its own configuration files."""
        return self.run / part

    def log(self, child: str) -> Path:
        return self.root / "log" / f"{child}.log"

    def prepare(self) -> None:
        """Make the directories, the master key and the portal's secrets as a client; raises ``DirectoryUnusable``."""
        try:
            for path in self._directories():
                path.mkdir(parents=True, exist_ok=True)
            if not self.master_key.exists():
                write_private(self.master_key, secrets.token_bytes(_MASTER_KEY_BYTES))
            for kind in OIDC_KINDS:
                if not self.client_secret(kind).exists():
                    write_private(self.client_secret(kind), secrets.token_urlsafe(_CLIENT_SECRET_BYTES).encode())
        except OSError as failure:
            raise DirectoryUnusable(self.root, failure.strerror or "unknown reason") from failure

    def _directories(self) -> Iterator[Path]:
        yield from (self.run, self.root / "log", self.root / "mail")
        for part in _PARTS:
            yield from (self.data(part), self.workplace(part))

    def require_space(self, needed: int = NEEDED_BYTES) -> None:
        """Raises ``DiskFull`` when fewer than ``needed`` bytes are free below it."""
        free = shutil.disk_usage(self.root).free
        if free < needed:
            raise DiskFull(self.root, free, needed)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory for one supervisor, until the block or the process ends; raises ``AlreadyRunning``."""
        with (self.run / "supervisor.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise AlreadyRunning(self.root, lock.read().strip()) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def open_clock(self) -> SharedClock:
        """The installation's clock; made, at the present instant and life's pace, when it is missing."""
        if not self.clock.exists():
            return SharedClock.create(self.clock, datetime.now(UTC))
        return SharedClock(self.clock)

    def running_clock(self) -> SharedClock:
        """The clock that an installation has made here; raises ``NotRunning`` when there is none."""
        try:
            return SharedClock(self.clock)
        except FileNotFoundError:
            raise NotRunning(self.root) from None

    def describe(self, description: dict[str, Any]) -> None:
        """Write ``platform.json``."""
        replace_text(self.description, json.dumps(description, indent=2, sort_keys=True) + "\n")

    def described(self) -> dict[str, Any]:
        """The last description; empty when there is none."""
        try:
            description: dict[str, Any] = json.loads(self.description.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return description


def replace_text(path: Path, text: str) -> None:
    """Write a file so that a reader, or the next process after a crash, finds the old text or the new one, whole."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
