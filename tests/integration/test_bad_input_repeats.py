"""The same Idempotency-Key: the first answer again for the same body, a refusal for another, whatever the service."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.applications import definition
from tests.everything import Everything
from tests.platform import archived

ADMINISTRATOR = UUID(int=1)


class Someone:
    """A person at one service's API."""

    def __init__(self, everything: Everything, service: str, person: UUID, *roles: str) -> None:
        self.id = person
        self._client = everything.clients[service]
        self._token = everything.token(person, *roles)

    async def ask(self, method: str, path: str, body: Any, key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        return await self._client.request(method, path, json=body, headers=headers)


def person(person_id: UUID, **given: Any) -> dict[str, Any]:
    return {"person_id": str(person_id), "given_name": "Ada", "family_name": "A", "email": "ada@atelier.fr", **given}


def organisation(**given: Any) -> dict[str, Any]:
    return {"kind": "company", "name": "Atelier", "departement": "75", "siret": "73282932000074", **given}


def contact(**given: Any) -> dict[str, Any]:
    return {"email": "ada@atelier.fr", **given}


@pytest.fixture
def requests(everything: Everything) -> list[tuple[Someone, str, str, Any, Any]]:
    """A request of each service that takes one before anything else has happened, and another body for it."""
    me = uuid4()
    administrator = Someone(everything, "people", ADMINISTRATOR, "administrator")
    myself = Someone(everything, "people", me)
    reader = Someone(everything, "notifications", me)
    officer = Someone(everything, "applications", uuid4(), "programme_officer")
    number = "AIC-2021"
    return [
        (myself, "POST", "/persons", person(me), person(me, family_name="B")),
        (administrator, "POST", f"/persons/{me}/roles", {"role": "mentor"}, {"role": "accountant"}),
        (myself, "POST", "/organisations", organisation(), organisation(name="Another")),
        (reader, "PUT", f"/contacts/{me}", contact(), contact(language="en")),
        (officer, "POST", "/calls", definition(number=number), definition(number=number, correction_days=8)),
    ]


async def test_a_key_goes_with_one_body(
    everything: Everything, requests: list[tuple[Someone, str, str, Any, Any]]
) -> None:
    for who, method, path, body, another in requests:
        key = str(uuid4())
        first = await who.ask(method, path, body, key)
        assert first.is_success, (path, first.text)
        reused = await who.ask(method, path, another, key)
        assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused"), path
        again = await who.ask(method, path, body, key)
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
    events = [
        item.type.split(".")[2]
        for name in ("people", "applications")
        for item in await archived(everything.services[name])
    ]
    assert events.count("CallPublished") <= 1


async def test_a_key_is_its_person_s_own(everything: Everything) -> None:
    key, one, other = str(uuid4()), uuid4(), uuid4()
    for each in (one, other):
        answer = await Someone(everything, "people", each).ask("POST", "/persons", person(each), key)
        assert (answer.status_code, answer.json()["person_id"]) == (201, str(each))


@pytest.mark.parametrize(
    "siret", ["73282932000075", "7328293200007", "732829320000740", "７３２８２９３２００００７４", "0" * 13]
)
async def test_a_siret_with_a_wrong_key_registers_nobody(everything: Everything, siret: str) -> None:
    someone = Someone(everything, "people", uuid4())
    answer = await someone.ask("POST", "/organisations", organisation(siret=siret), str(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_organisation")
    assert [(each["field"], each["code"]) for each in answer.json()["problems"]] == [("siret", "invalid")]
    assert siret not in answer.text


async def test_a_siret_is_taken_however_it_is_spaced(everything: Everything) -> None:
    someone = Someone(everything, "people", uuid4())
    body = organisation(siret="356\u00a0000\u00a0000\u202f00048")
    assert (await someone.ask("POST", "/organisations", body, str(uuid4()))).status_code == 201
