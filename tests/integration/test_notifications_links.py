"""The one mail whose link is a secret: sealed until it has left, told once, gone with its person."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from contracts.people import PersonErased
from services.notifications import main
from tests.mailing import Headers, happen, put_contact, settled
from tests.platform import Elsewhere, serving

TOKEN = "0123456789abcdef" * 4


def link(person: UUID, **given: str) -> dict[str, str]:
    return {
        "person_id": str(person),
        "invitation_id": str(UUID(int=5)),
        "token": TOKEN,
        "about": str(UUID(int=6)),
        **given,
    }


async def _sent(api: httpx.AsyncClient, as_: Headers, body: dict[str, str]) -> None:
    answer = await api.post("/links", json=body, headers=as_(uuid4(), "programme_officer", "operator"))
    assert answer.status_code == 202, answer.text
    assert TOKEN not in answer.text


async def test_a_link_is_mailed_once_and_kept_no_longer(
    service_environment: Mapping[str, str], as_: Headers, tmp_path: Path
) -> None:
    person, service = uuid4(), await main.build()
    async with serving(service) as api:
        await _sent(api, as_, link(person, number="AIC-2021-000187"))
        await settled(api, as_, no_contact=1)
        for name in ("links", "notices"):
            assert TOKEN not in str(await service.database.collection(name).find({}).to_list(None))
        await put_contact(api, as_, person)
        await settled(api, as_, sent=1)
        await _sent(api, as_, link(person))
        await settled(api, as_, sent=1)
        assert await service.database.collection("links").count_documents({}) == 0
    (file,) = (tmp_path / "mail").iterdir()
    text = message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()
    assert f"/fr/joining/{TOKEN}" in text
    assert "AIC-2021-000187" in text


async def test_an_erased_person_is_mailed_no_link(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers, tmp_path: Path
) -> None:
    person = uuid4()
    async with serving(await main.build()) as api:
        await _sent(api, as_, link(person))
        await settled(api, as_, no_contact=1)
        await happen(others, PersonErased(person_id=person), person)
        await settled(api, as_, cancelled=1)
        await _sent(api, as_, link(person, invitation_id=str(UUID(int=7))))
        await settled(api, as_, cancelled=2)
    assert not list((tmp_path / "mail").glob("*"))


async def test_only_the_portal_has_links_mailed(service_environment: Mapping[str, str], as_: Headers) -> None:
    async with serving(await main.build()) as api:
        for roles in (("programme_officer", "administrator"), ("applicant",)):
            assert (await api.post("/links", json=link(uuid4()), headers=as_(uuid4(), *roles))).status_code == 403
        for token in ("", "short", "a b" * 20, "<b>" * 20):
            answer = await api.post("/links", json=link(uuid4(), token=token), headers=as_(uuid4(), "operator"))
            assert answer.status_code == 422
            assert "<b>" not in answer.text
