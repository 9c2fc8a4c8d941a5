"""What a domain function gives back: a decision, or a refusal that names its rule."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from contracts.model import Event

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The state after a command, the events that tell of it, and the answer for whoever asked (kept for repeats)."""

    state: S
    events: tuple[Event, ...] = ()
    answer: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A rule says no. Subclasses give the stable ``code``; the text is for people and never repeats input.

    ``status`` is the HTTP status that fits the rule (409 state, 403 right, 404 unknown, 410 too late, 413 size, 422 content).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The request is refused"

    def __init__(
        self,
        detail: str = "",
        *,
        field: str | None = None,
        allowed: Any = None,
        problems: Any = None,
    ) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.field = field
        self.allowed = allowed
        self.problems: list[dict[str, Any]] = list(problems or ())


class NotFound(Refusal):
    """There is no such thing, or the asker may not know that there is."""

    code = "not_found"
    status = 404
    title = "Not found"


class NotYet(Exception):
    """What a message speaks of has not arrived here yet: the message is tried again."""
