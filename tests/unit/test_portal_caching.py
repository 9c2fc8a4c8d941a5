"""Who waits for whom in the portal's cache: those who ask for one public page at once, and nobody else."""

import asyncio
from typing import Any

from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.portal.caching import PublicCache


class Site:
    """``/public`` may be kept, ``/private`` may not, ``/stream`` stays open; each is made when ``go`` is set."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        if scope["path"] == "/stream":
            await StreamingResponse(self._endless())(scope, receive, send)
            return
        await self.go.wait()
        rule = "public, max-age=30" if scope["path"] == "/public" else "no-store"
        await PlainTextResponse("made", headers={"Cache-Control": rule})(scope, receive, send)

    async def _endless(self) -> Any:
        yield b"begun"
        await asyncio.Event().wait()


async def _get(cache: PublicCache, path: str, begun: asyncio.Event | None = None) -> bytes:
    body = b""

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    async def send(message: Any) -> None:
        nonlocal body
        body += message.get("body", b"")
        if body and begun:
            begun.set()

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await cache(scope | {"asgi": {"spec_version": "2.4"}, "state": {}}, receive, send)
    return body


async def test_a_public_page_is_made_once_for_all_who_ask() -> None:
    site = Site()
    cache = PublicCache(site)
    asking = [asyncio.create_task(_get(cache, "/public")) for _ in range(10)]
    await asyncio.sleep(0)
    site.go.set()
    assert set(await asyncio.gather(*asking)) == {b"made"}
    assert site.asked == 1


async def test_nobody_waits_for_a_page_that_is_somebody_s_own() -> None:
    site = Site()
    cache = PublicCache(site)
    site.go.set()
    await _get(cache, "/private")
    site.go.clear()
    asking = [asyncio.create_task(_get(cache, "/private")) for _ in range(10)]
    async with asyncio.timeout(5):
        while site.asked < 11:  # noqa: ASYNC110
            await asyncio.sleep(0)
    site.go.set()
    assert set(await asyncio.gather(*asking)) == {b"made"}


async def test_nobody_waits_for_the_end_of_another_reader_s_stream() -> None:
    cache = PublicCache(Site())
    readers = [asyncio.Event() for _ in range(3)]
    following = [asyncio.create_task(_get(cache, "/stream", each)) for each in readers]
    async with asyncio.timeout(5):
        await asyncio.gather(*(each.wait() for each in readers))
    for each in following:
        each.cancel()
    await asyncio.gather(*following, return_exceptions=True)
