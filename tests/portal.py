"""The portal alone: real pages and a real session store, and behind it services that do not answer, or one that does."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.local import ports
from services.portal.admission import cookie_name
from services.portal.main import Portal
from services.portal.security import masked
from services.portal.settings import SERVICES, Settings
from services.portal.store import Session

AGO = timedelta(0)


@dataclass
class Visitor:
    """Somebody with a session, as a browser would send what it has."""

    client: httpx.AsyncClient
    session: Session
    token: str

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.client.get(path, headers={**self._cookie, **given.pop("headers", {})}, **given)

    async def post(self, path: str, data: Mapping[str, Any] | None = None, **given: Any) -> httpx.Response:
        """A post from a page of the portal: with its origin and the session's CSRF token."""
        headers = {"Origin": str(self.client.base_url).rstrip("/"), **self._cookie, **given.pop("headers", {})}
        sent = {"csrf": masked(self.session.csrf), **(data or {})}
        return await self.client.post(path, data=sent, headers=headers, **given)

    async def status(self, path: str) -> int:
        """The status of a GET; its body, which may be a stream that stays open, is not waited for."""
        async with self.client.stream("GET", path, headers=self._cookie) as answer:
            return answer.status_code

    @property
    def _cookie(self) -> dict[str, str]:
        return {"Cookie": f"session={self.token}"}


@dataclass
class Standing:
    """A portal that runs, and clients of it."""

    portal: Portal
    client: httpx.AsyncClient

    async def visitor(self, *roles: str, idle: timedelta = AGO, open_for: timedelta = AGO) -> Visitor:
        """Somebody new in these roles, whose session was last used, and opened, so long ago."""
        now = datetime.now(UTC)
        session = Session(
            key="", person_id=str(uuid4()), provider="people", opened=now - open_for, seen=now - idle,
            name="Camille Essai", id_token="none", roles=tuple(roles), roles_at=now,
        )  # fmt: skip
        return await self.seat(session)

    async def seat(self, session: Session) -> Visitor:
        """Whoever has this session, once it is kept."""
        store = self.portal.parts.store
        token = await store.open(session, timedelta(hours=1))
        kept = await store.session(token)
        assert kept
        assert cookie_name(self.portal.parts.settings) == "session"
        return Visitor(self.client, kept, token)


def environment(mongodb: str, master_key: Path, folder: Path, prefix: str) -> dict[str, str]:
    """A portal's settings; every service and provider is where nobody listens."""
    port, nobody = ports.free_port(), f"http://{ports.LOOPBACK}:{ports.free_port()}"
    secret = folder / "secret"
    secret.write_text("a client's secret")
    return {
        "MONGODB_URI": mongodb,
        "TREMPLIN_DATABASE_PREFIX": prefix,
        "TREMPLIN_MASTER_KEY_FILE": str(master_key),
        "TREMPLIN_ISSUER": nobody,
        "TREMPLIN_ISSUER_KEY_FILE": str(folder / "issuer.key"),
        "TREMPLIN_PORTAL_PORT": str(port),
        "TREMPLIN_PORTAL_URL": f"http://{ports.LOOPBACK}:{port}",
        **{f"TREMPLIN_{name.upper()}_URL": nobody for name in SERVICES},
        **{f"TREMPLIN_OIDC_{kind}_ISSUER": nobody for kind in ("PEOPLE", "AGENTS")},
        **{f"TREMPLIN_OIDC_{kind}_CLIENT_ID": "portal" for kind in ("PEOPLE", "AGENTS")},
        **{f"TREMPLIN_OIDC_{kind}_CLIENT_SECRET_FILE": str(secret) for kind in ("PEOPLE", "AGENTS")},
    }


@contextlib.asynccontextmanager
async def standing(given: Mapping[str, str]) -> AsyncIterator[Standing]:
    """A portal started with this environment; stopped at the end."""
    portal = Portal(Settings.model_validate(dict(given) | {"mongodb_uri": given["MONGODB_URI"]}))
    await portal.start()
    try:
        url = given["TREMPLIN_PORTAL_URL"]
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False, follow_redirects=False) as client:
            yield Standing(portal, client)
    finally:
        await portal.stop()


REFUSAL = {"code": "malformed", "title": "Not a valid value", "status": 422}


class StandIn:
    """One service or several, as far as a test needs them.

    From a request that begins with ``silent_from`` on it hangs up; those that begin with ``refused`` are.
    """

    def __init__(self, answer: Callable[[str], Any], *names: str) -> None:
        self._answer, self._names = answer, names
        self.silent_from = self.refused = "never"
        self.asked: list[str] = []
        self._silent = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().partition(" HTTP/")[0]
        self._silent = self._silent or line.startswith(self.silent_from)
        self.asked.append(line)
        if not self._silent:
            refused = line.startswith(self.refused)
            body = json.dumps(REFUSAL if refused else self._answer(line)).encode()
            status, kind = ("422 No", "application/problem+json") if refused else ("200 OK", "application/json")
            head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        writer.close()
        await writer.wait_closed()

    @contextlib.asynccontextmanager
    async def before(self, mongodb: str, master_key: Path, folder: Path) -> AsyncIterator[Standing]:
        """A portal that asks these services, and no other that answers."""
        async with await asyncio.start_server(self._serve, ports.LOOPBACK, 0) as server:
            url = f"http://{ports.LOOPBACK}:{server.sockets[0].getsockname()[1]}"
            given = environment(mongodb, master_key, folder, f"alone_{uuid4().hex[:8]}_")
            async with standing(given | {f"TREMPLIN_{name.upper()}_URL": url for name in self._names}) as found:
                yield found
