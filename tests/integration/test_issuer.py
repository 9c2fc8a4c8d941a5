"""The embedded issuer: whom it gives which token, and that the services' own check accepts it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from deploy.local.issuer import PeopleRoles, create_api
from services.chassis.identity import Unauthenticated, Verifier
from services.chassis.tokens import LIFETIME_SECONDS, mint, public_keys

OFFICER, ADMINISTRATOR, NOBODY = uuid4(), uuid4(), uuid4()


@pytest.fixture
def people() -> FastAPI:
    """What the issuer needs of the people service: the roles of one person, told to an operator only."""
    api = FastAPI()

    @api.get("/persons/{person_id}/roles")
    async def roles(person_id: UUID, request: Request) -> JSONResponse:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        assert jwt.decode(token, api.state.keys).claims["roles"] == ["operator"]
        if person_id != OFFICER:
            return JSONResponse({"code": "not_found"}, 404)
        return JSONResponse({"roles": ["programme_officer", "mentor"]})

    return api


@pytest.fixture
async def client(people: FastAPI, issuer: str, issuer_key: ECKey) -> AsyncIterator[httpx.AsyncClient]:
    people.state.keys = KeySet.import_key_set(public_keys(issuer_key))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(people), base_url="http://people") as to_people:
        api = create_api(PeopleRoles(to_people, issuer_key, issuer, ADMINISTRATOR), issuer_key, issuer)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://issuer") as to_issuer:
            yield to_issuer


async def ask(client: httpx.AsyncClient, person_id: UUID, *roles: str) -> httpx.Response:
    return await client.post("/token", json={"person_id": str(person_id), **({"roles": list(roles)} if roles else {})})


async def test_the_services_accept_the_token(client: httpx.AsyncClient, issuer: str) -> None:
    answer = (await ask(client, OFFICER)).json()
    caller = await Verifier(issuer, f"{issuer}/jwks").caller(answer["access_token"])
    assert caller.person_id == OFFICER
    assert caller.roles == {"programme_officer", "mentor"}
    assert answer["expires_in"] == LIFETIME_SECONDS


async def test_fewer_roles_can_be_asked_for(client: httpx.AsyncClient, issuer: str) -> None:
    answer = (await ask(client, OFFICER, "mentor")).json()
    assert (await Verifier(issuer, f"{issuer}/jwks").caller(answer["access_token"])).roles == {"mentor"}


async def test_a_role_not_held_is_refused_with_those_that_are(client: httpx.AsyncClient) -> None:
    answer = await ask(client, OFFICER, "accountant")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_held")
    assert answer.json()["allowed"] == ["mentor", "programme_officer"]


async def test_a_person_not_yet_known_acts_without_a_role(client: httpx.AsyncClient, issuer: str) -> None:
    answer = (await ask(client, NOBODY)).json()
    assert (await Verifier(issuer, f"{issuer}/jwks").caller(answer["access_token"])).roles == frozenset()


async def test_the_first_administrator_needs_nobody_to_give_the_role(client: httpx.AsyncClient, issuer: str) -> None:
    answer = (await ask(client, ADMINISTRATOR)).json()
    assert (await Verifier(issuer, f"{issuer}/jwks").caller(answer["access_token"])).roles == {"administrator"}


@pytest.mark.parametrize("body", [{}, {"person_id": "canary"}, {"person_id": str(NOBODY), "admin": "canary"}])
async def test_a_malformed_request_is_a_problem_that_repeats_nothing(client: httpx.AsyncClient, body: object) -> None:
    answer = await client.post("/token", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "canary" not in answer.text


async def test_without_the_people_service_it_says_so(issuer: str, issuer_key: ECKey, free_port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}") as people:
        api = create_api(PeopleRoles(people, issuer_key, issuer), issuer_key, issuer)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://issuer") as client:
            answer = await ask(client, NOBODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "people_unavailable")


async def test_a_token_ends_after_an_hour_of_real_time(issuer: str, issuer_key: ECKey) -> None:
    verifier = Verifier(issuer, f"{issuer}/jwks")
    old = mint(issuer_key, issuer, str(NOBODY), [], datetime.now(UTC) - timedelta(hours=2))
    with pytest.raises(Unauthenticated):
        await verifier.caller(old)
