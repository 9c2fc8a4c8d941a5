"""notifications when a mail server fails or a process dies: nothing lost, nothing told twice."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.calls import CallClosingSoon
from services.chassis.runtime import make_clock, make_database
from services.chassis.settings import read
from services.notifications import handlers, main
from services.notifications.commands import PutContact
from services.notifications.settings import Settings
from services.notifications.store import Store
from tests.conftest import SEASON_START
from tests.mailing import CALL, Headers, MailServer, happen, published, put_contact, replay, settled, states, submitted
from tests.platform import Elsewhere, eventually, serving


async def dies_in_hand(person: UUID) -> None:
    """A process gets the person's contact, takes what waited for it in hand, and dies."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "notifications", clock)
    store = Store(database)
    command = PutContact(command_id=uuid4(), person_id=person, email="canary@canary.fr")
    await handlers.put_contact(command, {"email"}, store, clock)
    _, claimed = await store.claim(8, seconds=-1.0)
    assert len(claimed) == 1
    database.close()


async def test_two_processes_share_the_work_and_repeat_nothing(
    smtp: MailServer, others: Elsewhere, as_: Headers, service_environment: Mapping[str, str], free_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    owners = [uuid4() for _ in range(60)]
    first = await main.build()
    monkeypatch.setenv("TREMPLIN_NOTIFICATIONS_PORT", service_environment["TREMPLIN_PEOPLE_PORT"])
    second = await main.build()
    async with serving(first) as api, serving(second):
        await happen(others, published(), CALL)
        soon = CallClosingSoon(call_id=CALL, closes_at=SEASON_START, days=3, drafts=(), owners=tuple(owners))
        await happen(others, soon, CALL)
        await settled(api, as_, no_contact=60)
        contacts = [{"person_id": str(owner), "email": f"c{index}@canary.fr"} for index, owner in enumerate(owners)]
        staff = as_(uuid4(), "administrator")
        await api.put("/contacts/batch", json={"contacts": contacts}, headers=staff)
        await settled(api, as_, sent=60)
    assert len(smtp.ids()) == len(set(smtp.ids())) == 60


async def test_a_server_that_is_down_is_waited_for(smtp: MailServer, others: Elsewhere, as_: Headers) -> None:
    smtp.close()
    owner = uuid4()
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        operator = as_(uuid4(), "operator")

        async def waiting() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await api.get("/outbox?state=pending", headers=operator)).json()
            return [item for item in found if item["code"] == "unreachable"]

        await eventually(waiting)
        await smtp.open()
        await settled(api, as_, sent=1)
    assert len(smtp.received) == 1


async def test_a_refused_mail_fails_visibly_and_leaves_again_when_asked(
    smtp: MailServer, others: Elsewhere, as_: Headers
) -> None:
    smtp.recipient = "550 unknown"
    owner, operator = uuid4(), as_(uuid4(), "operator")
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, failed=1)
        (failed,) = (await api.get("/outbox", headers=operator)).json()
        assert (failed["code"], failed["reason"]) == ("refused", "application_received")
        assert 'tremplin_notices_failed{service="notifications"} 1.0' in (await api.get("/metrics")).text
        assert "canary" not in str(failed)
        assert (await api.post("/outbox/retry", headers=as_(owner, "applicant"))).status_code == 403
        smtp.recipient = "250 known"
        again = await api.post(f"/outbox/{failed['notice_id']}/retry", headers=operator)
        assert again.json()["state"] == "pending"
        await settled(api, as_, sent=1)
        twice = await api.post(f"/outbox/{failed['notice_id']}/retry", headers=operator)
        assert (twice.status_code, twice.json()["code"]) == (409, "not_failed")
    assert len(smtp.received) == 1


async def test_a_mail_that_may_have_arrived_is_not_repeated_by_itself(
    smtp: MailServer, others: Elsewhere, as_: Headers
) -> None:
    smtp.answer = None
    owner, operator = uuid4(), as_(uuid4(), "operator")
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        told = await happen(others, event, event.application_id)
        await settled(api, as_, failed=1)
        smtp.answer = "250 taken"
        (failed,) = (await api.get("/outbox", headers=operator)).json()
        assert failed["code"] == "interrupted"
        assert (await api.post("/outbox/retry", headers=operator)).json() == {"released": 0}
        await replay(api, as_, others, [told])
        assert await states(api, as_) == {"failed": 1}
        await api.post(f"/outbox/{failed['notice_id']}/retry", headers=operator)
        await settled(api, as_, sent=1)
    assert len(smtp.received) == 2
    assert len(set(smtp.ids())) == 1


@pytest.mark.parametrize("over_smtp", [True, False])
async def test_what_a_dead_process_had_in_hand_is_repeated_only_where_that_leaves_one(
    over_smtp: bool, smtp: MailServer, others: Elsewhere, as_: Headers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not over_smtp:
        monkeypatch.setenv("TREMPLIN_MAIL_DIR", str(tmp_path / "mail"))
    owner = uuid4()
    async with serving(await main.build()) as api:
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, no_contact=1)
    await dies_in_hand(owner)
    async with serving(await main.build()) as api:
        await settled(api, as_, **({"failed": 1} if over_smtp else {"sent": 1}))
