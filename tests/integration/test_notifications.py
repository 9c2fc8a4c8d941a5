"""notifications on real servers: other services' events in, mails out, each to each person at most once."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.calls import CallClosingSoon
from contracts.coaching import CheckInMissed, CheckInReminded
from contracts.payments import PaymentSettled
from contracts.people import PersonErased, RoleGranted
from services.notifications import main
from tests.conftest import SEASON_START
from tests.mailing import CALL, Headers, MailServer, happen, published, put_contact, replay, settled, submitted
from tests.platform import Elsewhere, eventually, serving


async def test_a_receipt_is_written_once_with_number_and_link_only(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers, tmp_path: Path
) -> None:
    owner = uuid4()
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner, 187)
        await happen(others, event, event.application_id)
        await settled(api, as_, sent=1)
        await happen(others, event, event.application_id)
        settled_week = PaymentSettled(
            tranche_id=uuid4(), agreement_id=event.application_id, envelope_id=CALL, payment_id=uuid4(),
            amount_cents=8_000_000, settled_at=SEASON_START, owner_id=owner,
        )  # fmt: skip
        await happen(others, settled_week, event.application_id)
        await settled(api, as_, sent=2)
    files = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert [name.split("-", 1)[0] for name in files] == ["application_received", "payment_settled"]
    mail = message_from_bytes((tmp_path / "mail" / files[1]).read_bytes(), policy=policy.default)
    assert mail["To"] == f"canary.{owner.hex}@canary.fr"
    text = mail.get_body(("plain",)).get_content()
    assert "AIC-2021-000187" in text
    assert f"/agreements/{event.application_id}" in text
    assert "80" not in text.replace(str(event.application_id), "")


async def test_redelivery_and_restart_tell_nobody_twice(
    smtp: MailServer, others: Elsewhere, as_: Headers, service_environment: Mapping[str, str]
) -> None:
    owners = [uuid4() for _ in range(20)]
    events = [submitted(owner, number) for number, owner in enumerate(owners)]
    soon = CallClosingSoon(call_id=CALL, closes_at=SEASON_START, days=3, drafts=(), owners=tuple(owners))
    async with serving(await main.build()) as api:
        contacts = [{"person_id": str(owner), "email": f"c{index}@canary.fr"} for index, owner in enumerate(owners)]
        staff = as_(uuid4(), "programme_officer")
        answer = await api.put("/contacts/batch", json={"contacts": contacts}, headers=staff)
        assert [item["person_id"] for item in answer.json()["items"]] == [str(owner) for owner in owners]
        told = [await happen(others, published(), CALL)]
        told += [await happen(others, event, event.application_id) for event in events]
        told += [await happen(others, soon, CALL), await happen(others, soon, CALL)]
        await settled(api, as_, sent=40)
        await replay(api, as_, others, told)
    async with serving(await main.build()) as api:
        await replay(api, as_, others, told)
        week = CheckInReminded(initiative_id=events[0].application_id, owner_id=owners[0], week=1)
        await happen(others, week, week.initiative_id)
        await settled(api, as_, sent=41)
    assert len(smtp.ids()) == len(set(smtp.ids())) == 41


async def test_a_mail_waits_for_its_contact_and_goes_in_its_language(
    smtp: MailServer, others: Elsewhere, as_: Headers, tmp_path: Path
) -> None:
    owner = uuid4()
    async with serving(await main.build()) as api:
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, no_contact=1)
        await put_contact(api, as_, owner, language="en", channels=["email", "sms"], phone="+33612345678")
        await settled(api, as_, sent=1)
    assert smtp.received[0]["Subject"].startswith("Your application has arrived")
    (text,) = (tmp_path / "sms").iterdir()
    assert text.read_text().startswith("To: +33612345678\n\nTremplin")


async def test_contacts_and_preferences_are_the_persons_own(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    me, other = uuid4(), uuid4()
    service = await main.build()
    async with serving(service) as api:
        await put_contact(api, as_, me)
        assert (await api.get(f"/contacts/{me}", headers=as_(me))).json()["email"].startswith("canary.")
        for answer in (
            await api.get(f"/contacts/{me}", headers=as_(other, "administrator")),
            await api.put(f"/contacts/{me}", json={"email": "a@b.fr"}, headers=as_(other, "expert")),
            await api.put(f"/contacts/{me}/preferences", json={"muted": []}, headers=as_(other)),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        mandatory = await api.put(f"/contacts/{me}/preferences", json={"muted": ["payment_settled"]}, headers=as_(me))
        assert (mandatory.status_code, mandatory.json()["code"]) == (422, "mandatory_reason")
        assert "check_in_reminded" in mandatory.json()["allowed"]
        await api.put(f"/contacts/{me}/preferences", json={"muted": ["check_in_reminded"]}, headers=as_(me))
        week = CheckInReminded(initiative_id=uuid4(), owner_id=me, week=1)
        await happen(others, week, week.initiative_id)
        await settled(api, as_, muted=1)
        wrong = {
            "contacts": [
                {"person_id": str(me), "email": "canary"},
                {"person_id": str(me), "email": "a@b.fr", "channels": ["sms"]},
            ]
        }
        items = (await api.put("/contacts/batch", json=wrong, headers=as_(other, "administrator"))).json()["items"]
        assert [item["problem"]["code"] for item in items] == ["invalid_request", "phone_required"]
        document = await service.database.collection("contacts").find_one({"_id": str(me)})
        assert "canary" not in str(document)


async def test_officers_are_told_what_waits_for_them(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    officer, owner, initiative = uuid4(), uuid4(), uuid4()
    granted = RoleGranted(person_id=officer, role="programme_officer", granted_by=uuid4(), granted_at=SEASON_START)
    service = await main.build()
    async with serving(service) as api:
        await happen(others, granted, officer)
        await eventually(lambda: service.database.collection("officers").count_documents({}))
        await happen(others, CheckInMissed(initiative_id=initiative, owner_id=owner, week=2), initiative)
        await settled(api, as_, no_contact=2)
        summary = (await api.get("/outbox/summary", headers=as_(uuid4(), "programme_officer"))).json()
        assert set(summary["reasons"]) == {"check_in_missed", "check_in_escalated"}


async def test_an_erased_person_is_told_nothing_more(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    owner = uuid4()
    service = await main.build()
    async with serving(service) as api:
        await put_contact(api, as_, owner)
        before = await service.database.collection("contacts").find_one({"_id": str(owner)})
        assert before is not None
        await happen(others, PersonErased(person_id=owner), owner)

        async def opened() -> bytes | None:
            return await service.database.vault.open(str(owner), before["state"]["private"])

        await eventually(opened, lambda found: found is None)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, cancelled=1)
        back = await api.put(f"/contacts/{owner}", json={"email": "a@b.fr"}, headers=as_(owner))
        assert (back.status_code, back.json()["code"]) == (410, "person_erased")


async def test_without_a_way_to_send_mails_it_says_which_setting_is_missing(
    service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREMPLIN_MAIL_DIR")
    with pytest.raises(SystemExit, match="TREMPLIN_SMTP_URL"):
        await main.build()
