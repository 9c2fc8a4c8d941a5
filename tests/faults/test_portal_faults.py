"""The portal alone killed, paused and deployed anew while somebody sends forms: they stay logged in, and each is there once."""

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.installation import Installation
from deploy.local.portal import PORTAL, PROVIDER
from deploy.local.provider.persons import DemoPerson, write_people
from deploy.local.season.cast import ADMINISTRATOR, person, registration
from deploy.local.season.door import Door
from deploy.local.season.script import call
from deploy.local.season.size import Size
from deploy.local.services import ISSUER
from tests.crowd import asked, platform
from tests.entrance import Entrance
from tests.platform import eventually

SERVED = ("people", "applications", ISSUER, PORTAL, PROVIDER)
APPLICANT, OFFICER = person("portal's applicant"), person("portal's officer")
AT_ONCE = 4
IMPATIENT_SECONDS = 5.0

pytestmark = pytest.mark.timeout(400)


@dataclass
class Applicant:
    """Somebody logged in with a draft, who sends a form again under its key until it is answered."""

    browser: httpx.AsyncClient
    door: Door
    path: str
    csrf: str
    tries: Counter[str] = field(default_factory=Counter)

    async def sends(self, key: str) -> None:
        form = {"csrf": self.csrf, "key": key, "text": key}
        headers = {"Origin": str(self.browser.base_url).rstrip("/")}
        while True:
            self.tries[key] += 1
            try:
                answer = await self.browser.post(
                    f"/fr{self.path}/messages", data=form, headers=headers, timeout=IMPATIENT_SECONDS
                )
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
                continue
            assert (answer.status_code, answer.headers["location"]) == (303, f"/fr{self.path}/messages")
            return

    async def tried(self, keys: list[str]) -> int:
        """How often each of them was sent at least."""
        return min(self.tries[key] for key in keys)

    async def written(self) -> list[str]:
        """What the service has, asked without the portal."""
        found = await self.door.get(APPLICANT, "applications", f"{self.path}/messages")
        return sorted(message["text"] for message in found["messages"])


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with platform(tmp_path, SERVED, separate=True) as found:
        yield found


@pytest.fixture
async def applicant(installation: Installation) -> AsyncIterator[Applicant]:
    url = installation.description()["services"][PORTAL]["url"]
    async with (
        asked(installation) as crowd,
        httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as browser,
    ):
        path = await _draft(installation, crowd.door)
        somebody = DemoPerson(
            id=APPLICANT.id, given_name="Synthétique", family_name="Porteur", email="a@tremplin.example", kind="people"
        )
        write_people(installation.directory.demo / "people.json", [somebody])
        assert (await Entrance.log_in(browser, somebody)).status_code == 303
        page = await browser.get(f"/fr{path}/messages")
        yield Applicant(browser, crowd.door, path, re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0])


async def _draft(installation: Installation, door: Door) -> str:
    """The path of an application that was begun, to a call that is open."""
    for someone, role in ((APPLICANT, "applicant"), (OFFICER, "programme_officer")):
        await door.post(ADMINISTRATOR, "people", "/persons", registration(someone, (role,)), key=someone.label)
    definition = call(Size(0.05))
    call_id = (await door.post(OFFICER, "applications", "/calls", definition))["call_id"]
    opens = datetime.fromisoformat(definition["schedule"]["opens_at"])
    installation.directory.running_clock().move(opens + timedelta(hours=1), 1.0)
    body: dict[str, Any] = {"kind": "person", "synthetic": True}
    draft = await door.post(APPLICANT, "applications", f"/calls/{call_id}/applications", body)
    return f"/applications/{draft['application_id']}"


async def test_who_is_logged_in_stays_so_and_what_they_sent_is_there_once(
    installation: Installation, applicant: Applicant
) -> None:
    sent: list[str] = []

    async def struck(number: signal.Signals) -> None:
        """Forms on their way when it is struck, all answered in the end; what stands still goes on once all were sent again."""
        keys = [str(uuid4()) for _ in range(AT_ONCE)]
        portal = int(installation.description()["processes"][PORTAL]["pid"])
        if number == signal.SIGSTOP:
            os.kill(portal, number)
        async with asyncio.TaskGroup() as group:
            for key in keys:
                group.create_task(applicant.sends(key))
            if number == signal.SIGSTOP:
                await eventually(lambda: applicant.tried(keys), lambda tries: tries > 1)
                os.kill(portal, signal.SIGCONT)
            else:
                await eventually(lambda: applicant.tried(keys))
                os.kill(portal, number)
        sent.extend(keys)
        assert await applicant.written() == sorted(sent)

    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
        await struck(number)
    await applicant.sends(sent[-1])
    assert await applicant.written() == sorted(sent)
    page = await applicant.browser.get(f"/fr{applicant.path}/messages")
    assert page.status_code == 200
    assert all(key in page.text for key in sent)
