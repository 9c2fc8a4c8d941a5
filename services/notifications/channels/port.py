"""The port by which a notice leaves: one implementation for each way."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a channel takes: where to, and the words in each form. ``identity`` is the same whenever it is sent again."""

    identity: str
    reason: str
    address: str
    language: str
    subject: str
    text: str
    html: str
    short: str


class NotDelivered(Exception):
    """The other side has not taken it, and that is certain. ``code`` is stable; a permanent failure is not tried again."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


class Uncertain(Exception):
    """The other side may have taken it: the connection ended before it answered."""


class Channel(Protocol):
    """``repeatable`` when sending the same parcel twice leaves one.

    ``seconds`` (system time) is more than one sending takes: whoever has not answered by then has died.
    """

    repeatable: bool
    seconds: float

    async def send(self, parcel: Parcel) -> None:
        """Hand the parcel over; returns once it is taken. Raises ``NotDelivered`` or ``Uncertain``."""

    async def close(self) -> None: ...
