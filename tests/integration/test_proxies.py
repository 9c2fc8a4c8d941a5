"""Who asks, behind a proxy: what a named proxy says is believed, what anybody else says is not."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from services.chassis.serving import HttpServer


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


@pytest.mark.parametrize(
    ("named", "seen"),
    [(None, "127.0.0.1"), ("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("127.0.0.0/8,10.0.0.0/8", "198.51.100.7")],
)
async def test_only_named_proxies_are_believed(
    named: str | None, seen: str, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if named is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", named)
    server = HttpServer(who, "127.0.0.1", free_port, "portal")
    await server.start()
    try:
        async with httpx.AsyncClient() as client:
            said = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7"}
            answer = await client.get(f"http://127.0.0.1:{free_port}/", headers=said)
        assert answer.text == seen
    finally:
        server.close()
        await server.closed()
