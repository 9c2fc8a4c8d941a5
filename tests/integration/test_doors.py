"""Every door of every service: closed to whoever has no token, and to whoever lacks its roles."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.everything import ROLES, Everything

OBSERVATORY = (
    "/initiatives/{initiative_id}",
    "/initiatives/{initiative_id}/timeline",
    "/laureates",
    "/indicators",
    "/calls/{call_id}/figures",
    "/figures/departements",
    "/figures/regions",
    "/figures/themes",
    "/figures/kinds",
    "/figures/map",
    "/quality",
    "/barometer",
    "/programme/record",
    "/open-data",
    "/open-data/{name}.{form}",
)
OPEN_TO_ALL = {
    "applications GET /calls",
    "applications GET /calls/{call_id}",
    "evaluation GET /rounds/{round_id}/ballots/published",
    "feedback POST /opinions",
    *(f"observatory GET {path}" for path in OBSERVATORY),
}
"""What is public, beside health and metrics: a door that is opened by mistake is not on this list."""

OF_EVERY_SERVICE = {"GET /health/live", "GET /health/ready", "GET /metrics"}


async def test_what_is_open_to_all_is_known(everything: Everything) -> None:
    found = {str(door) for door in everything.doors() if door.public}
    health = {f"{name} {door}" for name in everything.services for door in OF_EVERY_SERVICE}
    assert found - health == OPEN_TO_ALL


async def test_without_a_token_nobody_comes_in(everything: Everything) -> None:
    closed = [door for door in everything.doors() if not door.public]
    answers = {str(door): await everything.knock(door, token="", json={}) for door in closed}
    assert len(answers) > 120
    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 401} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"unauthenticated"}
    assert {answer.headers["content-type"] for answer in answers.values()} == {"application/problem+json"}


async def test_a_token_without_the_role_opens_no_door_that_asks_for_one(everything: Everything) -> None:
    guarded = [door for door in everything.doors() if not door.public and door.roles]
    for roles in ((), ("canary",)):
        answers = {str(door): await everything.knock(door, *roles, json={}) for door in guarded}
        assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 403} == {}


async def test_all_roles_but_the_right_ones_open_no_door_either(everything: Everything) -> None:
    guarded = [door for door in everything.doors() if not door.public and door.roles]
    answers = {str(door): await everything.knock(door, *(ROLES - door.roles), json={}) for door in guarded}
    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 403} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"forbidden"}


async def test_roles_are_those_that_people_have(everything: Everything) -> None:
    named = {role for door in everything.doors() if not door.public for role in door.roles}
    assert named <= ROLES


async def test_a_person_without_a_role_finds_nothing_of_anybody_else(everything: Everything) -> None:
    theirs = [door for door in everything.doors() if not door.public and not door.roles and "{" in door.route.path]
    answers = {str(door): await everything.knock(door, json={}) for door in theirs}
    assert len(answers) > 35
    assert {door: answer.status_code for door, answer in answers.items() if not 400 <= answer.status_code < 500} == {}


def test_nothing_beside_the_declared_doors_is_there(everything: Everything) -> None:
    beside = {
        getattr(route, "path", "")
        for service in everything.services.values()
        for route in service.api.routes
        if not isinstance(route, APIRoute)
    }
    assert beside == {"/openapi.json", "/docs", "/docs/oauth2-redirect"}


Claims = dict[str, Any]
HOUR = 3600


def base64(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def encoded(part: Claims) -> str:
    return base64(json.dumps(part).encode())


def forged(name: str, key: ECKey, claims: Claims) -> str:
    """A token as somebody would forge it from the ``claims`` of a good one and, at best, the issuer's public key."""
    header: dict[str, Any] = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
    match name:
        case "another key":
            return jwt.encode(header, claims, ECKey.generate_key("P-256", {"kid": key.kid}))
        case "unsigned":
            return f"{encoded({'alg': 'none'})}.{encoded(claims)}."
        case "the public key as a secret":
            signed = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims)}"
            return f"{signed}.{base64(hmac.digest(key.as_pem(private=False), signed.encode(), 'sha256'))}"
        case "extensions that are no list":
            return f"{encoded(header | {'crit': 5})}.{encoded(claims)}.{base64(b'x' * 64)}"
        case "changed roles":
            head, _, signature = jwt.encode(header, claims, key).split(".")
            return f"{head}.{encoded(claims | {'roles': sorted(ROLES)})}.{signature}"
    changes: Claims = {
        "expired": {"exp": int(time.time()) - HOUR},
        "another issuer": {"iss": "http://elsewhere.example"},
        "another audience": {"aud": "elsewhere"},
        "nobody": {"sub": "canary"},
        "a list of people": {"sub": [str(uuid4())]},
    }.get(name, {})
    kept = {each: value for each, value in (claims | changes).items() if f"without {each}" != name}
    return jwt.encode(header, kept, key)


FORGERIES = (
    "another key", "unsigned", "the public key as a secret", "changed roles", "extensions that are no list", "expired",
    "another issuer", "another audience", "nobody", "a list of people", "without exp", "without sub", "without aud", "without iss",
)  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_opens_no_door(everything: Everything, issuer: str, issuer_key: ECKey, name: str) -> None:
    now = int(time.time())
    claims = {"iss": issuer, "aud": "tremplin", "sub": str(uuid4()), "roles": ["administrator"], "exp": now + HOUR}
    (door,) = (each for each in everything.doors() if str(each) == "people GET /persons/{person_id}/audit")
    good = await everything.knock(door, token=forged("", issuer_key, claims))
    assert (good.status_code, good.json()["code"]) == (404, "not_found")
    answer = await everything.knock(door, token=forged(name, issuer_key, claims))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), answer.text


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Basic YTpi", "Bearer a b c", "Bearer é", "Bearer " + "x" * 30_000]
)
async def test_what_is_no_token_opens_no_door(everything: Everything, authorization: str) -> None:
    (door,) = (each for each in everything.doors() if str(each) == "people GET /persons/{person_id}/audit")
    headers = {"Authorization": authorization.encode("latin-1")}
    answer = await everything.knock(door, token="", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
