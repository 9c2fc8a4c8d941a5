"""The observatory's readings on real servers: dated, cached, paged, and readers who see their own only."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.feedback import OpinionGiven
from contracts.model import Event
from contracts.people import PersonErased, RoleGranted, RoleRevoked
from services.chassis.clock import SharedClock
from services.observatory.main import build
from tests.conftest import SEASON_START
from tests.mailing import Headers
from tests.platform import Elsewhere, eventually, serving
from tests.seasons import CALL, LAUREATE, REFUSED, season

DAY = timedelta(days=1)
DATED = (
    f"/calls/{CALL}/figures",
    "/figures/departements",
    "/figures/regions",
    "/figures/themes",
    "/figures/kinds",
    "/figures/map",
    "/quality",
)


@dataclass
class Scene:
    """The observatory, everybody else, and what happened so far: an event a day."""

    client: httpx.AsyncClient
    others: Elsewhere
    clock: SharedClock
    as_: Headers
    told: int = 0

    async def tell(self, *happened: tuple[Event, UUID]) -> None:
        """Tell what happened, each a day after the one before, and wait until it is noted."""
        for event, subject in happened:
            await self.others.happened(event, subject, SEASON_START + self.told * DAY)
            self.told += 1
        self.clock.move(SEASON_START + self.told * DAY, rate=1)
        await self.heard()

    async def heard(self) -> None:
        """Wait until every event told was consumed."""
        operator = self.as_(uuid4(), "operator")

        async def passed() -> int:
            found = (await self.client.get("/internal/progress", headers=operator)).json()
            return sum(position for shards in found["cursors"].values() for position in shards.values())

        await eventually(passed, lambda count: count == self.told)

    async def get(self, path: str, headers: dict[str, str] | None = None, **asked: Any) -> Any:
        answer = await self.client.get(path, params=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def scene(
    service_environment: Mapping[str, str], others: Elsewhere, season_clock: SharedClock, as_: Headers
) -> AsyncIterator[Scene]:
    async with serving(await build()) as client:
        yield Scene(client, others, season_clock, as_)


def opinion(satisfaction: Any, at: datetime) -> tuple[Event, UUID]:
    key = uuid4()
    return OpinionGiven(
        opinion_id=key, step="cycle", call_id=CALL, satisfaction=satisfaction, source="person", given_at=at
    ), key


async def test_dated_figures_are_the_same_later_and_after_a_replay(scene: Scene) -> None:
    happened = [*season(), opinion(10, SEASON_START)]
    half = happened[:10]
    await scene.tell(*half)
    then = (SEASON_START + 9 * DAY).isoformat()
    before = {path: await scene.get(path, as_of=then) for path in DATED}
    assert before["/figures/kinds"]["kinds"] == [
        {"applicant_kind": "association", "submitted": 1, "eligible": 0, "laureates": 0, "committed_cents": 0, "paid_cents": 0},
        {"applicant_kind": "person", "submitted": 1, "eligible": 1, "laureates": 1, "committed_cents": 0, "paid_cents": 0},
    ]  # fmt: skip
    await scene.tell(*happened[10:])
    newest = {path: await scene.get(path) for path in DATED}
    assert newest["/figures/kinds"]["kinds"][1]["paid_cents"] == 8_000_000
    assert newest["/figures/regions"]["regions"][0]["region"] == "94"
    assert newest["/figures/map"]["departements"]["2A"]["laureates"] == 1
    assert {path: await scene.get(path, as_of=then) for path in DATED} == before
    earlier = (SEASON_START + 2.5 * DAY).isoformat()
    assert (await scene.get(f"/calls/{CALL}/figures", as_of=earlier))["figures"]["territories"][0]["submitted"] == 1

    operator = scene.as_(uuid4(), "operator")
    digest = await scene.get("/internal/digest", operator)
    await scene.client.post("/internal/reset", headers=operator)
    assert (await scene.client.get(f"/calls/{CALL}/figures")).status_code == 404
    for source in ("applications", "evaluation", "coaching", "funding", "feedback"):
        body = {"source": source, "after": {}}
        assert (await scene.client.post("/internal/replay", json=body, headers=operator)).status_code == 200
    again = Elsewhere(scene.others._publisher)
    for index, (event, subject) in enumerate(happened):
        await again.happened(event, subject, SEASON_START + index * DAY)
    await scene.heard()
    assert (await scene.get("/internal/digest", operator))["digest"] == digest["digest"]
    assert {path: await scene.get(path, as_of=then) for path in DATED} == before
    assert {path: await scene.get(path) for path in DATED} == newest


async def test_quality_says_what_people_say_and_how_long_they_wait(scene: Scene) -> None:
    await scene.tell(*season(), opinion(10, SEASON_START), opinion(5, SEASON_START + 40 * DAY))
    found = await scene.get("/quality")
    assert found["opinions"]["satisfaction"] == {"out_of_10": 7.5, "count": 2}
    assert [row["month"] for row in found["opinions"]["by_month"]] == ["2021-12", "2022-01"]
    assert found["delays"]["decision_to_agreement"] == {"median_days": 7.0, "p90_days": 7.0, "count": 1}
    assert found["check_ins"] == {"overdue": 0, "initiatives": 0, "missed": 0}
    assert (await scene.get("/quality", call_id=str(uuid4())))["opinions"]["satisfaction"]["count"] == 0


async def test_the_barometer_is_of_today_or_of_a_quarters_end(scene: Scene) -> None:
    await scene.tell(*season())
    scene.clock.move(SEASON_START + 120 * DAY, rate=1)
    today = await scene.get("/barometer")
    assert (today["quarter"], today["complete"], today["quarters"]) == ("2022-Q1", False, ["2021-Q4", "2022-Q1"])
    assert [row["territory"]["zone_id"] for row in today["indicators"]] == ["FRANCE", "R94", "D2A"]
    row = today["indicators"][2]
    assert (row["initial"]["value"], row["current"]["value"], row["target"]["value"]) == (0, 2, 8)
    assert (row["progress_percent"], row["weather"], row["trend"]) == (25.0, "NUAGE", "steady")
    assert row["up_to_date"] is False
    then = await scene.get("/barometer", quarter="2021-Q4", territory="D2A")
    assert (then["complete"], len(then["indicators"]), then["indicators"][0]["up_to_date"]) == (True, 1, True)
    assert (await scene.get("/barometer", territory="D13"))["indicators"] == []
    ahead = await scene.client.get("/barometer?quarter=2022-Q2")
    assert (ahead.status_code, ahead.json()["code"]) == (422, "quarter_to_come")
    for wrong in ("quarter=2022-Q9", "territory=canary"):
        refused = await scene.client.get(f"/barometer?{wrong}")
        assert (refused.status_code, "canary" in refused.text) == (422, False)


async def test_laureates_and_the_record_are_searched_filtered_and_paged(scene: Scene) -> None:
    await scene.tell(*season())
    found = await scene.get("/laureates", q="TITRÉ", departement="2A", theme="health", call_id=str(CALL), sort="title")
    assert [row["initiative_id"] for row in found["items"]] == [str(LAUREATE)]
    assert found["totals"] == {"laureates": 1, "committed_cents": 14_000_000, "paid_cents": 8_000_000}
    assert found["facets"]["departement"] == {"2A": 1}
    for asked in ({"q": "canary"}, {"departement": "75"}, {"applicant_kind": "company"}, {"call_id": str(uuid4())}):
        assert (await scene.get("/laureates", **asked))["items"] == []
    wrong = await scene.client.get("/laureates?after=canary")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "page_unknown")

    seen: list[int] = []
    after: dict[str, str] = {}
    while True:
        page = await scene.get("/programme/record", sort="amount_eur", order="desc", limit=20, **after)
        assert page["total"]["projects"] == page["matching"]["projects"] == 53
        seen += [project["amount_eur"] for project in page["projects"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert (len(seen), seen) == (53, sorted(seen, reverse=True))
    users = await scene.get("/programme/record", priority="usagers")
    assert {project["priority"] for project in users["projects"]} == {"usagers"}
    assert users["matching"]["projects"] < users["total"]["projects"]
    assert (await scene.get("/programme/record", q="STRASBOURG hôpital introuvable"))["projects"] == []


async def test_public_answers_are_tagged_and_change_their_tag_with_their_content(scene: Scene) -> None:
    happened = season()
    await scene.tell(*happened[:10])
    paths = [
        *DATED,
        "/laureates",
        "/programme/record",
        "/barometer",
        "/indicators",
        "/open-data",
        "/open-data/laureates.csv",
    ]
    tags = {}
    for path in paths:
        first = await scene.client.get(path)
        assert "public" in first.headers["cache-control"], path
        tags[path] = first.headers["etag"]
        again = await scene.client.get(path, headers={"If-None-Match": tags[path]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tags[path])
    await scene.tell(*happened[10:])
    for path in DATED:
        again = await scene.client.get(path, headers={"If-None-Match": tags[path]})
        assert (again.status_code, again.headers["etag"] == tags[path]) == (200, False), path
    missing = await scene.client.get(f"/calls/{uuid4()}/figures")
    assert (missing.status_code, "etag" in missing.headers) == (404, False)


async def test_a_reader_sees_their_own_territory_or_sector_only(scene: Scene) -> None:
    await scene.tell(*season())
    prefect, ministry = uuid4(), uuid4()
    by = {"granted_by": uuid4(), "granted_at": SEASON_START}
    await scene.tell(
        (RoleGranted(person_id=prefect, role="territory_reader", territory="2A", **by), prefect),
        (RoleGranted(person_id=ministry, role="sector_reader", sector="health", **by), ministry),
        (RoleGranted(person_id=ministry, role="expert", **by), ministry),
    )
    reading = {
        "/territories/2A/initiatives": scene.as_(prefect, "territory_reader"),
        "/sectors/health/initiatives": scene.as_(ministry, "sector_reader"),
    }
    for path, headers in reading.items():
        answer = await scene.client.get(path, headers=headers)
        assert answer.headers["cache-control"] == "private, no-store"
        found = answer.json()
        assert [row["initiative_id"] for row in found["items"]] == [str(LAUREATE), str(REFUSED)]
        assert [row["application_state"] for row in found["items"]] == ["selected", "ineligible"]
        assert "canary" not in answer.text
        assert (await scene.get(path, headers, applicant_kind="association"))["total"] == 1
        assert found["totals"]["initiatives"] == sum(found["facets"]["state"].values()) == 2
        assert found["totals"]["requested_cents"] == sum(row["requested_cents"] for row in found["items"])
        refused_only = await scene.get(path, headers, state="ineligible")
        assert [row["initiative_id"] for row in refused_only["items"]] == [str(REFUSED)]
        assert (refused_only["totals"]["laureates"], refused_only["totals"]["committed_cents"]) == (0, 0)
    strangers = [
        ("/territories/75/initiatives", scene.as_(prefect, "territory_reader")),
        ("/territories/2A/initiatives", scene.as_(uuid4(), "territory_reader")),
        ("/sectors/culture/initiatives", scene.as_(ministry, "sector_reader")),
    ]
    for path, headers in strangers:
        refused = await scene.client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    revoked = RoleRevoked(person_id=prefect, role="territory_reader", revoked_by=uuid4(), revoked_at=SEASON_START)
    await scene.tell((revoked, prefect), (PersonErased(person_id=ministry), ministry))
    for path, headers in reading.items():
        assert (await scene.client.get(path, headers=headers)).json()["code"] == "not_yours"
