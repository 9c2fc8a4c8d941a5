"""Messages about an application: told once by mail until they are read, with number and link, and nothing of what they say."""

from collections.abc import Mapping
from uuid import uuid4

from contracts.applications import MessageSent
from contracts.people import RoleGranted
from services.notifications import main
from tests.conftest import SEASON_START
from tests.mailing import CALL, Headers, MailServer, happen, put_contact, settled, submitted
from tests.platform import Elsewhere, eventually, serving


async def test_each_side_is_told_once_until_it_has_read(
    smtp: MailServer, others: Elsewhere, as_: Headers, service_environment: Mapping[str, str]
) -> None:
    officer, owner, member = uuid4(), uuid4(), uuid4()
    granted = RoleGranted(person_id=officer, role="programme_officer", granted_by=uuid4(), granted_at=SEASON_START)
    sent = submitted(owner)
    service = await main.build()
    async with serving(service) as api:
        for person in (officer, owner, member):
            await put_contact(api, as_, person, language="en")
        await happen(others, granted, officer)
        await eventually(lambda: service.database.collection("officers").count_documents({}))
        await happen(others, sent, sent.application_id)
        await settled(api, as_, sent=1)
        first, second, about = uuid4(), uuid4(), {"application_id": sent.application_id, "call_id": CALL}
        for message in (first, second):
            event = MessageSent(**about, message_id=message, since_id=first, side="applicant")
            await happen(others, event, sent.application_id)
        for recipients in ((owner, member), (owner, member)):
            event = MessageSent(**about, message_id=uuid4(), since_id=second, side="programme", recipients=recipients)
            await happen(others, event, sent.application_id)
        await settled(api, as_, sent=4)
    told = [mail for mail in smtp.received if "message" in mail["Subject"]]
    assert sorted(mail["To"] for mail in told) == sorted(
        f"canary.{one.hex}@canary.fr" for one in (officer, owner, member)
    )
    for mail in told:
        text = mail.get_body(("plain",)).get_content()
        assert "AIC-2021-000001" in text
        assert f"/applications/{sent.application_id}" in text
