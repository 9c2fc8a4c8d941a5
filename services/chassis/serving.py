"""An HTTP application served on one port within the process's event loop."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import ASGIApp

KEEP_ALIVE_SECONDS = 75
GRACE_SECONDS = 10


class NotServing(Exception):
    """The server ended while it started."""


class HttpServer:
    """``app`` behind uvicorn. ``watched`` runs the server's loop, so that its owner learns when that dies.

    The proxies that uvicorn's ``FORWARDED_ALLOW_IPS`` names (addresses, networks) are believed about who asks; without it, nobody.
    """

    def __init__(self, app: ASGIApp, host: str, port: int, name: str) -> None:
        self._place = (host, port, name)
        self._server = _Server(
            uvicorn.Config(
                app, host, port, log_config=None, access_log=False, lifespan="off", loop="none",
                proxy_headers=bool(os.environ.get("FORWARDED_ALLOW_IPS")),
                server_header=False, timeout_graceful_shutdown=GRACE_SECONDS, timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
        )  # fmt: skip
        self._serving: asyncio.Task[None] | None = None

    async def start(self, watched: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]] | None = None) -> None:
        """Listen; returns when requests are answered. Raises ``SystemExit`` for a port in use, or ``NotServing``."""
        listener = bind(*self._place)

        async def serve() -> None:
            await self._server.serve([listener])

        self._serving = serving = asyncio.ensure_future(_run(serve, watched))
        while not (self._server.started or serving.done()):  # noqa: ASYNC110  uvicorn offers no event
            await asyncio.sleep(0.01)
        if serving.done():
            raise NotServing

    def close(self) -> None:
        """Take no more requests; those in hand are answered."""
        self._server.should_exit = True

    async def closed(self) -> None:
        """Wait until what was in hand is answered."""
        if self._serving:
            await asyncio.gather(self._serving, return_exceptions=True)


async def _run(
    serve: Callable[[], Awaitable[None]], watched: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]] | None
) -> None:
    await (watched(serve) if watched else serve())


class _Server(uvicorn.Server):
    """Signals belong to the process, which stops all that it serves together."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def bind(host: str, port: int, name: str) -> socket.socket:
    """A listening socket. Raises ``SystemExit`` with a sentence when the port is in use."""
    # asyncio switches Nagle's algorithm off for sockets of this protocol only; with it, every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        variable = f"TREMPLIN_{name.upper()}_PORT"
        raise SystemExit(f"{variable}: {host}:{port} cannot be used ({error.strerror})") from None
    listener.setblocking(False)
    return listener
