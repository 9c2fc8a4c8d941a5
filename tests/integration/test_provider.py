"""The demonstration's identity provider: logins of both shapes from end to end, and everything that it refuses."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from deploy.local.provider.issuing import CODE_SECONDS, TOKEN_SECONDS, Grant, Provider
from deploy.local.provider.persons import DemoPerson
from tests.provider import CAST, CITIZEN, OFFICER, PANELLIST, PORTAL, Clock, Portal, providing, returned

WHO = {"people": CITIZEN, "agents": OFFICER}
BOTH = pytest.mark.parametrize("kind", list(WHO))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def providers(free_port: int, tmp_path: Path, clock: Clock) -> AsyncIterator[dict[str, Provider]]:
    async with providing(free_port, tmp_path, clock) as built:
        yield built


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def portal(http: httpx.AsyncClient, providers: dict[str, Provider], kind: str) -> Portal:
    return Portal(http, providers[kind])


@BOTH
async def test_discovery_names_addresses_that_answer(portal: Portal) -> None:
    issuer = portal.provider.issuer
    found = (await portal.http.get(f"{issuer}/.well-known/openid-configuration")).json()
    assert found["issuer"] == issuer
    for name in ("authorization", "token", "userinfo", "end_session"):
        assert found[f"{name}_endpoint"].startswith(f"{issuer}/")
        assert (await portal.http.options(found[f"{name}_endpoint"])).status_code == 405
    assert [key["alg"] for key in (await portal.http.get(found["jwks_uri"])).json()["keys"]] == ["ES256"]


@BOTH
async def test_a_login_tells_who_was_chosen(portal: Portal, kind: str) -> None:
    person = WHO[kind]
    tokens = await portal.tokens(person)
    said = await portal.claims(tokens["id_token"])
    assert (said["iss"], said["aud"], said["nonce"]) == (portal.provider.issuer, "tremplin-portal", portal.nonce)
    assert (said["sub"], said["acr"], said["exp"] - said["iat"]) == (str(person.id), "eidas1", TOKEN_SECONDS)
    answer = await portal.userinfo(tokens["access_token"])
    assert answer.headers["content-type"] == "application/jwt"
    told = await portal.claims(answer.text)
    assert (told["sub"], told["given_name"], told["email"]) == (str(person.id), person.given_name, person.email)
    own = {"people": {"family_name", "birthdate", "gender", "birthplace", "birthcountry"}}
    assert own.get(kind, {"usual_name", "uid", "siret", "idp_id"}) <= set(told)


@BOTH
async def test_only_the_claims_of_the_scopes_asked_are_told(portal: Portal, kind: str) -> None:
    tokens = await portal.tokens(WHO[kind], scope="openid email")
    told = await portal.claims((await portal.userinfo(tokens["access_token"])).text)
    assert set(told) == {"iss", "sub", "aud", "iat", "exp", "email"}


@pytest.mark.parametrize("kind", ["agents"])
@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({"acr_values": "eidas3 eidas2"}, "eidas3"),
        ({"acr_values": None}, "eidas1"),
        ({"acr_values": None, "claims": '{"id_token": {"acr": {"essential": true, "value": "eidas2"}}}'}, "eidas2"),
    ],
)
async def test_an_agent_gets_the_level_asked_for(portal: Portal, asked: dict[str, str | None], given: str) -> None:
    tokens = await portal.tokens(OFFICER, **asked)
    assert (await portal.claims(tokens["id_token"]))["acr"] == given


@BOTH
@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": f"{PORTAL}/callback/people/"},
        {"redirect_uri": "https://evil.example/callback/people"},
        {"redirect_uri": None},
        {"client_id": "another"},
        {"client_id": None},
    ],
)
async def test_an_unknown_client_or_address_is_sent_nowhere(portal: Portal, changes: dict[str, str | None]) -> None:
    answer = await portal.ask(**changes)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "evil" not in answer.text


@BOTH
@pytest.mark.parametrize(
    ("changes", "code", "about"),
    [
        ({"response_type": "token"}, "unsupported_response_type", "response_type"),
        ({"scope": "email"}, "invalid_scope", "scope"),
        ({"scope": "openid all"}, "invalid_scope", "scope"),
        ({"nonce": None}, "invalid_request", "nonce"),
        ({"acr_values": "eidas9"}, "invalid_request", "acr_values"),
        ({"acr_values": None, "claims": "[" * 1_500}, "invalid_request", "claims"),
        ({"code_challenge_method": "plain"}, "invalid_request", "code_challenge"),
        ({"code_challenge": "short"}, "invalid_request", "code_challenge"),
        ({"prompt": "none"}, "login_required", "prompt"),
        ({"login_hint": "a" * 2_001}, "invalid_request", "login_hint"),
    ],
)
async def test_a_wrong_request_goes_back_with_its_error(
    portal: Portal, changes: dict[str, str | None], code: str, about: str
) -> None:
    told = returned(await portal.ask(**changes))
    expected = {"error": code, "error_description": about, "state": portal.state, "iss": portal.provider.issuer}
    assert told == expected


@pytest.mark.parametrize("kind", ["agents"])
@pytest.mark.parametrize(
    ("changes", "about"),
    [({"state": "s" * 31}, "state"), ({"nonce": "n" * 31}, "nonce"), ({"utm_source": "mail"}, "utm_source")],
)
async def test_agents_need_long_secrets_and_known_parameters(
    portal: Portal, changes: dict[str, str | None], about: str
) -> None:
    told = returned(await portal.ask(**changes))
    assert (told["error"], told["error_description"]) == ("invalid_request", about)


@pytest.mark.parametrize("kind", ["people"])
async def test_people_may_come_with_what_is_unknown_and_must_ask_for_a_level(portal: Portal) -> None:
    assert "/people/choose/" in await portal.page(utm_source="mail")
    assert returned(await portal.ask(acr_values=None))["error_description"] == "acr_values"


@BOTH
async def test_a_code_is_used_once_and_takes_back_what_it_gave(portal: Portal, kind: str) -> None:
    code = await portal.code(WHO[kind])
    first = (await portal.redeem(code)).json()
    again = await portal.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await portal.userinfo(first["access_token"])).status_code == 401


@BOTH
@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"code_verifier": "v" * 43}, "code_verifier"),
        ({"code_verifier": None}, "code_verifier"),
        ({"redirect_uri": f"{PORTAL}/"}, "redirect_uri"),
    ],
)
async def test_a_code_without_its_proof_is_lost(
    portal: Portal, kind: str, changes: dict[str, str | None], about: str
) -> None:
    code = await portal.code(WHO[kind])
    answer = await portal.redeem(code, **changes)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant", "error_description": about})
    assert (await portal.redeem(code)).json()["error"] == "invalid_grant"


@BOTH
async def test_a_code_ends_after_a_minute(portal: Portal, kind: str, clock: Clock) -> None:
    code = await portal.code(WHO[kind])
    clock.now += CODE_SECONDS
    assert (await portal.redeem(code)).json()["error"] == "invalid_grant"


@BOTH
async def test_an_access_token_ends_after_a_minute(portal: Portal, kind: str, clock: Clock) -> None:
    tokens = await portal.tokens(WHO[kind])
    clock.now += TOKEN_SECONDS
    assert (await portal.userinfo(tokens["access_token"])).status_code == 401


@BOTH
async def test_a_client_says_who_it_is_in_one_of_two_ways(portal: Portal, kind: str) -> None:
    wrong = await portal.redeem(await portal.code(WHO[kind]), client_secret="wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    code = await portal.code(WHO[kind])
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{PORTAL}/callback/{kind}"}
    form["code_verifier"] = portal.verifier
    url = f"{portal.provider.issuer}/token"
    secret = portal.provider.client.secret
    assert (
        await portal.http.post(url, data={**form, "client_secret": secret}, auth=("tremplin-portal", secret))
    ).json()["error"] == "invalid_request"
    for header in ("Basic !", "Basic " + base64.b64encode(b"nobody").decode(), f"Bearer {secret}"):
        assert (await portal.http.post(url, data=form, headers={"Authorization": header})).status_code == 401
    assert (await portal.http.post(url, data=form, auth=("tremplin-portal", secret))).status_code == 200


@BOTH
async def test_logout_goes_back_with_the_state(portal: Portal, kind: str) -> None:
    tokens = await portal.tokens(WHO[kind])
    leaving = {
        "id_token_hint": tokens["id_token"],
        "state": portal.state,
        "post_logout_redirect_uri": f"{PORTAL}/",
    }
    url = f"{portal.provider.issuer}/session/end"
    assert returned(await portal.http.get(url, params=leaving)) == {"state": portal.state}
    wrong = {"id_token_hint": "forged", "post_logout_redirect_uri": "https://evil.example/"}
    for name, value in wrong.items():
        answer = await portal.http.get(url, params={**leaving, name: value})
        assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("kind", ["people"])
async def test_another_shapes_token_ends_no_session_here(portal: Portal, providers: dict[str, Provider]) -> None:
    elsewhere = await Portal(portal.http, providers["agents"]).tokens(OFFICER)
    leaving = {
        "id_token_hint": elsewhere["id_token"],
        "state": portal.state,
        "post_logout_redirect_uri": f"{PORTAL}/",
    }
    assert (await portal.http.get(f"{portal.provider.issuer}/session/end", params=leaving)).status_code == 400


@BOTH
async def test_giving_up_is_told(portal: Portal) -> None:
    page = (await portal.page()).split("?")[0]
    told = returned(await portal.http.post(f"{page}/cancel"))
    assert (told["error"], told["state"]) == ("access_denied", portal.state)
    assert (await portal.http.get(page)).status_code == 400


@BOTH
async def test_a_choice_is_made_once_and_among_those_who_are_there(portal: Portal, kind: str) -> None:
    page = await portal.page()
    other = next(person for person in CAST if person.kind != kind)
    for wrong in (str(other.id), "nobody", ""):
        answer = await portal.http.post(page, data={"person": wrong})
        assert (answer.status_code, "location" in answer.headers) == (422, False)
    assert returned(await portal.http.post(page, data={"person": str(WHO[kind].id)}))["code"]
    assert (await portal.http.post(page, data={"person": str(WHO[kind].id)})).status_code == 400


@BOTH
async def test_somebody_new_can_sign_up_and_come_back(portal: Portal) -> None:
    page = (await portal.page()).split("?")[0]
    form = {"given_name": " Ana ", "family_name": "Neuve", "email": "ana@exemple.example"}
    told = returned(await portal.http.post(f"{page}/newcomer", data=form))
    tokens = (await portal.redeem(told["code"])).json()
    said = await portal.claims((await portal.userinfo(tokens["access_token"])).text)
    assert (said["given_name"], said["email"]) == ("Ana", "ana@exemple.example")
    again = await portal.http.get(await portal.page(), params={"q": "neuve"})
    assert said["sub"] in again.text


@pytest.mark.parametrize("kind", ["people"])
async def test_a_wrong_sign_up_says_which_fields_and_keeps_what_was_typed(portal: Portal) -> None:
    page = (await portal.page()).split("?")[0]
    form = {"given_name": "<b>Ana</b>", "family_name": "", "email": "nowhere"}
    answer = await portal.http.post(f"{page}/newcomer?lang=en", data=form)
    assert answer.status_code == 422
    assert "&lt;b&gt;Ana&lt;/b&gt;" in answer.text
    assert "<b>" not in answer.text
    assert 'href="#family_name"' in answer.text
    assert 'aria-describedby="email-error email-hint"' in answer.text


@pytest.mark.parametrize("kind", ["people"])
async def test_people_are_found_by_name_role_and_page(portal: Portal, tmp_path: Path) -> None:
    noted = {**CITIZEN.model_dump(), "note": "Citoyen 1"}
    many = [DemoPerson(**{**noted, "id": f"{number:032x}"}) for number in range(100, 145)]
    (tmp_path / "people.json").write_text("[" + ",".join(each.model_dump_json() for each in (*many, *CAST)) + "]")
    page = (await portal.page()).split("?")[0]

    async def shown(**query: str) -> str:
        return (await portal.http.get(page, params=query)).text

    assert str(CITIZEN.id) in await shown(q="ELAN 000042")
    assert str(PANELLIST.id) in await shown(q="synthétique citoyen 1")
    assert str(OFFICER.id) not in await shown(q="officer")
    assert str(CITIZEN.id) not in await shown(role="citizen_panellist")
    assert (await shown()).count('name="person"') == 20
    assert (await shown(page="3")).count('name="person"') == 7
    assert (await shown(page="x", q="%00" * 500)).count('name="person"') == 0


@BOTH
async def test_pages_are_french_first_then_english_and_allow_no_scripts(portal: Portal) -> None:
    french = await portal.http.get(await portal.page())
    english = await portal.http.get(await portal.page(ui_locales="en-GB en"))
    assert '<html lang="fr">' in french.text
    assert '<html lang="en">' in english.text
    assert "Démonstration" in french.text
    assert "<script" not in french.text
    policy = french.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {PORTAL};" in policy
    assert french.headers["cache-control"] == "no-store"
    style = await portal.http.get(f"http://{urlsplit(portal.provider.issuer).netloc}/static/provider.css")
    assert style.headers["content-type"].startswith("text/css")


async def test_a_large_request_is_not_read(http: httpx.AsyncClient, providers: dict[str, Provider]) -> None:
    answer = await http.post(f"{providers['people'].issuer}/token", data={"code": "a" * 70_000})
    assert answer.status_code == 413


async def test_a_provider_that_lies_is_made_by_overriding(
    http: httpx.AsyncClient, free_port: int, tmp_path: Path, clock: Clock
) -> None:
    class Liar(Provider):
        def id_token(self, grant: Grant) -> dict[str, Any]:
            return {**super().id_token(grant), "nonce": "another"}

    async with providing(free_port, tmp_path, clock, kinds=(Liar, Provider)) as built:
        portal = Portal(http, built["people"])
        tokens = await portal.tokens(CITIZEN)
        assert (await portal.claims(tokens["id_token"]))["nonce"] == "another"
