"""Whoever watches a season."""


class Watcher:
    """Whoever watches: told when a phase begins, how far it is, and when it is over."""

    def begin(self, phase: str) -> None: ...

    def told(self, what: str, done: int, of: int) -> None: ...

    def end(self, phase: str, seconds: float) -> None: ...
