"""HTTP of mailings: an officer drafts, looks at what it will be, sends or cancels, and follows it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query
from pydantic import Field

from contracts.model import Id, Model
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.notifications import mailer
from services.notifications.commands import (
    MOST_RECIPIENTS,
    CancelMailing,
    DraftMailing,
    Language,
    Line,
    SendMailing,
    Words,
)
from services.notifications.domain.catalogue import MAILING
from services.notifications.domain.mailings import Content, Mailing
from services.notifications.domain.notices import State
from services.notifications.store import Store
from services.notifications.writer import Writer

Answer = dict[str, Any]
OFFICER = allow("programme_officer")
After = Annotated[str, Query(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=500)]


class MailingBody(Model):
    """``label`` is what officers know the mailing by; ``recipients`` are persons, each told once."""

    label: Line
    fr: Words
    en: Words
    recipients: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_RECIPIENTS)]


def routes(api: FastAPI, store: Store, clock: Clock, writer: Writer) -> None:
    _writing(api, store, clock)
    _reading(api, store)
    _preview(api, store, writer)


def _writing(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/mailings", status_code=201)
    async def draft(body: MailingBody, caller: Caller = OFFICER, *, command_id: CommandId) -> Answer:
        command = DraftMailing(
            command_id=command_id, by=caller.person_id, label=body.label, fr=body.fr, en=body.en,
            recipients=body.recipients,
        )  # fmt: skip
        return await mailer.draft_mailing(command, store, clock)

    @api.post("/mailings/{mailing_id}/send")
    async def send(mailing_id: UUID, caller: Caller = OFFICER, *, command_id: CommandId) -> Answer:
        """Let it leave: every recipient is told once, so many a second; it cannot be called back."""
        command = SendMailing(command_id=command_id, by=caller.person_id, mailing_id=mailing_id)
        return await mailer.send_mailing(command, store, clock)

    @api.post("/mailings/{mailing_id}/cancel")
    async def cancel(mailing_id: UUID, caller: Caller = OFFICER, *, command_id: CommandId) -> Answer:
        command = CancelMailing(command_id=command_id, by=caller.person_id, mailing_id=mailing_id)
        return await mailer.cancel_mailing(command, store)


def _reading(api: FastAPI, store: Store) -> None:
    @api.get("/mailings")
    async def listed(after: After = "", limit: Limit = 50, caller: Caller = OFFICER) -> Answer:
        """Mailings, newest first, ``sent`` once nothing of them is left to send; ``after`` is the ``next`` of the page before."""
        found = await store.mailings.page(after, limit)
        sent = await mailer.sent(found, store)
        items = [_shown(each) | ({"status": "sent"} if each.mailing_id in sent else {}) for each in found]
        return {"items": items, "next": found[-1].place if len(found) == limit else None}

    @api.get("/mailings/{mailing_id}")
    async def one(mailing_id: UUID, caller: Caller = OFFICER) -> Answer:
        """The mailing, and how far it is: notices by state, how many are left, ``sent`` when none is."""
        found = await mailer.mailing(mailing_id, store)
        texts = found.content.model_dump(mode="json") if found.content else {}
        return {**texts, **_shown(found), **await mailer.progress(found, store)}

    @api.get("/mailings/{mailing_id}/recipients")
    async def recipients(
        mailing_id: UUID,
        state: State | None = None,
        after: After = "",
        limit: Limit = 100,
        caller: Caller = OFFICER,
    ) -> Answer:
        """The log once it has left: each recipient by id, with the state of their notice and its code."""
        await mailer.mailing(mailing_id, store)
        found = await store.told_to(str(mailing_id), MAILING, state, after, limit)
        return {"items": found, "next": found[-1]["person_id"] if len(found) == limit else None}


def _preview(api: FastAPI, store: Store, writer: Writer) -> None:
    @api.get("/mailings/{mailing_id}/preview")
    async def preview(mailing_id: UUID, caller: Caller = OFFICER) -> Answer:
        """The mail in each language, and how many would be told in which, or not at all and why."""
        found = await mailer.mailing(mailing_id, store)
        content = found.content
        rendered = {each: _rendered(writer, content, each) for each in ("fr", "en")} if content else {}
        return {**_shown(found), **await mailer.audience(mailing_id, store), "mails": rendered}


def _rendered(writer: Writer, content: Content, language: Language) -> dict[str, str]:
    parcel = writer.mailing("preview", content.words(language), language, "")
    return {"subject": parcel.subject, "text": parcel.text, "html": parcel.html}


def _shown(mailing: Mailing) -> Answer:
    shown = mailing.model_dump(mode="json", exclude={"content", "key"})
    return {**shown, "label": mailing.content.label if mailing.content else None}
