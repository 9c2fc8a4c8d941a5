"""What the provider keeps in memory under names that nobody guesses, each thing for a while."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_NAME_BYTES = 32
_MOST = 5_000


class Kept(Generic[T]):
    """Things by secret name, for ``lifetime`` seconds of ``clock``; beyond a bound the oldest give way."""

    def __init__(self, lifetime: float, clock: Callable[[], float] = time.monotonic, most: int = _MOST) -> None:
        self._lifetime, self._clock, self._most = lifetime, clock, most
        self._things: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def put(self, thing: T) -> str:
        """Keep ``thing``; its name."""
        name = secrets.token_urlsafe(_NAME_BYTES)
        self._things[name] = (self._clock() + self._lifetime, thing)
        while len(self._things) > self._most:
            self._things.popitem(last=False)
        return name

    def get(self, name: str) -> T | None:
        """The thing of that name, unless its time is over."""
        until, thing = self._things.get(name, (0.0, None))
        return thing if thing is not None and self._clock() < until else None

    def take(self, name: str) -> T | None:
        """The thing of that name, which is then kept no more."""
        thing = self.get(name)
        self.drop(name)
        return thing

    def drop(self, name: str) -> None:
        self._things.pop(name, None)
