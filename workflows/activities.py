"""What workflows do outside themselves: publish a command, and keep the register of open workflows true."""

import inspect
from collections.abc import Callable
from typing import Any, Protocol

from temporalio import activity

from contracts.model import Command
from workflows.messages import Ended, Waits


class Commands(Protocol):
    """Publishes a command to its service's command topic; raises when the broker does not acknowledge."""

    async def send(self, command: Command) -> None: ...


class Register(Protocol):
    """Where operators see which workflows are open and what they wait for."""

    async def waits(self, note: Waits) -> None: ...

    async def ended(self, note: Ended) -> None: ...


class Activities:
    """The activities that all workflows have; each workflow's own publish its commands, one method each."""

    def __init__(self, commands: Commands, register: Register) -> None:
        self._commands, self._register = commands, register

    @activity.defn
    async def note_wait(self, note: Waits) -> None:
        await self._register.waits(note)

    @activity.defn
    async def note_end(self, note: Ended) -> None:
        await self._register.ended(note)

    async def publish(self, command: Command) -> None:
        """Publish ``command``. Errors carry their class only."""
        await self._commands.send(command)


def definitions(*groups: object) -> list[Callable[..., Any]]:
    """The activity methods of ``groups``, each once by name, as a worker takes them."""
    found: dict[str, Callable[..., Any]] = {}
    for group in groups:
        for name, method in inspect.getmembers(group, inspect.ismethod):
            if hasattr(method, "__temporal_activity_definition"):
                found.setdefault(name, method)
    return list(found.values())
