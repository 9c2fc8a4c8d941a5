"""Whose turn it is: the event in hand, by which an aggregate knows that it has gone past it.

What a process handled before it was killed, or stood still while another took over, comes again. An aggregate keeps how far
it has come in every shard of a source that changed it; whoever comes with an earlier position is late: events are handled in
order, so all before that position were handled, or are among the dead letters. A cursor that is set back begins anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

Marks = Mapping[str, Sequence[int]]
"""By source and shard: how often the cursor had been set back, and the last position that changed the aggregate."""


class Late(Exception):
    """The event in hand was handled before, by this process or by another."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An event in hand: its source and shard, how often their cursor was set back, and its position."""

    place: str
    rewinds: int
    position: int

    @property
    def mark(self) -> list[int]:
        return [self.rewinds, self.position]

    def is_late(self, marks: Marks) -> bool:
        """Whether the aggregate with these marks was changed for a later event of the same shard."""
        return list(marks.get(self.place, ())) > self.mark


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current() -> Turn | None:
    """The event in hand; nothing for a request, a command, or a dead letter that is replayed."""
    return _turn.get()


@contextmanager
def turn(place: str, rewinds: int, position: int) -> Iterator[None]:
    """Around the handling of one event that comes in its order."""
    token = _turn.set(Turn(place, rewinds, position))
    try:
        yield
    finally:
        _turn.reset(token)
