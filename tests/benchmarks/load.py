"""A load of plain GETs over kept connections, as light as Python allows, so that the server is what is measured."""

import asyncio
import time
from dataclasses import dataclass
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
    request = f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode()
    used, begun = sum(server.cpu_times()[:2]), time.perf_counter()
    stop = begun + seconds
    found = await asyncio.gather(
        *(_client(parts.hostname or "", parts.port or 80, request, stop) for _ in range(clients))
    )
    elapsed, spent = time.perf_counter() - begun, sum(server.cpu_times()[:2]) - used
    answers = sum(count for count, _ in found)
    return Measured(answers / elapsed, 1e6 * spent / answers, max(size for _, size in found))


async def _client(host: str, port: int, request: bytes, stop: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection(host, port)
    answers = size = 0
    try:
        while time.perf_counter() < stop:
            writer.write(request)
            head = await reader.readuntil(_END)
            if not head.startswith(b"HTTP/1.1 200"):
                raise ValueError(head.split(b"\r\n", 1)[0].decode())
            size = _length(head)
            await reader.readexactly(size)
            answers += 1
    finally:
        writer.close()
    return answers, size


def _length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[start : lowered.index(b"\r\n", start)])
