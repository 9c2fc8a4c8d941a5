"""The three infrastructure programs of the embedded platform, and how any one of them is replaced from outside."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.broker import Broker
from deploy.local.children import Launch
from deploy.local.database import Database
from deploy.local.temporal import Temporal

_PATIENCE_SECONDS = 60.0
_KEPT_VARIABLES = ("PATH", "LANG", "TMPDIR", "SYSTEMROOT")


class Part(Protocol):
    """One infrastructure program. ``variable`` is the environment variable whose address replaces it."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def variable(self) -> str: ...

    @property
    def port_names(self) -> Sequence[str]: ...

    async def locate(self, downloads: Path) -> Path:
        """The program; raises ``ProgramMissing``. What has to be downloaded goes to ``downloads``."""

    def command(self, program: Path, ports: Mapping[str, int], directory: Path | None) -> list[str]:
        """The command line; ``directory`` keeps the data, ``None`` keeps it in memory."""

    def address(self, ports: Mapping[str, int]) -> str:
        """What a client is given to find it."""

    async def healthy(self, address: str) -> None:
        """Return once it has answered in its own protocol; raises any exception when it has not."""


PARTS: tuple[Part, ...] = (Broker(), Database(), Temporal())


@dataclass(frozen=True, slots=True)
class Arranged:
    """A part with its address, and how to launch it unless it runs elsewhere (``launch`` is then ``None``)."""

    part: Part
    address: str
    ports: Mapping[str, int]
    launch: Launch | None


def external(environment: Mapping[str, str]) -> dict[str, str]:
    """The addresses that the environment gives for parts that run elsewhere, by part name."""
    return {part.name: environment[part.variable] for part in PARTS if environment.get(part.variable)}


async def arrange(part: Part, ports: Mapping[str, int], directory: Path | None, workplace: Path) -> Arranged:
    """Find the part's program and say how to launch it.

    ``ports`` are by port name; ``directory`` holds its data (``None``: in memory); ``workplace``, which exists, is where
    it runs and looks for its own configuration, so that a stray file in somebody's home changes nothing. Raises
    ``ProgramMissing``.
    """
    program = await part.locate(workplace)
    address = part.address(ports)
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    launch = Launch(
        name=part.name,
        command=tuple(part.command(program, ports, directory)),
        environment={**environment, "HOME": str(workplace)},
        directory=workplace,
        healthy=lambda: part.healthy(address),
        patience=_PATIENCE_SECONDS,
    )
    return Arranged(part, address, ports, launch)


def replaced(part: Part, address: str) -> Arranged:
    """A part that runs elsewhere, at ``address``."""
    return Arranged(part, address, {}, None)
