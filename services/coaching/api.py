"""Coaching over HTTP: the cycle's record for its owner, its mentor and the officers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Path, Query

from contracts.coaching import Weather
from contracts.decision import NotFound
from contracts.model import Code
from contracts.programme import ReviewKind
from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, Verifier, allow
from services.coaching import commands, handlers
from services.coaching.domain import check_ins
from services.coaching.domain.cycles import may_read
from services.coaching.domain.state import CheckIn, Cycle, Status
from services.coaching.settings import Settings
from services.coaching.store import Store

Answer = dict[str, Any]
Limit = Annotated[int, Query(ge=1, le=200)]
Week = Annotated[int, Path(ge=1, le=200, description="the week of the cycle, from 1")]
READERS = ("programme_officer", "deciding_authority")
_SHORT = {
    "initiative_id", "call_id", "owner_id", "mentor_id", "theme", "departement", "status", "weather", "starts_at",
    "ends_at",
}  # fmt: skip


def make_api(store: Store, clock: Clock, verifier: Verifier, settings: Settings) -> FastAPI:
    api = http.make_api("coaching", "Tremplin coaching", verifier)
    _reading(api, store, clock, settings)
    _following(api, store, clock, settings)
    _levers(api, store, clock, settings)
    _deciding(api, store, clock)
    return api


def _who(caller: Caller, command_id: UUID, initiative_id: UUID) -> dict[str, Any]:
    officer = caller.has("programme_officer")
    return {
        "command_id": command_id,
        "initiative_id": initiative_id,
        "by": caller.person_id,
        "officer": officer,
    }


def _reading(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    @api.get("/cycles")
    async def listed(
        caller: Caller = allow(),
        status: Status | None = None,
        weather: Weather | None = None,
        overdue: bool = False,
        after: UUID | None = None,
        limit: Limit = 50,
    ) -> Answer:
        """An officer sees every cycle; anybody else those that they own or mentor."""
        now = clock.now()
        found = await store.page(
            followed_by=None if caller.has(*READERS) else caller.person_id,
            status=status,
            weather=weather,
            overdue_at=now if overdue else None,
            after=after,
            limit=limit,
        )
        following = str(found[-1].initiative_id) if len(found) == limit else None
        return {"items": [_summary(cycle, now) for cycle in found], "next": following}

    @api.get("/cycles/{initiative_id}")
    async def shown(initiative_id: UUID, caller: Caller = allow()) -> Answer:
        cycle = await store.find(initiative_id)
        if cycle is None or not may_read(cycle, caller.person_id, caller.has(*READERS)):
            raise NotFound
        return _full(cycle, clock.now())

    @api.get("/overdue-check-ins")
    async def overdue_check_ins(caller: Caller = allow("programme_officer")) -> list[Answer]:
        """Who is overdue: every check-in that is missing past its due date, the oldest first."""
        now = clock.now()
        found = [_late(cycle, item) for cycle in await store.overdue(now) for item in check_ins.overdue(cycle, now)]
        return sorted(found, key=lambda row: (row["due_at"], row["initiative_id"]))

    @api.get("/levers")
    async def offered(caller: Caller = allow()) -> list[str]:
        return list(settings.levers)


def _following(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    @api.post("/cycles/{initiative_id}/mentor")
    async def mentor(
        initiative_id: UUID,
        body: commands.Mentor,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.AssignMentor(**_who(caller, command_id, initiative_id), mentor=body)
        return await handlers.assign_mentor(command, store)

    @api.post("/cycles/{initiative_id}/diagnosis")
    async def diagnosis(
        initiative_id: UUID, body: commands.Diagnosis, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.RecordDiagnosis(**_who(caller, command_id, initiative_id), diagnosis=body)
        return await handlers.record_diagnosis(command, store)

    @api.post("/cycles/{initiative_id}/roadmap")
    async def roadmap(
        initiative_id: UUID, body: commands.Roadmap, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.SetRoadmap(**_who(caller, command_id, initiative_id), roadmap=body)
        return await handlers.set_roadmap(command, store, clock, settings.levers)

    @api.post("/cycles/{initiative_id}/indicators/{code}/values", status_code=201)
    async def indicator(
        initiative_id: UUID,
        code: Code,
        body: commands.IndicatorReading,
        caller: Caller = allow(),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.RecordIndicator(**_who(caller, command_id, initiative_id), code=code, reading=body)
        return await handlers.record_indicator(command, store, clock)

    @api.put("/cycles/{initiative_id}/check-ins/{week}")
    async def check_in(
        initiative_id: UUID,
        week: Week,
        body: commands.CheckInReport,
        caller: Caller = allow(),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.RecordCheckIn(**_who(caller, command_id, initiative_id), week=week, report=body)
        return await handlers.record_check_in(command, store, clock)


def _levers(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    @api.post("/cycles/{initiative_id}/lever-requests", status_code=201)
    async def lever_request(
        initiative_id: UUID, body: commands.LeverAsk, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.RequestLever(**_who(caller, command_id, initiative_id), ask=body)
        return await handlers.request_lever(command, store, clock, settings.levers)

    @api.post("/cycles/{initiative_id}/lever-requests/{request_id}/answer")
    async def lever_answer(
        initiative_id: UUID,
        request_id: UUID,
        body: commands.LeverReply,
        caller: Caller = allow("mentor", "programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        who = _who(caller, command_id, initiative_id)
        command = commands.AnswerLever(**who, request_id=request_id, reply=body)
        return await handlers.answer_lever(command, store, clock)


def _deciding(api: FastAPI, store: Store, clock: Clock) -> None:
    officer = allow("programme_officer")

    @api.post("/cycles/{initiative_id}/reviews/{review}/decision")
    async def decision(
        initiative_id: UUID,
        review: ReviewKind,
        body: commands.ReviewResult,
        caller: Caller = allow("programme_officer", "deciding_authority"),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.DecideReview(**_who(caller, command_id, initiative_id), review=review, result=body)
        return await handlers.decide_review(command, store, clock)

    @api.post("/cycles/{initiative_id}/pause")
    async def pause(initiative_id: UUID, caller: Caller = officer, *, command_id: CommandId) -> Answer:
        command = commands.PauseCycle(**_who(caller, command_id, initiative_id))
        return await handlers.pause_cycle(command, store, clock)

    @api.post("/cycles/{initiative_id}/resume")
    async def resume(initiative_id: UUID, caller: Caller = officer, *, command_id: CommandId) -> Answer:
        command = commands.ResumeCycle(**_who(caller, command_id, initiative_id))
        return await handlers.resume_cycle(command, store, clock)

    @api.post("/cycles/{initiative_id}/extend")
    async def extend(
        initiative_id: UUID, body: commands.Extension, caller: Caller = officer, *, command_id: CommandId
    ) -> Answer:
        command = commands.ExtendCycle(**_who(caller, command_id, initiative_id), extension=body)
        return await handlers.extend_cycle(command, store)

    @api.post("/cycles/{initiative_id}/stop")
    async def stop(
        initiative_id: UUID, body: commands.Stop, caller: Caller = officer, *, command_id: CommandId
    ) -> Answer:
        command = commands.StopCycle(**_who(caller, command_id, initiative_id), stop=body)
        return await handlers.stop_cycle(command, store, clock)


def _summary(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """A line of a list: no text."""
    recorded = sum(item.recorded_at is not None for item in cycle.check_ins)
    return {
        **cycle.model_dump(mode="json", include=_SHORT),
        "check_ins": {"opened": len(cycle.check_ins), "recorded": recorded},
        "overdue": cycle.overdue(now),
    }


def _full(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """The whole record with what people wrote, each text beside what it is about."""
    texts = cycle.texts
    shown = cycle.model_dump(mode="json", exclude={"private", "waiting_since"})
    for item in shown["check_ins"]:
        item["text"] = texts.check_ins.get(item["week"])
    for request, item in zip(cycle.lever_requests, shown["lever_requests"], strict=True):
        item["text"] = texts.lever_requests.get(request.request_id)
        item["answer"] = texts.lever_answers.get(request.request_id)
    for review, item in zip(cycle.reviews, shown["reviews"], strict=True):
        item["reason"] = texts.reviews.get(review.review)
    return shown | {
        "diagnosis": texts.diagnosis or None,
        "objectives": list(texts.objectives),
        "stop_text": texts.stop or None,
        "overdue": cycle.overdue(now),
    }


def _late(cycle: Cycle, check_in: CheckIn) -> dict[str, Any]:
    """A missing check-in, and how far telling of it has gone."""
    shown = check_in.model_dump(mode="json", include={"week", "due_at", "reminded", "missed"})
    return {"initiative_id": str(cycle.initiative_id), "owner_id": str(cycle.owner_id), **shown}
