"""HTTP of notifications: parse, ask a handler, answer."""

from collections import defaultdict
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import FastAPI, Query
from pydantic import Field, ValidationError

from contracts.decision import NotFound, Refusal
from contracts.model import Email, Id, Model, Number, Phone
from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, Verifier, allow
from services.chassis.problems import field_of
from services.notifications import handlers, mailings_api
from services.notifications.commands import Channels, Language, LinkToken, MuteReasons, PutContact, SendLink
from services.notifications.domain import contacts
from services.notifications.domain.catalogue import OPTIONAL, REASONS
from services.notifications.domain.notices import State
from services.notifications.store import Store
from services.notifications.writer import Writer

MAX_BATCH = 500
MAX_PAGE = 500
Answer = dict[str, Any]
STAFF = allow("programme_officer", "administrator")
OPERATORS = allow("operator", "programme_officer", "administrator")


class ContactBody(Model):
    email: Email
    phone: Phone | None = None
    language: Language = "fr"
    channels: Channels = ("email",)


class BatchItem(ContactBody):
    person_id: Id


class ContactsBody(Model):
    """Contacts to set, each checked on its own."""

    contacts: Annotated[list[dict[str, Any]], Field(max_length=MAX_BATCH)]


class RetryBody(Model):
    """The one reason whose notices are to be sent again; without it, all."""

    reason: Annotated[str, Field(max_length=64)] | None = None


class LinkBody(Model):
    """The link of an invitation to log in, for somebody known from paper."""

    person_id: Id
    invitation_id: Id
    token: LinkToken
    about: Id
    number: Number | None = None


class PreferencesBody(Model):
    """The reasons for which the person wants to be told nothing."""

    muted: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=50)]


def make_api(store: Store, clock: Clock, verifier: Verifier, channels: frozenset[str], writer: Writer) -> FastAPI:
    """The HTTP API of notifications; ``channels`` are the ways by which this installation tells people."""
    api = http.make_api("notifications", "Tremplin: notifications", verifier)
    _batch(api, store, clock, channels)
    _contacts(api, store, clock, channels)
    _preferences(api, store, clock)
    _outbox(api, store, clock)
    mailings_api.routes(api, store, clock, writer)
    return api


def _batch(api: FastAPI, store: Store, clock: Clock, channels: frozenset[str]) -> None:
    @api.put("/contacts/batch")
    async def put_batch(body: ContactsBody, caller: Caller = STAFF, *, command_id: CommandId) -> Answer:
        """Set the contacts of up to 500 persons, each on its own."""
        items = [_item(index, item, command_id) for index, item in enumerate(body.contacts)]
        commands = [item for item in items if isinstance(item, PutContact)]
        answers = iter(await handlers.put_contacts(commands, channels, store, clock))
        return {"items": [_told(item, next(answers)) if isinstance(item, PutContact) else item for item in items]}


def _item(index: int, item: dict[str, Any], command_id: UUID) -> PutContact | Answer:
    try:
        body = BatchItem.model_validate(item)
    except ValidationError as error:
        problems = [
            {"field": field_of(found["loc"]), "code": found["type"]}
            for found in error.errors(include_input=False, include_context=False)
        ]
        return {"index": index, "problem": {"code": "invalid_request", "status": 422, "problems": problems}}
    return PutContact(command_id=uuid5(command_id, f"{index} {body.person_id}"), **body.model_dump())


def _told(command: PutContact, answer: Answer | Refusal) -> Answer:
    if not isinstance(answer, Refusal):
        return answer
    problem = {"code": answer.code, "status": answer.status, "title": answer.title, "field": answer.field}
    return {"person_id": str(command.person_id), "problem": problem}


def _contacts(api: FastAPI, store: Store, clock: Clock, channels: frozenset[str]) -> None:
    @api.put("/contacts/{person_id}")
    async def put(person_id: UUID, body: ContactBody, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        contacts.require_self(caller.person_id, caller.roles, person_id, staff=True)
        command = PutContact(command_id=command_id, person_id=person_id, **body.model_dump())
        return await handlers.put_contact(command, channels, store, clock)

    @api.get("/contacts/{person_id}")
    async def read(person_id: UUID, caller: Caller = allow()) -> Answer:
        contacts.require_self(caller.person_id, caller.roles, person_id, staff=False)
        contact = await store.contact(person_id)
        if contact is None or contact.private is None:
            raise NotFound
        kept = contact.model_dump(mode="json", include={"person_id", "language", "channels", "muted", "updated_at"})
        return {**kept, **contact.private.model_dump(mode="json")}


def _preferences(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/reasons")
    async def reasons(caller: Caller = allow()) -> list[Answer]:
        """Everything that may be told, and whether it can be turned off."""
        return [{"reason": reason, "mandatory": reason not in OPTIONAL} for reason in REASONS]

    @api.put("/contacts/{person_id}/preferences")
    async def mute(
        person_id: UUID, body: PreferencesBody, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        contacts.require_self(caller.person_id, caller.roles, person_id, staff=False)
        command = MuteReasons(command_id=command_id, person_id=person_id, muted=body.muted)
        return await handlers.mute_reasons(command, store, clock)


def _outbox(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/links", status_code=202)
    async def send_link(body: LinkBody, caller: Caller = allow("operator"), *, command_id: CommandId) -> Answer:
        """Mail a link that is a secret: asked by the portal, which has it from people."""
        return await handlers.send_link(SendLink(command_id=command_id, **body.model_dump()), store, clock)

    @api.get("/outbox/summary")
    async def summary(caller: Caller = OPERATORS) -> Answer:
        """How many notices there are by reason and state, and by state."""
        reasons: dict[str, dict[str, int]] = defaultdict(dict)
        states: dict[str, int] = defaultdict(int)
        for reason, state, notices in await store.counts():
            reasons[reason][state] = notices
            states[state] += notices
        return {"reasons": reasons, "states": states}

    @api.get("/outbox")
    async def listed(
        state: State = "failed",
        after: Annotated[str, Query(max_length=36)] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        caller: Caller = OPERATORS,
    ) -> list[Answer]:
        """Notices in one state, by id: ids, reasons, states and codes, no address."""
        return await store.listed(state, after, limit)

    @api.post("/outbox/{notice_id}/retry")
    async def retry(notice_id: UUID, caller: Caller = OPERATORS) -> Answer:
        """Send a failed notice again. One whose code is ``interrupted`` may have arrived already."""
        return await handlers.retry_notice(str(notice_id), store)

    @api.post("/outbox/retry")
    async def retry_all(body: RetryBody | None = None, caller: Caller = OPERATORS) -> Answer:
        """Send again what certainly did not arrive, for one reason or for all."""
        return {"released": await store.retry_certain(body.reason if body else None)}
