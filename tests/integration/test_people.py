"""people on real servers: HTTP in, events out, roles that exclude each other, and an erasure that leaves nothing readable."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.chassis.runtime import Service, make_database
from services.people import main
from services.people.commands import ErasePerson
from services.people.domain import persons
from services.people.store import Store
from tests.platform import archived, eventually, serving

ADMINISTRATOR = UUID(int=1)
Token = Callable[..., str]


def person(person_id: UUID | None = None, **given: Any) -> dict[str, Any]:
    known = {"given_name": "Canary-Ada", "family_name": "Canary-Lovelace", "email": "canary@canary-works.fr"}
    return {"person_id": str(person_id or uuid4()), **known, **given}


@pytest.fixture
async def people(service_environment: Mapping[str, str]) -> Service:
    return await main.build()


@pytest.fixture
async def api(people: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(people) as client:
        yield client


@pytest.fixture
def as_(token: Token) -> Callable[..., dict[str, str]]:
    def headers(person_id: UUID | str, *roles: str, key: str | None = None) -> dict[str, str]:
        found = {"Authorization": f"Bearer {token(person_id, *roles)}"}
        return found | ({"Idempotency-Key": key} if key else {})

    return headers


As = Callable[..., dict[str, str]]


async def told(people: Service, kind: str, number: int) -> list[str]:
    """The data of the events of this kind, once there are ``number`` of them in the archive."""

    async def seen() -> list[str]:
        return [item.data for item in await archived(people) if f".{kind}." in item.type]

    return await eventually(seen, lambda found: len(found) >= number)


async def register(api: httpx.AsyncClient, headers: dict[str, str], **given: Any) -> UUID:
    answer = await api.post("/persons", json=person(**given), headers=headers)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["person_id"])


async def test_the_first_administrator_is_there_and_is_not_made_again_by_a_restart(
    people: Service, as_: As, service_environment: Mapping[str, str]
) -> None:
    async with serving(people) as api:
        roles = await api.get(f"/persons/{ADMINISTRATOR}/roles", headers=as_(uuid4(), "operator"))
        assert roles.json()["roles"] == ["administrator"]
        await told(people, "RoleGranted", 1)
    again = await main.build()
    async with serving(again) as api:
        other = await register(api, as_(ADMINISTRATOR, "administrator"))
        await told(again, "PersonRegistered", 2)
        assert {item.subject for item in await archived(again)} == {str(ADMINISTRATOR), str(other)}
        assert len(await archived(again)) == 3


async def test_a_person_registers_themself_and_reads_only_themself(
    api: httpx.AsyncClient, people: Service, as_: As
) -> None:
    me, other = uuid4(), uuid4()
    answer = await api.post("/persons", json=person(me), headers=as_(me, key="k1"))
    assert (answer.status_code, answer.json()["roles"]) == (201, ["applicant"])
    again = await api.post("/persons", json=person(me), headers=as_(me, key="k1"))
    assert again.json() == answer.json()
    reused = await api.post("/persons", json=person(me, phone="+33612345678"), headers=as_(me, key="k1"))
    assert reused.json()["code"] == "idempotency_key_reused"
    mine = await api.get(f"/persons/{me}", headers=as_(me))
    assert mine.json()["private"]["family_name"] == "Canary-Lovelace"
    assert (await api.get(f"/persons/{me}", headers=as_(other, "programme_officer"))).status_code == 404
    assert (await api.get(f"/persons/{me}/roles", headers=as_(other))).status_code == 404
    assert (await api.get(f"/persons/{me}/audit", headers=as_(me))).status_code == 403
    forbidden = await api.post("/persons", json=person(other), headers=as_(me))
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "forbidden")
    assert (await api.post("/persons", json=person(other))).json()["code"] == "unauthenticated"
    events = await archived(people)
    assert "anary" not in "".join(item.model_dump_json() for item in events)


async def test_malformed_persons_are_told_field_by_field_without_their_input(api: httpx.AsyncClient, as_: As) -> None:
    answer = await api.post("/persons", json=person(email="canary", colour="canary"), headers=as_(uuid4()))
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json()["problems"]} == {"email", "colour"}
    assert "canary" not in answer.text


async def test_incompatible_roles_are_refused_even_when_given_at_once(
    api: httpx.AsyncClient, people: Service, as_: As
) -> None:
    administrator = as_(ADMINISTRATOR, "administrator")
    someone = await register(api, administrator)
    wanted = ["accountant", "authorising_officer"] * 4
    answers = await asyncio.gather(
        *(api.post(f"/persons/{someone}/roles", json={"role": role}, headers=administrator) for role in wanted)
    )
    assert {answer.status_code for answer in answers} == {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"incompatible_roles"}
    held = (await api.get(f"/persons/{someone}/roles", headers=administrator)).json()["roles"]
    assert held in (["accountant"], ["authorising_officer"])
    await told(people, "RoleGranted", 2)
    assert len([item for item in await archived(people) if item.subject == str(someone)]) == 2
    officer = as_(uuid4(), "programme_officer")
    assert (await api.post(f"/persons/{someone}/roles", json={"role": "mentor"}, headers=officer)).status_code == 403
    revoked = await api.delete(f"/persons/{someone}/roles/{held[0]}", headers=administrator)
    assert revoked.json()["roles"] == []
    trail = (await api.get(f"/persons/{someone}/audit", headers=administrator)).json()["trail"]
    assert [line["action"] for line in trail] == ["registered", "role_granted", "role_revoked"]
    assert {line["by"] for line in trail} == {str(ADMINISTRATOR)}


async def test_a_batch_answers_each_item_and_may_be_repeated(api: httpx.AsyncClient, people: Service, as_: As) -> None:
    administrator = as_(ADMINISTRATOR, "administrator")
    good = [person(roles=["expert"]) for _ in range(45)]
    both = person(roles=["accountant", "authorising_officer"])
    wrong = person(email="canary")
    body = {"persons": [*good, both, wrong]}
    first = await api.post("/persons/batch", json=body, headers=administrator)
    items = first.json()["items"]
    assert [item["person_id"] for item in items[:45]] == [item["person_id"] for item in good]
    assert items[45]["problem"]["code"] == "incompatible_roles"
    assert items[46]["problem"]["problems"] == [{"field": "email", "code": "string_pattern_mismatch"}]
    assert (await api.post("/persons/batch", json=body, headers=administrator)).json() == first.json()
    changed = {"persons": [{**good[0], "family_name": "Other"}]}
    again = await api.post("/persons/batch", json=changed, headers=administrator)
    assert again.json()["items"][0]["problem"]["code"] == "person_exists"
    await told(people, "PersonRegistered", 46)
    too_many = await api.post("/persons/batch", json={"persons": [{}] * 501}, headers=administrator)
    assert too_many.status_code == 422
    assert (await api.post("/persons/batch", json=body, headers=as_(uuid4(), "expert"))).status_code == 403


async def test_organisations_and_mandates(api: httpx.AsyncClient, people: Service, as_: As) -> None:
    me, other = uuid4(), uuid4()
    await register(api, as_(me), person_id=me)
    body = {"kind": "company", "name": "Atelier", "departement": "75", "siret": "732 829 320 00074"}
    wrong = await api.post("/organisations", json={**body, "siret": "73282932000079"}, headers=as_(me))
    assert (wrong.status_code, wrong.json()["problems"][0]["field"]) == (422, "siret")
    answer = await api.post("/organisations", json=body, headers=as_(me, key="o1"))
    organisation = answer.json()["organisation_id"]
    assert (await api.post("/organisations", json=body, headers=as_(me, key="o1"))).json() == answer.json()
    taken = await api.post("/organisations", json=body, headers=as_(other))
    assert (taken.status_code, taken.json()["allowed"]) == (409, {"organisation_id": organisation})
    mandate = {"organisation_id": organisation}
    assert (await api.post(f"/persons/{other}/mandates", json=mandate, headers=as_(other))).status_code == 404
    given = await api.post(f"/persons/{me}/mandates", json=mandate, headers=as_(me))
    assert given.status_code == 201
    assert "732829320" in (await told(people, "MandateGiven", 1))[0]
    export = (await api.get(f"/persons/{me}/export", headers=as_(me))).json()
    assert export["organisations"][0]["name"] == "Atelier"
    assert export["identity"]["email"] == "canary@canary-works.fr"
    ended = await api.delete(f"/persons/{me}/mandates/{organisation}", headers=as_(other, "programme_officer"))
    assert ended.status_code == 200
    await told(people, "MandateEnded", 1)


async def test_an_erased_person_is_nowhere_readable(api: httpx.AsyncClient, people: Service, as_: As) -> None:
    me = uuid4()
    administrator = as_(ADMINISTRATOR, "administrator")
    await register(api, administrator, person_id=me, roles=["expert"], commune="75056", departement="75")
    before = await people.database.collection("persons").find_one({"_id": str(me)})
    assert before is not None
    assert b"anary" not in before["state"]["private"]
    assert (await api.post(f"/persons/{me}/erasure", headers=as_(uuid4(), "expert"))).status_code == 404
    erased = await api.post(f"/persons/{me}/erasure", headers=as_(me, key="e1"))
    assert erased.status_code == 200
    assert (await api.post(f"/persons/{me}/erasure", headers=as_(me, key="e1"))).json() == erased.json()
    assert await people.database.vault.open(str(me), before["state"]["private"]) is None
    await told(people, "PersonErased", 1)
    for path in ("", "/export"):
        gone = await api.get(f"/persons/{me}{path}", headers=administrator)
        assert (gone.status_code, gone.json()["code"]) == (410, "person_erased")
    assert (await api.get(f"/persons/{me}/roles", headers=administrator)).json()["roles"] == []
    back = await api.post("/persons", json=person(me), headers=as_(me))
    assert back.json()["code"] == "person_erased"
    trail = (await api.get(f"/persons/{me}/audit", headers=administrator)).json()["trail"]
    assert [line["action"] for line in trail] == ["registered", "role_granted", "erased"]


async def test_the_key_goes_even_when_the_process_dies_after_the_decision(
    api: httpx.AsyncClient, people: Service, as_: As
) -> None:
    me = uuid4()
    await register(api, as_(me), person_id=me)
    document = await people.database.collection("persons").find_one({"_id": str(me)})
    assert document is not None
    died = make_database(people.settings, "people", people.database.clock, shards=people.database.shards)
    command = ErasePerson(command_id=uuid4(), by=me, person_id=me)
    now = people.database.clock.now()
    await Store(died).persons.decide(str(me), command, lambda state: persons.erase(state, command, now))
    died.close()

    async def opened() -> bytes | None:
        return await people.database.vault.open(str(me), document["state"]["private"])

    await eventually(opened, lambda found: found is None)


async def test_a_reader_has_a_sector_or_a_territory(api: httpx.AsyncClient, as_: As) -> None:
    administrator = as_(ADMINISTRATOR, "administrator")
    reader = await register(api, administrator)
    path = f"/persons/{reader}/roles"
    nameless = await api.post(path, json={"role": "sector_reader"}, headers=administrator)
    assert (nameless.status_code, nameless.json()["code"]) == (422, "sector_required")
    wrong = await api.post(path, json={"role": "expert", "sector": "health"}, headers=administrator)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "sector_not_expected")
    for scope in ({"role": "sector_reader", "sector": "health"}, {"role": "territory_reader", "territory": "2A"}):
        assert (await api.post(path, json=scope, headers=administrator)).status_code == 201
    held = (await api.get(path, headers=as_(uuid4(), "operator"))).json()
    assert held["roles"] == ["sector_reader", "territory_reader"]
    assert (held["sectors"], held["territories"]) == ({"sector_reader": "health"}, {"territory_reader": "2A"})
