"""A load of plain requests over kept connections, as light as Python allows, so that the server is what is measured."""

import asyncio
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Measured:
    """Answers a second, and the server's processor time for one answer, in microseconds."""

    per_second: float
    cpu_us: float
    bytes_each: int


async def gets(
    url: str, server: psutil.Process, clients: int = 8, seconds: float = 3.0, cookie: str = ""
) -> Measured:  # fmt: skip
    """Ask for ``url`` again and again during ``seconds``. Raises ``ValueError`` for an answer that is not 200."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = f"Host: {parts.netloc}\r\nAccept-Encoding: gzip\r\n" + (f"Cookie: {cookie}\r\n" if cookie else "")
    again = f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode()
    stop = time.perf_counter() + seconds

    def until() -> Iterator[bytes]:
        while time.perf_counter() < stop:
            yield again

    return await sends(parts.port or 80, until(), clients, (server,))


async def sends(
    port: int, requests: Iterable[bytes], clients: int, servers: Iterable[psutil.Process] = ()
) -> Measured:  # fmt: skip
    """Send ``requests`` to a loopback port, each client the next one as soon as it has an answer.

    The processor time is that of all ``servers``. Raises ``ValueError`` for an answer that is no success.
    """
    waiting, watched = iter(requests), list(servers)
    used, begun = spent(watched), time.perf_counter()
    found = await asyncio.gather(*(_client(port, waiting) for _ in range(clients)))
    elapsed = time.perf_counter() - begun
    answers = sum(count for count, _ in found)
    return Measured(answers / elapsed, 1e6 * (spent(watched) - used) / answers, max(size for _, size in found))


def spent(processes: Iterable[psutil.Process]) -> float:
    """The processor time that these have taken so far, in seconds."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def request(method: str, path: str, token: str | None = None, body: Any = None) -> bytes:
    """A request as it is sent, with a JSON body if there is one."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(content)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Content-Type: application/json"] if content else []
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """One kept connection to a loopback port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Connection":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, sent: bytes) -> bytes:
        """The body of the answer. Raises ``ValueError`` when it is no success."""
        self._writer.write(sent)
        head = await self._reader.readuntil(_END)
        body = await self._reader.readexactly(_length(head))
        if head[9:10] != b"2":
            raise ValueError(f"{head.splitlines()[0].decode()}: {body[:300].decode(errors='replace')}")
        return body

    def close(self) -> None:
        self._writer.close()


async def _client(port: int, requests: Iterator[bytes]) -> tuple[int, int]:
    connection = await Connection.to(port)
    answers = size = 0
    try:
        for sent in requests:
            size = len(await connection.ask(sent))
            answers += 1
    finally:
        connection.close()
    return answers, size


def _length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[start : lowered.index(b"\r\n", start)])
