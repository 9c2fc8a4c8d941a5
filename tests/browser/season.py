"""A platform on which a small season was played, its portal, and its people: started once for all browser tests.

While one writes tests: ``tremplin up --demo --scale 0.1 --var DIR`` once, stopped; then TREMPLIN_SEASON=DIR starts on a copy of it.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Page

from deploy.local import ports
from services.chassis.tokens import mint, signing_key
from services.portal.settings import SERVICES

SCALE = "0.1"
PLAYED_WITHIN_SECONDS = 600.0
STARTED_WITHIN_SECONDS = 120.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Played:
    """The portal's address, the people one may log in as, and the services behind for preparing what a test needs."""

    url: str
    ports: dict[str, int]
    people: list[dict[str, Any]]
    platform: Path

    def person(self, role: str, nth: int = 0) -> dict[str, Any]:
        """Somebody of the season who holds a role, in the order of ``people.json``."""
        return [person for person in self.people if role in person["roles"]][nth]

    @property
    def origins(self) -> frozenset[str]:
        provider = f"http://127.0.0.1:{self.ports['provider']}"
        parts = urlsplit(self.url)
        return frozenset({f"{parts.scheme}://{parts.netloc}", provider})

    async def ask(
        self, person: dict[str, Any] | None, method: str, service: str, path: str, body: Any = None, **given: Any
    ) -> Any:
        """Ask a service directly, as a person in all their roles, to prepare or to check what a page is about."""
        headers = dict(given.pop("headers", {}))
        if person is not None:
            headers["Authorization"] = f"Bearer {self.token(person['id'], person['roles'])}"
        url = f"http://127.0.0.1:{self.ports[service]}{path}"
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            answer = await client.request(method, url, json=body, headers=headers, **given)
        assert not answer.is_error, (method, path, answer.status_code, answer.text)
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content

    def token(self, person_id: str, roles: list[str]) -> str:
        from datetime import UTC, datetime

        issuer = f"http://127.0.0.1:{self.ports['issuer']}"
        return mint(signing_key(self.platform / "run" / "issuer.key"), issuer, person_id, roles, datetime.now(UTC))

    async def sign_in(self, page: Page, person: dict[str, Any], to: str = "/fr/account") -> None:
        """Log in as a person of the season, through the offline provider, and come to ``to``."""
        await page.goto(f"{self.url}/fr/login/{person['kind']}?next={to}")
        await page.goto(f"{page.url}&q={person['name']}")
        await page.locator(f'button[value="{person["id"]}"]').click()
        await page.wait_for_url(f"{self.url}{to}")


async def played(var: Path) -> AsyncIterator[Played]:
    """Play a small season below ``var`` and keep its platform up. Fails with the end of its log when it does not come up."""
    platform = var / "season" / "platform"
    if played_before := os.environ.get("TREMPLIN_SEASON"):
        shutil.copytree(Path(played_before) / "season", var / "season", ignore=shutil.ignore_patterns("*.lock"))
    else:
        await asyncio.wait_for(_play(var), PLAYED_WITHIN_SECONDS)
    (platform / "run" / "platform.json").unlink(missing_ok=True)
    with process(var, "up", "--demo") as running:
        async with asyncio.timeout(STARTED_WITHIN_SECONDS):
            while not await _there(platform):
                assert running.poll() is None, (var / "up.log").read_text()[-3_000:]
                await asyncio.sleep(0.5)
        yield _found(platform)


async def _play(var: Path) -> None:
    """The season from beginning to end, with nothing left running; ``up --demo`` then finds it."""
    with process(var, "demo", "--scale", SCALE) as playing:
        code = await asyncio.to_thread(playing.wait)
    assert code == 0, (var / "demo.log").read_text()[-3_000:]


@contextlib.contextmanager
def process(var: Path, command: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of our commands, told to stop at the end if it has not."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TREMPLIN_")}
    environment["TREMPLIN_PORTAL_PORT"] = str(ports.free_port())
    environment["TREMPLIN_PORTAL_FORMS_A_MINUTE"] = "1000000"
    with (var / f"{command}.log").open("wb") as log:
        found = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "deploy.local", command, *options, "--var", str(var)],
            cwd=ROOT, stdout=log, stderr=log, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            yield found
        finally:
            found.send_signal(signal.SIGTERM)
            found.wait(60)


async def _there(platform: Path) -> bool:
    try:
        return await ready(_found(platform).ports)
    except (OSError, ValueError, KeyError):
        return False


async def ready(at: Mapping[str, int]) -> bool:
    """Whether the portal and every service behind it say that they are ready."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        asked = (client.get(f"http://127.0.0.1:{at[name]}/health/ready") for name in ("portal", *SERVICES))
        answers = await asyncio.gather(*asked, return_exceptions=True)
    return all(isinstance(answer, httpx.Response) and answer.is_success for answer in answers)


def _found(platform: Path) -> Played:
    described = json.loads((platform / "run" / "platform.json").read_text())
    people = json.loads((platform / "demo" / "people.json").read_text())
    at = described["ports"]
    return Played(f"http://127.0.0.1:{at['portal']}", at, people, platform)
