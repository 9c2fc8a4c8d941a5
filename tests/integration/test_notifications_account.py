"""An account at the mail server: shown over TLS only, its password in a file."""

import ssl
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.notifications import main
from tests.certificates import Authority
from tests.mailing import Headers, MailServer, happen, put_contact, settled, submitted
from tests.platform import Elsewhere, eventually, serving


@pytest.fixture
def account(smtp: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server wants one, which the settings name."""
    smtp.account = (b"tremplin", b"canary-password")
    path = tmp_path / "smtp.password"
    path.write_text("canary-password\n")
    monkeypatch.setenv("TREMPLIN_SMTP_USERNAME", "tremplin")
    monkeypatch.setenv("TREMPLIN_SMTP_PASSWORD_FILE", str(path))


@pytest.fixture
def with_tls(smtp: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server offers STARTTLS, with a certificate of an authority that this system trusts."""
    authority = Authority(tmp_path / "authority")
    smtp.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    smtp.tls.load_cert_chain(*authority.issue("mail"))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))


@pytest.mark.usefixtures("account", "with_tls")
async def test_a_mail_leaves_for_a_server_that_wants_an_account(
    smtp: MailServer, others: Elsewhere, as_: Headers
) -> None:
    await sends(others, as_, sent=1)
    assert len(smtp.received) == 1


@pytest.mark.usefixtures("account", "with_tls")
async def test_without_the_right_password_nothing_leaves(smtp: MailServer, others: Elsewhere, as_: Headers) -> None:
    smtp.account = (b"tremplin", b"another")
    await sends(others, as_, pending=1)
    assert smtp.received == []


@pytest.mark.usefixtures("account")
async def test_an_account_is_not_shown_to_a_server_without_tls(
    smtp: MailServer, others: Elsewhere, as_: Headers
) -> None:
    await sends(others, as_, pending=1)
    assert smtp.received == []


async def sends(others: Elsewhere, as_: Headers, **states: int) -> None:
    """One thing to tell, until it stands so; what is still pending has been tried."""
    owner, operator = uuid4(), as_(uuid4(), "operator")
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, **states)

        async def tried() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await api.get("/outbox?state=pending", headers=operator)).json()
            return [item for item in found if item["code"] == "unreachable"]

        await eventually(tried, lambda found: len(found) == states.get("pending", 0))


@pytest.mark.parametrize("missing", ["TREMPLIN_SMTP_USERNAME", "TREMPLIN_SMTP_PASSWORD_FILE"])
@pytest.mark.usefixtures("account")
async def test_half_an_account_is_refused(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(missing, "")
    with pytest.raises(SystemExit, match="an account needs both"):
        await main.build()


@pytest.mark.usefixtures("smtp")
async def test_an_account_in_the_address_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREMPLIN_SMTP_URL", "smtp://tremplin:canary-password@127.0.0.1:25")
    with pytest.raises(SystemExit, match="TREMPLIN_SMTP_USERNAME and TREMPLIN_SMTP_PASSWORD_FILE") as refusal:
        await main.build()
    assert "canary" not in str(refusal.value)
