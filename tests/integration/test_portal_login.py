"""Logging in through a real provider: the whole way, what is kept of it, and providers that lie, are late, or are away."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey

from deploy.local import ports
from deploy.local.provider.issuing import Grant, Provider
from deploy.local.provider.persons import DemoPerson
from services.chassis.tokens import new_key
from services.portal import providers
from tests.everything import Everything
from tests.portal import Standing, environment, standing
from tests.provider import CITIZEN, CLIENT_ID, OFFICER, Clock, providing

REFUSED, AWAY = 502, 503


class Liar(Provider):
    """A provider that is told how to lie."""

    lie = ""

    def id_token(self, grant: Grant) -> dict[str, Any]:
        claims = super().id_token(grant)
        lies: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"},
            "audience": {"aud": "another-client"},
            "issuer": {"iss": "http://elsewhere.example"},
            "expired": {"exp": claims["iat"] - 3_600},
        }
        return {**claims, **lies.get(self.lie, {})}

    def userinfo(self, grant: Grant) -> dict[str, Any]:
        claims = super().userinfo(grant)
        return {**claims, "sub": str(uuid4())} if self.lie == "subject" else claims

    def sign(self, claims: dict[str, Any]) -> str:
        kept = self.key
        if self.lie == "signature":
            self.key = new_key()
        try:
            return super().sign(claims)
        finally:
            self.key = kept

    async def answering(self, door: str) -> None:
        if self.lie == f"late {door}":
            await asyncio.Event().wait()


@dataclass
class Entrance:
    """A portal, the providers that it trusts, and a way through them."""

    standing: Standing
    providers: dict[str, Provider]

    @property
    def origin(self) -> str:
        return str(self.standing.client.base_url).rstrip("/")

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.origin, timeout=30, trust_env=False)

    async def back(self, browser: httpx.AsyncClient, person: DemoPerson, to: str = "/fr/account") -> str:
        """The address at which the provider sends somebody back."""
        start = await browser.get(f"/fr/login/{person.kind}", params={"next": to})
        assert start.status_code == 303, start.text
        page = await browser.get(start.headers["location"], follow_redirects=True)
        chosen = await browser.post(page.url, data={"person": str(person.id)})
        return str(chosen.headers["location"])

    async def log_in(self, browser: httpx.AsyncClient, person: DemoPerson, to: str = "/fr/account") -> httpx.Response:
        return await browser.get(await self.back(browser, person, to))


@pytest.fixture(scope="module")
async def entrance(
    everything: Everything, mongodb: str, master_key: Path, issuer: str, issuer_key: ECKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Entrance]:  # fmt: skip
    folder = tmp_path_factory.mktemp("entrance")
    given = environment(mongodb, master_key, folder, f"login_{uuid4().hex[:8]}_")
    (folder / "issuer.key").write_text(json.dumps(issuer_key.as_dict(private=True)))
    port = ports.free_port()
    given |= {f"TREMPLIN_{name.upper()}_URL": str(client.base_url) for name, client in everything.clients.items()}
    given |= {"TREMPLIN_ISSUER": issuer, "TREMPLIN_DEMONSTRATION": "true"}
    async with providing(port, folder, Clock(), given["TREMPLIN_PORTAL_URL"], (Liar, Liar)) as built:
        for kind, provider in built.items():
            secret = folder / f"{kind}.secret"
            secret.write_text(provider.client.secret)
            prefix = f"TREMPLIN_OIDC_{kind.upper()}"
            given |= {f"{prefix}_ISSUER": provider.issuer, f"{prefix}_CLIENT_ID": CLIENT_ID}
            given |= {f"{prefix}_CLIENT_SECRET_FILE": str(secret)}
        async with standing(given) as found:
            yield Entrance(found, built)


@pytest.fixture
def liar(entrance: Entrance) -> Any:
    provider = entrance.providers["people"]
    yield provider
    provider.lie = ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("person", "role"), [(CITIZEN, "Porteur de projet"), (OFFICER, "Vous n’avez pas encore de rôle")]
)
async def test_somebody_new_comes_in(entrance: Entrance, person: DemoPerson, role: str) -> None:
    async with entrance.browser() as browser:
        answer = await entrance.log_in(browser, person)
        assert (answer.status_code, answer.headers["location"]) == (303, "/fr/account")
        page = await browser.get("/fr/account")
    assert page.status_code == 200
    assert role in page.text
    assert person.family_name in page.text


async def test_what_is_kept_of_a_session_tells_nothing(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
        token = browser.cookies["session"]
    store = entrance.standing.portal.parts.store
    kept = [document async for document in store._sessions.find({})]
    text = repr(kept)
    assert token not in text
    assert CITIZEN.family_name not in text
    assert CITIZEN.email not in text
    assert "eyJ" not in text


async def test_each_log_in_is_a_new_session_and_ends_the_one_before(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
        first = browser.cookies["session"]
        await entrance.log_in(browser, CITIZEN)
        assert browser.cookies["session"] != first
    store = entrance.standing.portal.parts.store
    assert await store.session(first) is None


async def test_an_answer_is_good_once_and_in_its_own_browser(entrance: Entrance) -> None:
    async with entrance.browser() as browser, entrance.browser() as other:
        back = await entrance.back(browser, CITIZEN)
        stolen = await other.get(back)
        assert stolen.status_code == REFUSED
        assert "session" not in other.cookies
        assert (await browser.get(back)).status_code == REFUSED
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        assert (await browser.get(back)).status_code == 303
        assert (await browser.get(back)).status_code == REFUSED


async def test_a_code_for_another_log_in_is_not_taken(entrance: Entrance) -> None:
    async with entrance.browser() as browser, entrance.browser() as other:
        (code,) = parse_qs(urlsplit(await entrance.back(other, OFFICER)).query)["code"]
        back = await entrance.back(browser, CITIZEN)
        forged = re.sub(r"code=[^&]+", f"code={code}", back)
        assert (await browser.get(forged)).status_code == REFUSED
        assert "session" not in browser.cookies


@pytest.mark.parametrize("lie", ["nonce", "audience", "issuer", "expired", "signature", "subject"])
async def test_a_provider_that_lies_lets_nobody_in(entrance: Entrance, liar: Liar, lie: str) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        liar.lie = lie
        answer = await browser.get(back)
        assert answer.status_code == REFUSED
        assert "La connexion n’a pas abouti" in answer.text
        assert "session" not in browser.cookies
        liar.lie = ""
        assert (await entrance.log_in(browser, CITIZEN)).status_code == 303


@pytest.mark.parametrize("door", ["token", "userinfo"])
async def test_a_provider_that_answers_late_is_not_waited_for(
    entrance: Entrance, liar: Liar, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "PATIENCE_SECONDS", 0.5)
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        liar.lie = f"late {door}"
        answer = await browser.get(back)
    assert answer.status_code == AWAY
    assert "Le service de connexion ne répond pas" in answer.text


async def test_logging_out_ends_the_session_here_and_offers_to_end_the_providers(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, OFFICER)
        page = await browser.get("/fr/account")
        (csrf,) = (
            set(re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text))
            and re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[:1]
        )
        left = await browser.post("/fr/logout", data={"csrf": csrf}, headers={"Origin": entrance.origin})
        assert f"{entrance.providers['agents'].issuer}/session/end" in left.text
        assert (await browser.get("/fr/account")).status_code == 303


async def test_roles_taken_away_are_gone_within_their_time(entrance: Entrance, everything: Everything) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
        token = browser.cookies["session"]
        store = entrance.standing.portal.parts.store
        session = await store.session(token)
        assert session
        assert session.roles == ("applicant",)
        administrator = {"Authorization": f"Bearer {everything.token(uuid4(), 'administrator')}"}
        path = f"/persons/{CITIZEN.id}/roles/applicant"
        assert (await everything.clients["people"].delete(path, headers=administrator)).is_success
        await store.save(session.changed(roles_at=session.roles_at.replace(year=2020)), "roles_at")
        await browser.get("/fr/account")
        changed = await store.session(token)
    assert changed
    assert changed.roles == ()
