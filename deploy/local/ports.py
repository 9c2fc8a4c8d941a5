"""Ports of this machine: which are free, and the ones an installation keeps."""

import os
import random
import socket
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.local.refusals import PortInUse

LOOPBACK = "127.0.0.1"
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 20_000
_HIGHEST = 32_000
_TRIES = 200
_HELD = 64
_held: deque[int] = deque()


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(taken: Iterable[int] = ()) -> int:
    """A free loopback port that is not in ``taken``.

    It lies below the system's ephemeral range where there is room: a port from inside that range can be taken by any
    outgoing connection between being chosen and being listened on. On Linux nobody else who asks here, in this process
    or another, is given it until this process has ended or asked for 64 more.
    """
    excluded = set(taken)
    for _ in range(_TRIES):
        port = random.randrange(_LOWEST, _first_ephemeral())  # noqa: S311
        if port not in excluded and is_free(port) and _hold(port):
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def choose(
    wanted: Mapping[str, int],
    remembered: Mapping[str, int],
    names: Iterable[str],
    preferred: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """A port for each of ``names``: the wanted one, else the remembered or the preferred one if free, else any free one.

    Raises ``PortInUse`` when a wanted port is taken.
    """
    chosen: dict[str, int] = {}
    for name in names:
        if name in wanted:
            require_free(wanted[name], name)
            chosen[name] = wanted[name]
    for name in names:
        if name not in chosen:
            others = {*chosen.values(), *(port for each, port in remembered.items() if each != name)}
            likely = (remembered.get(name), (preferred or {}).get(name))
            chosen[name] = next((port for port in likely if port and port not in others and is_free(port)), 0)
            chosen[name] = chosen[name] or free_port((*chosen.values(), *remembered.values()))
    return chosen


def require_free(port: int, name: str) -> None:
    """Raises ``PortInUse`` when something listens on ``port`` already."""
    if not is_free(port):
        raise PortInUse(port, name)


def _hold(port: int) -> bool:
    """Whether nobody else held this port, without listening yet: it is a name that the system keeps while its holder lives."""
    if sys.platform != "linux":
        return True
    with socket.socket(socket.AF_UNIX) as mark:
        try:
            mark.bind(f"\0tremplin-port-{port}")
        except OSError:
            return False
        if len(_held) == _HELD:
            os.close(_held.popleft())
        _held.append(mark.detach())
    return True


def _first_ephemeral() -> int:
    try:
        first = int(_EPHEMERAL.read_text().split()[0])
    except OSError:
        return _HIGHEST
    return first if first > _LOWEST + 1_000 else _HIGHEST
