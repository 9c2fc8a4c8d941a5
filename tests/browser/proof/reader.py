"""Somebody at the portal with everything that a browser sends and none of its weight: cookies, origin, forms."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.browser.season import Played

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Pairs = Sequence[tuple[str, str | bytes]]
_places = itertools.count(2)


@dataclass(frozen=True)
class Answer:
    """What was answered; ``text`` is empty for what is no page, and for a stream, which is not waited for."""

    url: str
    status: int
    kind: str
    text: str
    location: str = ""

    @property
    def is_page(self) -> bool:
        return self.kind == "text/html"


@dataclass
class Reader:
    """A person of the season, logged in; nobody when ``person`` is none."""

    client: httpx.AsyncClient
    person: dict[str, Any] | None

    async def get(self, path: str, follow: bool = True) -> Answer:
        """The answer to a GET; of a stream that stays open, its beginning."""
        async with self.client.stream("GET", path, follow_redirects=follow) as answer:
            return await _read(answer)

    async def post(self, path: str, pairs: Pairs) -> Answer:
        """The answer to a form, sent from a page of the portal; not where it leads to."""
        body = urlencode(pairs).encode()
        headers = {"Origin": str(self.client.base_url).rstrip("/"), **FORM}
        async with self.client.stream("POST", path, content=body, headers=headers) as answer:
            return await _read(answer)

    @property
    def cookies(self) -> list[dict[str, Any]]:
        """For a window of a browser that goes on as this person."""
        names = dict(self.client.cookies)
        return [{"name": name, "value": value, "url": str(self.client.base_url)} for name, value in names.items()]


@asynccontextmanager
async def reader(
    season: Played, person: dict[str, Any] | None = None, cookies: Sequence[dict[str, Any]] = ()
) -> AsyncIterator[Reader]:
    """Somebody at the portal, from a loopback address of their own: what is counted by address counts for them alone.

    ``person`` logs in; with ``cookies`` goes on whoever has them.
    """
    number = next(_places)
    transport = httpx.AsyncHTTPTransport(local_address=f"127.0.{number // 250}.{number % 250 + 2}")
    async with httpx.AsyncClient(base_url=season.url, transport=transport, timeout=60, trust_env=False) as client:
        for cookie in cookies:
            client.cookies.set(cookie["name"], cookie["value"])
        if person:
            await _log_in(client, person)
        yield Reader(client, person)


async def _log_in(client: httpx.AsyncClient, person: dict[str, Any]) -> None:
    choice = await client.get(f"/fr/login/{person['kind']}", params={"next": "/fr/account"}, follow_redirects=True)
    back = await client.post(choice.url, data={"person": person["id"]})
    entered = await client.get(back.headers["location"])
    assert entered.headers["location"] == "/fr/account", (person["name"], entered.status_code)


async def _read(answer: httpx.Response) -> Answer:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    text = ""
    if kind == "text/html":
        text = (await answer.aread()).decode(answer.encoding or "utf-8")
    elif kind != "text/event-stream":
        await answer.aread()
    return Answer(str(answer.url), answer.status_code, kind, text, answer.headers.get("location", ""))
