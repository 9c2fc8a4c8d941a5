"""Channels of the embedded platform: each message is a file, written whole or not at all, under a name that repeats."""

import asyncio
from pathlib import Path

from services.chassis.clock import Clock
from services.notifications.channels.mails import Sender, compose
from services.notifications.channels.port import NotDelivered, Parcel

SECONDS = 5.0


class _Directory:
    repeatable = True
    seconds = SECONDS

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def _write(self, name: str, content: bytes) -> None:
        try:
            await asyncio.to_thread(self._replace, name, content)
        except OSError:
            raise NotDelivered("cannot_write") from None

    def _replace(self, name: str, content: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        unfinished = self._directory / f".{name}.unfinished"
        unfinished.write_bytes(content)
        unfinished.replace(self._directory / name)

    async def close(self) -> None:
        return None


class MailDirectory(_Directory):
    """Mails as ``.eml`` files."""

    def __init__(self, directory: Path, sender: Sender, clock: Clock) -> None:
        super().__init__(directory)
        self._sender, self._clock = sender, clock

    async def send(self, parcel: Parcel) -> None:
        mail = compose(parcel, self._sender, self._clock.now())
        await self._write(f"{parcel.reason}-{parcel.identity}.eml", mail)


class TextDirectory(_Directory):
    """Text messages as ``.txt`` files: the number, an empty line, the words."""

    async def send(self, parcel: Parcel) -> None:
        content = f"To: {parcel.address}\n\n{parcel.short}\n"
        await self._write(f"{parcel.reason}-{parcel.identity}.txt", content.encode())
