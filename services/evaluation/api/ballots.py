"""HTTP of ballots. Putting one is idempotent by itself: it takes no ``Idempotency-Key``."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query, Response

from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow, public
from services.evaluation.api.bodies import BallotBody, ReasonBody
from services.evaluation.commands import DestroyBallots
from services.evaluation.handlers import ballots, queue, results
from services.evaluation.handlers.queue import Mine
from services.evaluation.store.store import Store

MOST = 500
READERS = ("citizen_panellist", "expert")
_CAST = b'{"state":"cast"}'
_ABSTAINED = b'{"state":"abstained"}'


def routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _reading(api, store)
    _casting(api, store, clock)

    @api.post("/rounds/{round_id}/ballots/destruction")
    async def destroy(round_id: UUID, caller: Caller = allow("operator"), *, command_id: CommandId) -> dict[str, Any]:
        """Destroy the sealed ballots once appeals have lapsed."""
        command = DestroyBallots(command_id=command_id, round_id=round_id, by=caller.person_id)
        return await results.destroy_ballots(command, store, clock)


def _reading(api: FastAPI, store: Store) -> None:
    @api.get("/rounds/{round_id}/ballots/mine")
    async def mine(
        round_id: UUID,
        state: Mine | None = None,
        after: Annotated[UUID | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
        caller: Caller = allow(*READERS),
    ) -> dict[str, Any]:
        """The caller's queue, by application id; counts are of all of it, whatever ``state`` leaves."""
        return await queue.mine(round_id, caller.person_id, state, after, limit, store)

    @api.get("/rounds/{round_id}/ballots/mine/scores")
    async def my_scores(
        round_id: UUID,
        after: Annotated[UUID | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        caller: Caller = allow(*READERS),
    ) -> dict[str, Any]:
        """The caller's own scores in one table, to compare them."""
        return await queue.scores(round_id, caller.person_id, after, limit, store)

    @api.get("/rounds/{round_id}/ballots/{application_id}/place")
    async def place(round_id: UUID, application_id: UUID, caller: Caller = allow(*READERS)) -> dict[str, Any]:
        """Where the caller's ballot is in their queue, and its neighbours."""
        return await queue.place(round_id, caller.person_id, application_id, store)

    @api.get("/rounds/{round_id}/ballots/published")
    @public
    async def published(round_id: UUID, format: Annotated[str, Query(pattern="^(json|csv)$")] = "json") -> Response:  # noqa: A002
        """The ballots under random labels, with the ranking that follows from them; public after the announcement."""
        table = format == "csv"
        content = await results.published(round_id, store, table)
        return Response(content, media_type="text/csv; charset=utf-8" if table else "application/json")

    @api.get("/rounds/{round_id}/ballots/{application_id}")
    async def one(round_id: UUID, application_id: UUID, caller: Caller = allow(*READERS)) -> dict[str, Any]:
        return await ballots.ballot((round_id, caller.person_id, application_id), store)


def _casting(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.put("/rounds/{round_id}/ballots/{application_id}")
    async def cast(
        round_id: UUID, application_id: UUID, body: BallotBody, caller: Caller = allow(*READERS)
    ) -> Response:
        place = (round_id, caller.person_id, application_id)
        await ballots.cast(place, body.scores, body.comment, store, clock)
        return Response(_CAST, media_type="application/json")

    @api.post("/rounds/{round_id}/ballots/{application_id}/abstention")
    async def abstain(
        round_id: UUID, application_id: UUID, body: ReasonBody, caller: Caller = allow(*READERS)
    ) -> Response:
        await ballots.abstain((round_id, caller.person_id, application_id), body.reason, store, clock)
        return Response(_ABSTAINED, media_type="application/json")
