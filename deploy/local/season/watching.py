"""Whoever watches a season."""


class Watcher:
    """Whoever watches: told when a phase begins, how far it is, and when it is over; and of a fault that struck ``during`` a phase
    (none: after the play), once all is well again after ``seconds``."""

    def begin(self, phase: str) -> None: ...

    def told(self, what: str, done: int, of: int) -> None: ...

    def struck(self, fault: str, during: str | None, seconds: float) -> None: ...

    def end(self, phase: str, seconds: float) -> None: ...
