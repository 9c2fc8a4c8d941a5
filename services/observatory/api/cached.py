"""Public answers that a shared cache may keep: an entity tag from the content, and how long not to ask again (RFC 9110, 9111)."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

PUBLIC = "public, max-age=30, stale-while-revalidate=300"
PRIVATE = "private, no-store"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class CachedRoute(APIRoute):
    """A route whose good answers may be kept if it is public, and may not if it is not."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        may_be_kept = getattr(self.endpoint, "__public__", False)

        async def answered(request: Request) -> Response:
            response = await handle(request)
            if not may_be_kept:
                response.headers["Cache-Control"] = PRIVATE
                return response
            return tagged(response, request.headers.get("if-none-match", ""))

        return answered


def tagged(response: Response, known: str) -> Response:
    """``response`` with its entity tag; without its content when the tag is among those ``known`` to the asker."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": PUBLIC}
    if _names(known, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _names(known: str, tag: str) -> bool:
    """Whether an ``If-None-Match`` header names ``tag``; whether weakly makes no difference there."""
    given = {each.strip().removeprefix("W/") for each in known.split(",")}
    return "*" in given or tag in given
