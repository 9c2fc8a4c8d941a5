"""A small shared cache for public pages (RFC 9111): what an answer allows is kept, with an entity tag, and shown while the
services are away. One request at a time makes a page; the others wait for it.
"""

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from cachetools import LRUCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT_PAGES = 2_000
KEPT_BYTES = 64_000_000
STALE_SECONDS = 900.0
LONGEST_QUERY = 500
PASSING_ADDRESSES = 10_000
_PACK_FROM = 500


@dataclass(slots=True)
class Kept:
    """An answer as it is kept; ``until`` is on the monotonic clock, ``route`` what made it."""

    until: float
    route: Any
    tag: str
    headers: list[tuple[bytes, bytes]]
    plain: bytes
    packed: bytes | None


class PublicCache:
    """Keeps what answers ``Cache-Control: public, max-age=N`` says that it may. Nothing that depends on a session says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._making: dict[str, asyncio.Lock] = {}
        self._passing: LRUCache[str, bool] = LRUCache(PASSING_ADDRESSES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        key = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        known = self._kept.get(key)
        if known is None or known.until < time.monotonic():
            known = await self._made(key, scope, receive, send)
        if known is not None:
            scope["route"] = known.route
            await _answer(known, scope, send)

    async def _made(self, key: str, scope: Scope, receive: Receive, send: Send) -> Kept | None:
        """The page made anew, or nothing when the answer was not for keeping and has been sent as it was."""
        if key in self._passing:
            return await self._asked(key, self._kept.get(key), scope, receive, send)
        turn = _Turn(self._making.setdefault(key, asyncio.Lock()))
        await turn.begin()
        try:
            known = self._kept.get(key)
            if known is not None and known.until >= time.monotonic():
                return known
            if key in self._passing:
                turn.end()
            return await self._asked(key, known, scope, receive, send, turn.end)
        finally:
            turn.end()
            if not turn.lock.locked():
                self._making.pop(key, None)

    async def _asked(
        self, key: str, stale: Kept | None, scope: Scope, receive: Receive, send: Send,
        no_wait: Callable[[], None] = lambda: None,
    ) -> Kept | None:  # fmt: skip
        def passes() -> None:
            """Nobody waits for an answer that is not for keeping, which may be a stream, nor from now on for this address."""
            self._passing[key] = True
            no_wait()

        catching = _Catching(send, passes)
        inside: Scope = {**scope, "method": "GET"}
        try:
            await self.app(inside, receive, catching)
        except Exception:
            if catching.status and not catching.passed:
                await catching.release()
            raise
        finally:
            scope["route"] = inside.get("route")
        if catching.passed:
            return None
        if catching.status != HTTPStatus.OK and stale and stale.until + STALE_SECONDS > time.monotonic():
            return stale
        if catching.age is None or len(key) > LONGEST_QUERY:
            await catching.release()
            return None
        kept = catching.kept(scope["route"])
        self._keep(key, kept)
        return kept

    def _keep(self, key: str, kept: Kept) -> None:
        self._passing.pop(key, None)
        before = self._kept.pop(key, None)
        self._bytes += _size(kept) - (_size(before) if before else 0)
        self._kept[key] = kept
        while len(self._kept) > KEPT_PAGES or self._bytes > KEPT_BYTES:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= _size(dropped)


class _Turn:
    """Whose turn it is to make a page; it is ended once, however often that is said."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self.lock, self._has = lock, False

    async def begin(self) -> None:
        self._has = await self.lock.acquire()

    def end(self) -> None:
        if self._has:
            self._has = False
            self.lock.release()


class _Catching:
    """Takes an answer that may be kept, or one that failed; passes every other through as it comes."""

    def __init__(self, send: Send, passes: Callable[[], None]) -> None:
        self._send, self._passes = send, passes
        self._start: Message = {}
        self._body: list[bytes] = []
        self.status, self.passed = 0, False
        self.age: float | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start, self.status = message, message["status"]
            self.age = _age(Headers(raw=message["headers"])) if self.status == HTTPStatus.OK else None
            if self.age is None and self.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self.passed = True
                self._passes()
        elif not self.passed:
            self._body.append(message.get("body", b""))
        if self.passed:
            await self._send(message)

    async def release(self) -> None:
        self.passed = True
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": b"".join(self._body)})

    def kept(self, route: Any) -> Kept:
        plain = b"".join(self._body)
        tag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
        headers = MutableHeaders(raw=list(self._start["headers"]))
        headers["ETag"] = tag
        headers.add_vary_header("Accept-Encoding")
        del headers["content-length"]
        packed = gzip.compress(plain, 6, mtime=0) if len(plain) >= _PACK_FROM else None
        return Kept(time.monotonic() + (self.age or 0), route, tag, headers.raw, plain, packed)


async def _answer(kept: Kept, scope: Scope, send: Send) -> None:
    request = Headers(scope=scope)
    headers = list(kept.headers)
    tags = {tag.strip().removeprefix("W/") for tag in request.get("if-none-match", "").split(",")}
    if kept.tag in tags:
        await send({"type": "http.response.start", "status": HTTPStatus.NOT_MODIFIED, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    body = kept.plain
    if kept.packed is not None and "gzip" in request.get("accept-encoding", ""):
        body = kept.packed
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _age(headers: Headers) -> float | None:
    """The seconds for which a shared cache may keep an answer, or nothing."""
    rules = [part.strip().lower() for part in headers.get("cache-control", "").split(",")]
    if "public" not in rules or headers.get("set-cookie"):
        return None
    ages = [rule.partition("=")[2] for rule in rules if rule.startswith("max-age=")]
    return float(ages[0]) if ages and ages[0].isdigit() else None


def _size(kept: Kept) -> int:
    return len(kept.plain) + len(kept.packed or b"")
