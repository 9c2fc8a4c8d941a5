"""The words: every reason in every language, number and link only, and nothing that could be markup."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import get_args
from uuid import UUID

import pytest

from services.notifications.channels.mails import Sender, compose
from services.notifications.commands import Language
from services.notifications.domain import notices
from services.notifications.domain.catalogue import BY_REASON, CATALOGUE, INVITATION, Entry
from services.notifications.domain.notices import Notice
from services.notifications.writer import Writer
from services.portal.routes.links import PLACES

NOW = datetime(2021, 12, 1, 8, 0, tzinfo=UTC)
PERSON, SUBJECT = UUID(int=2), UUID(int=9)
NUMBER = "AIC-2021-000187"
DECISIONS = ("application_selected", "application_reserved", "application_not_selected")


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer("https://tremplin.example/")


def notice(entry: Entry) -> Notice:
    identity = notices.identity(entry.reason, str(SUBJECT), PERSON)
    return Notice(
        id=identity, reason=entry.reason, subject=str(SUBJECT), person_id=PERSON, about=str(SUBJECT), page=entry.page
    )


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("entry", CATALOGUE, ids=[entry.reason for entry in CATALOGUE])
def test_every_reason_is_written_in_every_language(writer: Writer, entry: Entry, language: Language) -> None:
    parcel = writer.write(notice(entry), NUMBER, language, "ada@atelier.fr")
    link = f"https://tremplin.example/{language}/go/{entry.page}/{SUBJECT}"
    assert entry.page in PLACES
    for form in (parcel.text, parcel.html, parcel.short):
        assert NUMBER in form
        assert link in form
    assert NUMBER in parcel.subject
    assert f'lang="{language}"' in parcel.html
    assert str(PERSON) not in parcel.text + parcel.html + parcel.short


@pytest.mark.parametrize("language", get_args(Language))
def test_the_link_of_an_invitation_is_its_token(writer: Writer, language: Language) -> None:
    told = Notice(id="1", reason=INVITATION, subject="2", person_id=PERSON, about=str(SUBJECT), page="joining")
    parcel = writer.write(told, None, language, "ada@atelier.fr", "a-token")
    for form in (parcel.text, parcel.html, parcel.short):
        assert f"https://tremplin.example/{language}/joining/a-token" in form
        assert str(SUBJECT) not in form
    assert "preferences" not in parcel.text


def test_a_mail_does_not_say_whether_somebody_was_selected(writer: Writer) -> None:
    subjects = {writer.write(notice(BY_REASON[reason]), NUMBER, "fr", "a@b.fr").subject for reason in DECISIONS}
    assert len(subjects) == 1


def test_html_is_escaped_and_plain_text_is_not(writer: Writer) -> None:
    parcel = writer.write(notice(CATALOGUE[0]), "<script>&", "fr", "a@b.fr")
    assert "&lt;script&gt;&amp;" in parcel.html
    assert "<script>&" in parcel.text
    assert "l'appel" in parcel.text


def test_only_optional_mails_show_how_to_turn_them_off(writer: Writer) -> None:
    mandatory = writer.write(notice(BY_REASON["payment_settled"]), NUMBER, "en", "a@b.fr")
    optional = writer.write(notice(BY_REASON["check_in_reminded"]), NUMBER, "en", "a@b.fr")
    assert "/preferences" not in mandatory.text
    assert "https://tremplin.example/en/account/preferences" in optional.text


def test_a_mail_has_both_forms_and_an_id_that_repeats(writer: Writer) -> None:
    parcel = writer.write(notice(BY_REASON["application_received"]), NUMBER, "fr", "ada@atelier.fr")
    sender = Sender("Tremplin", "no-reply@tremplin.example")
    raw = compose(parcel, sender, NOW)
    mail = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Message-ID"] == f"<{UUID(parcel.identity)}@tremplin.example>"
    assert mail["To"] == "ada@atelier.fr"
    assert mail["Subject"] == f"Votre candidature est bien arrivée – {NUMBER}"
    assert mail.get_body(("plain",)).get_content().splitlines() == parcel.text.splitlines()  # type: ignore[union-attr]


def test_no_number_is_better_than_no_mail(writer: Writer) -> None:
    parcel = writer.write(notice(BY_REASON["tranche_opened"]), None, "fr", "a@b.fr")
    assert "None" not in parcel.text + parcel.html + parcel.subject
