"""applications with its neighbours: the workflow's commands, evaluation's events, and an erasure."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.applications import LapseSelection
from contracts.calls import CloseCall, OpenCall, RemindDrafts
from contracts.evaluation import (
    ApplicationsAssigned,
    ApplicationsUnassigned,
    PlaceOffered,
    PoolFrozen,
    ResultsAnnounced,
)
from contracts.people import PersonErased
from services.chassis.clock import SharedClock
from tests.applications import ASSOCIATION
from tests.platform import Elsewhere, elsewhere, eventually
from tests.season import Season, Token, open_season

CLOSES_AT = datetime.fromisoformat("2021-12-20T18:00:00+01:00")
ANNOUNCED_AT = datetime.fromisoformat("2022-02-20T10:00:00+01:00")


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


@pytest.fixture
async def others(service_environment: Mapping[str, str]) -> AsyncIterator[Elsewhere]:
    async with elsewhere(service_environment["KAFKA_BOOTSTRAP_SERVERS"]) as found:
        yield found


async def announce(season: Season, others: Elsewhere, *applications: str) -> ResultsAnnounced:
    """Instruct, freeze, and announce: the first is selected, the second in reserve, the others not."""
    await season.officer.post(f"/calls/{season.call_id}/instruction")
    call_id = UUID(season.call_id)
    frozen = PoolFrozen(round_id=call_id, call_id=call_id, applications=len(applications), digest="0" * 64)
    await others.happened(frozen, call_id, season.clock.now())
    for application in applications:
        await season.status(application, "under_evaluation", "withdrawn")
    season.clock.move(ANNOUNCED_AT)
    first, second, *rest = (UUID(each) for each in applications)
    results = ResultsAnnounced(
        round_id=call_id, call_id=call_id, announced_at=ANNOUNCED_AT,
        selected=(first,), reserve=(second,), not_selected=tuple(rest),
    )  # fmt: skip
    await others.happened(results, call_id, ANNOUNCED_AT)
    return results


async def test_the_workflow_opens_reminds_and_closes_and_is_always_answered(season: Season, others: Elsewhere) -> None:
    call_id = UUID(season.call_id)
    owner = season.someone()
    draft = await season.draft(owner)
    await season.submitted(season.someone())
    opening = OpenCall(command_id=uuid4(), requester="call", call_id=call_id)
    for _ in range(2):
        await others.ask(opening, call_id, season.clock.now())
    await others.ask(RemindDrafts(command_id=uuid4(), requester="call", call_id=call_id, days=3), call_id, CLOSES_AT)
    early = CloseCall(command_id=uuid4(), requester="call", call_id=call_id)
    await others.ask(early, call_id, CLOSES_AT)
    unknown = CloseCall(command_id=uuid4(), requester="call", call_id=uuid4())
    await others.ask(unknown, unknown.call_id, CLOSES_AT)
    refused = {each["command_id"]: each["code"] for each in await season.told("ApplicationsCommandRefused", 2)}
    assert refused == {str(early.command_id): "deadline_not_reached", str(unknown.command_id): "not_found"}
    assert (await season.told("CallClosingSoon"))[0]["drafts"] == [draft]
    assert (await season.told("CallClosingSoon"))[0]["owners"] == [str(owner.id)]
    season.clock.move(CLOSES_AT + timedelta(seconds=1))
    await others.ask(CloseCall(command_id=uuid4(), requester="call", call_id=call_id), call_id, CLOSES_AT)
    assert [each["submitted"] for each in await season.told("CallClosed")] == [1]
    assert len(await season.told("CallOpened")) == 1


async def test_a_panellist_reads_what_is_assigned_while_it_is(season: Season, others: Elsewhere) -> None:
    owner, panellist = season.someone(), season.someone("citizen_panellist")
    application = await season.submitted(owner, kind="association", applicant=ASSOCIATION, contact_email="a@canary.fr")
    path, call_id, now = f"/applications/{application}", UUID(season.call_id), season.clock.now()
    await panellist.refused("not_found", "GET", path)
    told = {"round_id": call_id, "member_id": panellist.id, "application_ids": (UUID(application), uuid4())}
    await others.happened(ApplicationsAssigned.model_validate(told), call_id, now)

    async def status() -> int:
        return (await panellist.ask("GET", path)).status_code

    await eventually(status, lambda code: code == 200)
    shown = await panellist.get(path)
    assert shown["answers"]["title"] == "Canary-Title"
    assert "contact_email" not in shown["answers"]
    assert {"applicant", "owner_id", "decisions"}.isdisjoint(shown)
    joined = await panellist.get("/applications", params={"ids": [application, str(uuid4())]})
    assert [each["application_id"] for each in joined["applications"]] == [application]
    await others.happened(ApplicationsUnassigned.model_validate(told), call_id, now)
    await eventually(status, lambda code: code == 404)


async def test_results_are_told_once_accepted_and_lapsed(season: Season, others: Elsewhere) -> None:
    owners = [season.someone() for _ in range(4)]
    applications = [await season.submitted(each, kind="association", applicant=ASSOCIATION) for each in owners]
    first, second, third, gone = applications
    await owners[3].post(f"/applications/{gone}/withdrawal")
    results = await announce(season, others, first, second, third)
    selected = (await season.told("ApplicationSelected"))[0]
    assert selected["initiative_id"] == selected["application_id"] == first
    assert datetime.fromisoformat(selected["accept_by"]) == datetime.fromisoformat("2022-03-02T23:59:59+01:00")
    assert (await season.told("ApplicationReserved"))[0]["rank"] == 1
    assert (await season.told("ApplicationNotSelected"))[0]["application_id"] == third
    await others.happened(results, season.call_id, ANNOUNCED_AT)
    early = LapseSelection(command_id=uuid4(), requester="call", application_id=UUID(first))
    await others.ask(early, first, ANNOUNCED_AT)
    assert (await season.told("ApplicationsCommandRefused"))[0]["code"] == "acceptance_still_open"
    season.clock.move(datetime.fromisoformat("2022-03-03T00:00:00+01:00"))
    await owners[0].refused("acceptance_overdue", "POST", f"/applications/{first}/acceptance")
    late = LapseSelection(command_id=uuid4(), requester="call", application_id=UUID(first))
    await others.ask(late, first, season.clock.now())
    assert (await season.told("SelectionDeclined"))[0]["lapsed"] is True
    offer = PlaceOffered(round_id=results.round_id, call_id=results.call_id, application_id=UUID(second), rank=1)
    await others.happened(offer, season.call_id, season.clock.now())
    assert (await season.told("ApplicationSelected", 2))[1]["from_reserve"] is True
    await owners[1].post(f"/applications/{second}/acceptance", key="yes")
    await owners[1].post(f"/applications/{second}/acceptance", key="yes")
    published = await season.told("InitiativePublished")
    assert [each["title"] for each in published] == ["Canary-Title"]
    assert published[0]["organisation_name"] == ASSOCIATION["name"]
    assert len(await season.told("SelectionAccepted")) == 1
    assert len(await season.told("ApplicationSelected", 2)) == 2
    await season.officer.refused("pool_frozen", "POST", f"/calls/{season.call_id}/instruction")


async def test_whoever_withdrew_and_is_selected_frees_the_place(season: Season, others: Elsewhere) -> None:
    owners = [season.someone() for _ in range(2)]
    applications = [await season.submitted(each) for each in owners]
    await season.officer.post(f"/calls/{season.call_id}/instruction")
    await owners[0].post(f"/applications/{applications[0]}/withdrawal")
    await announce(season, others, *applications)
    declined = await season.told("SelectionDeclined")
    assert (declined[0]["application_id"], declined[0]["lapsed"]) == (applications[0], False)
    assert (await season.status(applications[0], "withdrawn"))["place"] is None


async def test_an_erased_person_s_content_is_gone_and_the_application_stays_countable(
    season: Season, others: Elsewhere
) -> None:
    owner = season.someone()
    application = await season.submitted(owner)
    await others.happened(PersonErased(person_id=owner.id), owner.id, season.clock.now())

    async def seen() -> bool:
        return (await season.officer.get(f"/applications/{application}"))["answers"] == {}

    await eventually(seen)
    shown = await season.officer.get(f"/applications/{application}")
    assert (shown["status"], shown["number"]) == ("submitted", "AIC-2021-000001")
    assert shown["applicant"] == {}
