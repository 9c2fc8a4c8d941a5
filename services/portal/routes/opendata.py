"""Open data: what there is, under which licence, and the files themselves."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from services.portal.admission import anyone
from services.portal.page import Page

router = APIRouter()
PASSED_ON = ("content-type", "content-disposition", "etag")
KEPT = "max-age=30, stale-while-revalidate=300"
"""Without ``public``: the portal's own cache does not hold files in memory; other shared caches may keep them all the same."""


@router.get("/open-data")
async def catalogue(page: Page = anyone()) -> Response:
    return await page.render_public(
        "public/open-data.html", seconds=300, found=await page.get("observatory", "/open-data")
    )


@router.get("/open-data/{name}.{form}")
async def dataset(name: str, form: Literal["csv", "json"], page: Page = anyone()) -> Response:
    """A file, handed on as it comes. Raises ``ServiceProblem`` for one that there is not."""
    async with AsyncExitStack() as stack:
        backend = page.parts.backend
        answer = await stack.enter_async_context(
            backend.stream(None, (), "observatory", f"/open-data/{_plain(name)}.{form}")
        )
        headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        headers |= {"Cache-Control": KEPT}
        if _known(page.request.headers.get("if-none-match", ""), headers.get("etag")):
            return Response(status_code=304, headers=headers)
        return StreamingResponse(_read(answer.aiter_bytes(), stack.pop_all()), headers=headers)


def _plain(name: str) -> str:
    """A name that stays one part of a path."""
    return "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-_"))[:80] or "-"


def _known(sent: str, tag: str | None) -> bool:
    return tag is not None and tag in {each.strip().removeprefix("W/") for each in sent.split(",")}


async def _read(parts: AsyncIterator[bytes], stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        async for part in parts:
            yield part
