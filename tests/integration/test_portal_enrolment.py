"""A log-in of which a part fails: what was not done is done at the next one."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from deploy.local import ports
from tests.entrance import Entrance, entering
from tests.everything import Everything
from tests.provider import CITIZEN


@pytest.fixture
async def entrance(
    everything: Everything, mongodb: str, master_key: Path, issuer: str, issuer_key: ECKey, tmp_path: Path
) -> AsyncIterator[Entrance]:
    async with entering(everything, mongodb, master_key, issuer, issuer_key, tmp_path) as found:
        yield found


async def test_who_came_in_while_notifications_was_away_is_told_from_the_next_log_in(
    entrance: Entrance, everything: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifications, path = everything.clients["notifications"], f"/contacts/{CITIZEN.id}"
    theirs = {"Authorization": f"Bearer {everything.token(CITIZEN.id, 'applicant')}"}
    asked = entrance.standing.portal.parts.backend._clients["notifications"]
    with monkeypatch.context() as away:
        away.setattr(asked, "_base_url", httpx.URL(f"http://{ports.LOOPBACK}:{ports.free_port()}/"))
        async with entrance.browser() as browser:
            assert (await entrance.log_in(browser, CITIZEN)).headers["location"] == "/fr/account"
            assert "Porteur de projet" in (await browser.get("/fr/account")).text
    assert (await notifications.get(path, headers=theirs)).status_code == 404
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
    contact = (await notifications.get(path, headers=theirs)).json()
    assert (contact["email"], contact["language"]) == (CITIZEN.email, "fr")
    changed = {"email": "autre@tremplin.example", "language": "en"}
    assert (await notifications.put(path, json=changed, headers=theirs)).is_success
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
    assert (await notifications.get(path, headers=theirs)).json()["email"] == changed["email"]
