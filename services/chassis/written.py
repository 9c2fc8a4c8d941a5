"""What wakes the relay."""

import asyncio


class Written(asyncio.Event):
    """Set when there may be something to send; knows which collections this process has written to."""

    def __init__(self) -> None:
        super().__init__()
        self._names: set[str] = set()

    def note(self, collection: str) -> None:
        self._names.add(collection)
        self.set()

    def take(self) -> set[str]:
        """The collections written to since this was last asked; from now on nothing is, until it is noted."""
        names, self._names = self._names, set()
        self.clear()
        return names
