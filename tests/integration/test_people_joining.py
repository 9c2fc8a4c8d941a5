"""A log-in that becomes that of somebody known from paper, on real servers; and everybody who tries to have it and may not."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.chassis.clock import SharedClock
from services.chassis.runtime import Service
from services.people import joining, main
from services.people.domain.joining import VALID
from services.people.store import Store
from tests.integration.test_people import ADMINISTRATOR, person
from tests.mailing import Headers
from tests.platform import archived, eventually, serving

OFFICER = UUID(int=3)


@pytest.fixture
async def people(service_environment: Mapping[str, str]) -> Service:
    return await main.build()


@pytest.fixture
async def api(people: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(people) as client:
        yield client


class Desk:
    """An officer, the portal behind them, and whoever logs in."""

    def __init__(self, api: httpx.AsyncClient, as_: Headers) -> None:
        self.api, self.as_ = api, as_
        self.portal = as_(OFFICER, "programme_officer", "operator")

    async def entered(self, **given: Any) -> UUID:
        body = person(**{"roles": ["applicant"], "from_paper": True, **given})
        answer = await self.api.post("/persons", json=body, headers=self.as_(OFFICER, "programme_officer"))
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["person_id"])

    async def invite(self, person_id: UUID, key: str = "k") -> httpx.Response:
        headers = {**self.portal, "Idempotency-Key": key}
        return await self.api.post(f"/persons/{person_id}/invitation", headers=headers)

    async def token(self, person_id: UUID, key: str = "k") -> str:
        answer = await self.invite(person_id, key)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    async def logged_in(self, *roles: str) -> UUID:
        """Somebody whose log-in has an account of its own, as it is made at a first log-in."""
        login = uuid4()
        answer = await self.api.post("/persons", json=person(login), headers=self.as_(login))
        assert answer.status_code == 201
        for role in roles:
            granted = self.as_(ADMINISTRATOR, "administrator")
            await self.api.post(f"/persons/{login}/roles", json={"role": role}, headers=granted)
        return login

    async def join(self, token: str, login: UUID, key: str = "j") -> httpx.Response:
        headers = {**self.as_(login, "applicant"), "Idempotency-Key": key}
        return await self.api.post(f"/joinings/{token}/acceptance", headers=headers)

    async def unlink(self, person_id: UUID, login: UUID, *roles: str, key: str = "u") -> httpx.Response:
        headers = {**self.as_(ADMINISTRATOR, *(roles or ("administrator",))), "Idempotency-Key": key}
        return await self.api.delete(f"/persons/{person_id}/logins/{login}", headers=headers)

    async def whose(self, login: UUID) -> UUID:
        answer = await self.api.get(f"/logins/{login}", headers=self.as_(uuid4(), "operator"))
        return UUID(answer.json()["person_id"])

    async def state(self, person_id: UUID) -> str:
        officer = self.as_(OFFICER, "programme_officer")
        return str((await self.api.get(f"/persons/{person_id}/invitation", headers=officer)).json()["state"])


@pytest.fixture
def desk(api: httpx.AsyncClient, as_: Headers) -> Desk:
    return Desk(api, as_)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_whoever_has_the_link_and_logs_in_is_the_person_from_then_on(
    people: Service, desk: Desk, as_: Headers
) -> None:
    ada, login = await desk.entered(), await desk.logged_in()
    assert await desk.state(ada) == "not_invited"
    token = await desk.token(ada)
    assert await desk.token(ada) == token
    assert await desk.whose(login) == login
    shown = await desk.api.get(f"/joinings/{token}", headers=as_(login, "applicant"))
    assert shown.json()["family_name"] == "Canary-Lovelace"
    for _ in range(2):
        answer = await desk.join(token, login)
        assert (answer.status_code, answer.json()) == (200, {"person_id": str(ada)})
    assert (await desk.whose(login), await desk.state(ada)) == (ada, "joined")
    former = await desk.api.get(f"/persons/{login}", headers=as_(login))
    assert refusal(former) == (410, "person_erased")
    admin = as_(ADMINISTRATOR, "administrator")
    trail = (await desk.api.get(f"/persons/{ada}/audit", headers=admin)).json()["trail"]
    assert [(line["action"], line["by"]) for line in trail[-2:]] == [("invited", str(OFFICER)), ("joined", str(ada))]
    told = "".join([item.model_dump_json() for item in await archived(people)])
    kept = str(await people.database.collection("persons").find({}).to_list(None))
    export = (await desk.api.get(f"/persons/{ada}/export", headers=as_(ada))).text
    read = (await desk.api.get(f"/persons/{ada}", headers=as_(ada))).text
    assert token not in told + kept + export + read
    assert "anary" not in told


async def test_a_link_is_good_once(desk: Desk, as_: Headers) -> None:
    ada, first, second = await desk.entered(), await desk.logged_in(), await desk.logged_in()
    token = await desk.token(ada)
    assert (await desk.join(token, first)).status_code == 200
    assert refusal(await desk.join(token, second)) == (410, "link_used")
    assert refusal(await desk.api.get(f"/joinings/{token}", headers=as_(second))) == (410, "link_used")
    assert refusal(await desk.invite(ada, "again")) == (409, "logs_in_already")
    assert await desk.whose(second) == second


async def test_a_log_in_that_took_a_link_up_wrongly_is_taken_off_again(
    people: Service, desk: Desk, as_: Headers
) -> None:
    ada, wrong, right = await desk.entered(), await desk.logged_in(), await desk.logged_in()
    taken = await desk.token(ada)
    assert refusal(await desk.unlink(ada, wrong)) == (409, "no_login_joined")
    assert (await desk.join(taken, wrong)).status_code == 200
    for roles in (("programme_officer",), ("operator",), ("applicant",)):
        assert refusal(await desk.unlink(ada, wrong, *roles)) == (403, "forbidden"), roles
    for _ in range(2):
        answer = await desk.unlink(ada, wrong, key="now")
        assert (answer.status_code, answer.json()) == (200, {"person_id": str(ada)})
    assert refusal(await desk.unlink(ada, wrong, key="again")) == (409, "no_login_joined")
    assert (await desk.whose(wrong), await desk.state(ada)) == (wrong, "not_invited")
    for login in (wrong, right):
        assert refusal(await desk.join(taken, login, "again")) == (404, "link_unknown")
    assert (await desk.join(await desk.token(ada, "another"), right)).status_code == 200
    assert (await desk.whose(right), await desk.state(ada)) == (ada, "joined")
    assert refusal(await desk.unlink(ada, wrong, key="late")) == (409, "no_login_joined")
    assert await desk.whose(right) == ada
    admin = as_(ADMINISTRATOR, "administrator")
    trail = (await desk.api.get(f"/persons/{ada}/audit", headers=admin)).json()["trail"]
    assert [line["action"] for line in trail[-4:]] == ["joined", "unlinked", "invited", "joined"]
    await eventually(lambda: archived(people), lambda found: any("LoginUnlinked" in item.type for item in found))


async def test_a_link_ends(desk: Desk, season_clock: SharedClock) -> None:
    ada, login = await desk.entered(), await desk.logged_in()
    first = await desk.token(ada)
    second = await desk.token(ada, "again")
    assert refusal(await desk.join(first, login)) == (404, "link_unknown")
    season_clock.advance(VALID + timedelta(seconds=1))
    assert refusal(await desk.join(second, login)) == (410, "link_expired")
    assert await desk.state(ada) == "expired"
    assert (await desk.join(await desk.token(ada, "third"), login)).status_code == 200


async def test_the_link_of_an_erased_person_leads_nowhere(desk: Desk, as_: Headers) -> None:
    ada, login = await desk.entered(), await desk.logged_in()
    token = await desk.token(ada)
    await desk.api.post(f"/persons/{ada}/erasure", headers=as_(ADMINISTRATOR, "administrator"))
    assert refusal(await desk.join(token, login)) == (404, "link_unknown")
    assert refusal(await desk.invite(ada, "again")) == (410, "person_erased")
    assert (await desk.api.get(f"/persons/{login}", headers=as_(login))).status_code == 200


async def test_a_log_in_that_is_somebody_already_is_not_joined(desk: Desk) -> None:
    ada, ben = await desk.entered(), await desk.entered(email="ben@canary-works.fr")
    mentor, login = await desk.logged_in("mentor"), await desk.logged_in()
    token = await desk.token(ada)
    assert refusal(await desk.join(token, mentor)) == (409, "login_in_use")
    assert (await desk.join(token, login)).status_code == 200
    other = await desk.token(ben)
    assert refusal(await desk.join(other, ada)) == (409, "login_in_use")
    assert refusal(await desk.join(other, login)) == (409, "login_in_use")


async def test_only_the_portal_invites_for_an_officer_and_asks_whose_a_log_in_is(desk: Desk, as_: Headers) -> None:
    ada = await desk.entered()
    for roles in (("programme_officer",), ("operator",), ("administrator",), ("applicant",)):
        answer = await desk.api.post(f"/persons/{ada}/invitation", headers=as_(uuid4(), *roles))
        assert refusal(answer) == (403, "forbidden"), roles
    assert (await desk.api.get(f"/logins/{ada}", headers=as_(ada, "administrator"))).status_code == 403
    assert (await desk.api.get(f"/persons/{ada}/invitation", headers=as_(ada, "applicant"))).status_code == 403
    own = await desk.logged_in()
    assert refusal(await desk.invite(own)) == (409, "logs_in_already")
    for token in ("0" * 64, "x", "%00"):
        assert refusal(await desk.join(token, own)) == (404, "link_unknown"), token


async def test_nobody_is_known_from_paper_by_their_own_word(desk: Desk, as_: Headers) -> None:
    me = uuid4()
    await desk.api.post("/persons", json=person(me, from_paper=True), headers=as_(me))
    assert refusal(await desk.invite(me)) == (409, "logs_in_already")


async def test_an_account_that_was_left_when_the_process_died_is_erased_later(
    people: Service, desk: Desk, as_: Headers, season_clock: SharedClock
) -> None:
    ada, login, other = await desk.entered(), await desk.logged_in(), await desk.logged_in()
    half_done = {"$set": {"state.login": {"login_id": str(login), "since": "2021-12-01T08:00:00Z"}}}
    await people.database.collection("persons").update_one({"_id": str(ada)}, half_done)
    store = Store(people.database)
    for account, left in ((other, 200), (login, 410), (login, 410)):
        await joining.give_up(ada, account, store, season_clock)
        assert (await desk.api.get(f"/persons/{account}", headers=as_(account))).status_code == left
