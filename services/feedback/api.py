"""HTTP of feedback: parse, ask a handler, answer."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Query, Request
from pydantic import BeforeValidator, StringConstraints

from contracts.decision import NotFound
from contracts.feedback import Grade, Satisfaction, Step
from contracts.model import Id, Instant, Model
from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Allow, Caller, CommandId, Verifier, allow, public
from services.feedback import handlers
from services.feedback.commands import AnswerOpinion, Language, MarkRead, Words
from services.feedback.domain.opinions import Opinion
from services.feedback.handlers import Giver
from services.feedback.store import Filters, Store

Answer = dict[str, Any]
OFFICER = allow("programme_officer")
LinkToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{16,200}$")]
Place = Annotated[str | None, Query(max_length=80, description="the `next` of the page before")]
AskedSatisfaction = Annotated[Satisfaction, BeforeValidator(int)]
"""As an address has it, where everything is text."""
Limit = Annotated[int, Query(ge=1, le=200)]


class OpinionBody(Model):
    """``token``: what a link in a mail carries, so that whoever opens it is counted once without signing in."""

    step: Step
    initiative_id: Id | None = None
    call_id: Id | None = None
    satisfaction: Satisfaction
    clarity: Grade | None = None
    help: Grade | None = None
    words: Words | None = None
    language: Language = "fr"
    token: LinkToken | None = None


class AnswerBody(Model):
    words: Words


def make_api(store: Store, clock: Clock, verifier: Verifier, retention: timedelta) -> FastAPI:
    """The HTTP API of feedback; words are kept for ``retention``."""
    api = http.make_api("feedback", "Tremplin: feedback", verifier)
    _giving(api, store, clock, retention)
    _reading(api, store)
    _answering(api, store, clock)
    return api


async def _whoever(request: Request) -> Caller | None:
    """The caller when there is a token, which must be a good one; nobody when there is none."""
    return await Allow()(request) if "authorization" in request.headers else None


def _giving(api: FastAPI, store: Store, clock: Clock, retention: timedelta) -> None:
    @api.post("/opinions", status_code=201)
    @public
    async def give(
        body: OpinionBody,
        caller: Annotated[Caller | None, Depends(_whoever)],
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    ) -> Answer:
        """Say how a step went: once for each step and subject when signed in or by a link's token, else anonymously."""
        giver = Giver(person_id=caller.person_id if caller else None, token=body.token, key=idempotency_key)
        return await handlers.give_opinion(body, giver, retention, store, clock)


def _reading(api: FastAPI, store: Store) -> None:
    @api.get("/opinions")
    async def listed(
        step: Step | None = None,
        call_id: UUID | None = None,
        initiative_id: UUID | None = None,
        satisfaction: AskedSatisfaction | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        unread: bool = False,
        after: Place = None,
        limit: Limit = 50,
        caller: Caller = OFFICER,
    ) -> Answer:
        """Opinions, the newest first; ask again ``after`` what ``next`` says, until it is null."""
        filters = Filters(step, call_id, initiative_id, satisfaction, since, until, unread)
        found, total = await store.page(filters, after, limit)
        following = found[-1].place if len(found) == limit else None
        return {"items": [_shown(opinion) for opinion in found], "next": following, "total": total}

    @api.get("/opinions/mine")
    async def mine(caller: Caller = allow()) -> Answer:
        """What the caller said while signed in, and what was answered."""
        return {"items": [_shown(opinion) for opinion in await store.of_person(caller.person_id)]}

    @api.get("/opinions/{opinion_id}")
    async def shown(opinion_id: UUID, caller: Caller = OFFICER) -> Answer:
        opinion = await store.opinion(opinion_id)
        if opinion is None:
            raise NotFound
        return _shown(opinion)


def _shown(opinion: Opinion) -> Answer:
    """All but who gave it and who read it."""
    return opinion.model_dump(mode="json", exclude={"person_id", "place", "read_by", "answered_by"})


def _answering(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/opinions/{opinion_id}/read")
    async def read(opinion_id: UUID, caller: Caller = OFFICER, *, command_id: CommandId) -> Answer:
        """Mark an opinion as read; who read it first is kept."""
        command = MarkRead(command_id=command_id, opinion_id=opinion_id, by=caller.person_id)
        return await handlers.mark_read(command, store, clock)

    @api.post("/opinions/{opinion_id}/answer")
    async def answer(opinion_id: UUID, body: AnswerBody, caller: Caller = OFFICER, *, command_id: CommandId) -> Answer:
        """Answer an opinion, once. Who gave it while signed in can read the answer."""
        command = AnswerOpinion(command_id=command_id, opinion_id=opinion_id, by=caller.person_id, words=body.words)
        return await handlers.answer_opinion(command, store, clock)
