"""What can keep the embedded platform from starting or running, each said in one sentence for the person at the terminal."""

from collections.abc import Sequence
from pathlib import Path


class PlatformRefusal(Exception):
    """The platform cannot start or go on; ``str()`` of it is the sentence to show."""


class PortInUse(PlatformRefusal):
    """Another program listens on a port that was asked for."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(
            f"Port {port}, wanted for {name}, is in use: stop the program that holds it, or choose another "
            f"with the environment variable {port_variable(name)}."
        )


class ProgramMissing(PlatformRefusal):
    """A program that the platform runs is nowhere to be found."""

    def __init__(self, what: str, ways: Sequence[str]) -> None:
        listed = "; or ".join(ways)
        super().__init__(f"{what} is missing. Any of these helps: {listed}.")


class DiskFull(PlatformRefusal):
    """Too little room is left for the data directory."""

    def __init__(self, directory: Path, free: int, needed: int) -> None:
        super().__init__(
            f"{directory} has {free // 1_000_000} MB left and {needed // 1_000_000} MB are needed: "
            f"free some space, or choose another directory with --var."
        )


class DirectoryUnusable(PlatformRefusal):
    """The data directory cannot be made or written."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"{directory} cannot be written ({reason}): choose another directory with --var.")


class AlreadyRunning(PlatformRefusal):
    """Another supervisor holds this data directory."""

    def __init__(self, directory: Path, pid: str) -> None:
        super().__init__(
            f"A platform (process {pid or 'unknown'}) already runs on {directory}: stop it first, or choose another "
            f"directory with --var."
        )


class NotRunning(PlatformRefusal):
    """No platform has left a description in this data directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"No platform runs on {directory}: start one with `tremplin up --var {directory}`.")


class ChildFailed(PlatformRefusal):
    """A child process did not come up, or keeps dying."""

    def __init__(self, name: str, what: str, log: Path, last_words: str = "") -> None:
        ending = f", which ends with: {last_words}" if last_words else "."
        super().__init__(f"{name} {what}; its log is {log}{ending}")


class SettingInvalid(PlatformRefusal):
    """An environment variable or an option holds something that cannot be used."""

    def __init__(self, name: str, allowed: str) -> None:
        super().__init__(f"{name} is not usable: it must be {allowed}.")


def address_variable(name: str) -> str:
    """The environment variable that says where a service answers."""
    return f"TREMPLIN_{name.upper()}_URL"


def port_variable(name: str) -> str:
    """The environment variable that fixes the port of a part or service."""
    return f"TREMPLIN_{name.upper().replace('-', '_')}_PORT"
