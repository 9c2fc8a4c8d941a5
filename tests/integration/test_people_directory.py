"""An administrator's list, trail and search on real servers, names for the staff, and what an erasure leaves of them."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import httpx
import pytest

from services.chassis.runtime import Service
from services.people import main
from tests.integration.test_people import ADMINISTRATOR, person
from tests.mailing import Headers
from tests.platform import archived, eventually, serving

ROLES = ("programme_officer", "administrator", "deciding_authority", "mentor")


@pytest.fixture
async def people(service_environment: Mapping[str, str]) -> Service:
    return await main.build()


@pytest.fixture
async def api(people: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(people) as client:
        yield client


@pytest.fixture
def admin(token: Callable[..., str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(ADMINISTRATOR, 'administrator')}"}


async def register(api: httpx.AsyncClient, admin: dict[str, str], **given: Any) -> UUID:
    answer = await api.post("/persons", json=person(**given), headers=admin)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["person_id"])


async def listed(api: httpx.AsyncClient, admin: dict[str, str], **query: Any) -> Any:
    answer = await api.get("/persons", params=query, headers=admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page: Any) -> list[str]:
    return [item["person_id"] for item in page["items"]]


async def test_persons_are_listed_by_role_and_by_pages(api: httpx.AsyncClient, admin: dict[str, str]) -> None:
    mentors = sorted([str(await register(api, admin, roles=["mentor"], email=f"m{n}@canary.fr")) for n in range(3)])
    await register(api, admin, roles=["expert"])
    seen, after = [], ""
    while after is not None:
        page = await listed(api, admin, role="mentor", limit=2, after=after)
        seen, after = seen + ids(page), page["next"]
    assert seen == mentors
    assert len(ids(await listed(api, admin))) == 5
    shown = (await listed(api, admin, role="expert"))["items"][0]
    assert (shown["given_name"], shown["email"]) == ("Canary-Ada", "canary@canary-works.fr")
    assert [held["role"] for held in shown["roles"]] == ["expert"]


async def test_a_person_is_found_by_their_whole_address_or_id(
    people: Service, api: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    ada = await register(api, admin, email="Ada.Canary@Canary-Works.fr", roles=["mentor"])
    await register(api, admin, email="other@canary-works.fr")

    async def found(wanted: str) -> Any:
        answer = await api.post("/persons/lookup", json={"q": wanted}, headers=admin)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    for wanted in (" ada.canary@canary-works.FR ", str(ada)):
        assert [(each["person_id"], each["roles"][0]["role"]) for each in await found(wanted)] == [(str(ada), "mentor")]
    assert await found("canary@canary-works.fr") == await found(str(uuid4())) == []
    for wanted in ("Lovelace", " "):
        refused = await api.post("/persons/lookup", json={"q": wanted}, headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (422, "search_refused")
        assert "Lovelace" not in refused.text
    kept = await people.database.collection("persons").find({}).to_list(None)
    assert "canary" not in str(kept).lower()
    await api.post(f"/persons/{ada}/erasure", headers=admin)
    assert await found("ada.canary@canary-works.fr") == []
    (erased,) = await found(str(ada))
    assert erased["erased_at"]
    assert "email" not in erased
    document = await people.database.collection("persons").find_one({"_id": str(ada)})
    assert document is not None
    assert "email_tag" not in document["state"]


async def test_the_trail_of_all_is_newest_first_and_has_every_line_once(
    people: Service, api: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    ada = await register(api, admin, roles=["mentor"])
    await api.post(f"/persons/{ada}/roles", json={"role": "expert"}, headers=admin)
    await api.delete(f"/persons/{ada}/roles/mentor", headers=admin)

    async def trail(query: str = "limit=100") -> Any:
        return (await api.get(f"/audit?{query}", headers=admin)).json()

    whole = (await eventually(trail, lambda found: len(found["items"]) == 6))["items"]
    assert [line["place"] for line in whole] == sorted((line["place"] for line in whole), reverse=True)
    assert (whole[0]["action"], whole[0]["role"], whole[0]["by"]) == ("role_revoked", "mentor", str(ADMINISTRATOR))
    seen, after = [], ""
    while after is not None:
        page = await trail(f"limit=4&after={after}")
        seen, after = seen + page["items"], page["next"]
    assert seen == whole
    hers = (await trail(f"person_id={ada}&action=role_granted"))["items"]
    assert [line["role"] for line in hers] == ["expert", "mentor"]
    for given in (f"by={uuid4()}", f"by={ada}", f"until={quote(whole[-1]['at'])}", "since=2999-01-01T00:00:00%2B14:00"):
        assert (await trail(given))["items"] == []
    since, until = whole[2]["at"], whole[0]["at"]
    between = [line for line in whole if since <= line["at"] < until]
    for after in (None, between[0]):
        place = {"after": after["place"]} if after else {}
        wanted = {"by": str(ADMINISTRATOR), "since": since, "until": until, **place}
        assert (await trail(urlencode(wanted)))["items"] == (between[1:] if after else between)
    assert "canary" not in str(whole).lower()
    assert "canary" not in "".join(item.data for item in await archived(people)).lower()


async def test_names_are_for_the_staff(api: httpx.AsyncClient, admin: dict[str, str], as_: Headers) -> None:
    ada, nobody = await register(api, admin), uuid4()
    body = {"ids": [str(ada), str(nobody), str(ADMINISTRATOR)]}
    for role in ROLES:
        answer = await api.post("/persons/names", json=body, headers=as_(uuid4(), role))
        names = answer.json()["names"]
        assert names == {str(ada): "Canary-Ada Canary-Lovelace", str(nobody): None, str(ADMINISTRATOR): None}
    for role in ("applicant", "citizen_panellist", "expert", "territory_reader", "operator"):
        assert (await api.post("/persons/names", json=body, headers=as_(uuid4(), role))).status_code == 403
    many = {"ids": [str(uuid4()) for _ in range(201)]}
    assert (await api.post("/persons/names", json=many, headers=admin)).status_code == 422
    for place in ("/persons", "/audit"):
        assert (await api.get(place, headers=as_(uuid4(), "programme_officer", "operator"))).status_code == 403
    answer = await api.post("/persons/lookup", json={"q": str(ada)}, headers=as_(uuid4(), "programme_officer"))
    assert answer.status_code == 403


async def test_a_team_s_mentor_and_officer_are_named_by_the_portal_and_nobody_else(
    api: httpx.AsyncClient, admin: dict[str, str], as_: Headers
) -> None:
    mentor, officer = [await register(api, admin, roles=[role]) for role in ("mentor", "programme_officer")]
    ada, expert = await register(api, admin), await register(api, admin, roles=["expert"])
    portal, name = as_(uuid4(), "operator"), "Canary-Ada Canary-Lovelace"

    async def named(*ids: UUID) -> Any:
        answer = await api.post("/colleagues/names", json={"ids": [str(each) for each in ids]}, headers=portal)
        return answer.json()["names"]

    assert await named(mentor, officer) == {str(mentor): name, str(officer): name}
    assert await named(ada, expert) == {str(ada): None, str(expert): None}
    assert await named(ADMINISTRATOR) == {str(ADMINISTRATOR): None}
    await api.delete(f"/persons/{mentor}/roles/mentor", headers=admin)
    assert await named(mentor) == {str(mentor): None}
    body = {"ids": [str(officer)]}
    for role in ("applicant", "programme_officer", "mentor", "administrator"):
        assert (await api.post("/colleagues/names", json=body, headers=as_(uuid4(), role))).status_code == 403
    many = {"ids": [str(each) for each in (officer, ada, expert)]}
    assert (await api.post("/colleagues/names", json=many, headers=portal)).status_code == 422
    assert (await api.post("/persons/names", json=body, headers=portal)).status_code == 403


async def test_officers_find_an_applicant_by_address_and_colleagues_by_role(
    api: httpx.AsyncClient, admin: dict[str, str], token: Callable[..., str]
) -> None:
    mentor = await register(api, admin, roles=["mentor"], email="mentor@canary.fr")
    ada = await register(api, admin, email="ada@canary.fr")
    officer = {"Authorization": f"Bearer {token(uuid4(), 'programme_officer')}"}
    found = (await api.get("/colleagues", params={"role": "mentor"}, headers=officer)).json()["items"]
    assert found == [{"person_id": str(mentor), "name": "Canary-Ada Canary-Lovelace"}]
    for address, expected in (("Ada@Canary.fr", [str(ada)]), ("nobody@canary.fr", [])):
        answer = await api.post("/persons/search", json={"email": address}, headers=officer)
        assert ids(answer.json()) == expected
    applicant = {"Authorization": f"Bearer {token(ada, 'applicant')}"}
    assert (await api.get("/colleagues", params={"role": "mentor"}, headers=applicant)).status_code == 403
    refused = await api.post("/persons/search", json={"email": "ada@canary.fr"}, headers=applicant)
    assert refused.status_code == 403
    assert (await api.get("/colleagues", params={"role": "accountant"}, headers=officer)).status_code == 422
