"""feedback on real servers: opinions in, numbers out, words that only officers read and that are forgotten in time."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.people import PersonErased
from services.chassis.clock import SharedClock
from services.chassis.runtime import Service, make_database
from services.feedback import handlers, main
from services.feedback.store import Store
from tests.conftest import SEASON_START
from tests.mailing import Headers
from tests.platform import Elsewhere, archived, eventually, serving

TOKEN = "a-link-of-a-mail_0123456789"
SITE = {"step": "site", "satisfaction": 10}


@pytest.fixture
async def feedback(service_environment: Mapping[str, str]) -> Service:
    return await main.build()


@pytest.fixture
async def api(feedback: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(feedback) as client:
        yield client


@pytest.fixture
def officer(as_: Headers) -> dict[str, str]:
    return as_(uuid4(), "programme_officer")


async def give(api: httpx.AsyncClient, headers: dict[str, str] | None = None, **values: Any) -> httpx.Response:
    return await api.post("/opinions", json={**SITE, **values}, headers=headers)


async def listed(api: httpx.AsyncClient, officer: dict[str, str], **asked: Any) -> dict[str, Any]:
    answer = await api.get("/opinions", params=asked, headers=officer)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_one_opinion_for_each_step_subject_and_person_or_token(
    api: httpx.AsyncClient, as_: Headers, officer: dict[str, str]
) -> None:
    person, initiative = uuid4(), str(uuid4())
    for known in ({"headers": as_(person)}, {"token": TOKEN}):
        first = await give(api, **known, step="cycle", initiative_id=initiative)
        assert first.status_code == 201, first.text
        again = await give(api, **known, step="cycle", initiative_id=initiative)
        assert (again.status_code, again.json()) == (201, first.json())
        other = await give(api, **known, step="cycle", initiative_id=initiative, satisfaction=0)
        assert (other.status_code, other.json()["code"]) == (409, "opinion_given_already")
        assert (await give(api, **known, step="payment", initiative_id=initiative)).status_code == 201
    assert (await listed(api, officer))["total"] == 4
    nobody = [(await give(api)).json()["opinion_id"] for _ in range(2)]
    assert len(set(nobody)) == 2
    twice = [(await give(api, {"Idempotency-Key": "one form"})).json()["opinion_id"] for _ in range(2)]
    assert len(set(twice)) == 1
    assert (await listed(api, officer))["total"] == 7


async def test_a_bad_token_is_not_taken_for_nobody(api: httpx.AsyncClient, officer: dict[str, str]) -> None:
    answer = await give(api, {"Authorization": "Bearer canary"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert (await listed(api, officer))["total"] == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"satisfaction": 7}, "satisfaction"),
        ({"clarity": "canary"}, "clarity"),
        ({"help": 6}, "help"),
        ({"words": "canary" * 400}, "words"),
        ({"words": " "}, "words"),
        ({"step": "canary"}, "step"),
        ({"token": "canary"}, "token"),
        ({"initiative_id": "canary"}, "initiative_id"),
    ],
)
async def test_what_is_wrong_is_told_by_field(api: httpx.AsyncClient, values: dict[str, Any], field: str) -> None:
    answer = await give(api, **values)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [problem["field"] for problem in answer.json()["problems"]] == [field]
    assert "canary" not in answer.text


async def test_officers_filter_and_page_through_opinions(
    api: httpx.AsyncClient, officer: dict[str, str], season_clock: SharedClock, as_: Headers
) -> None:
    call = str(uuid4())
    for index in range(5):
        values = {
            "step": "application" if index % 2 else "site",
            "call_id": call,
            "satisfaction": (0, 5, 10)[index % 3],
        }
        assert (await give(api, **values, words=f"words {index}")).status_code == 201
        season_clock.advance(timedelta(days=1))
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = await listed(api, officer, limit=2, **after)
        assert page["total"] == 5
        seen += [item["words"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [f"words {index}" for index in (4, 3, 2, 1, 0)]
    assert (await listed(api, officer, step="application"))["total"] == 2
    assert (await listed(api, officer, satisfaction=0, call_id=call))["total"] == 2
    later = (SEASON_START + timedelta(days=2)).isoformat()
    assert (await listed(api, officer, since=later))["total"] == 3
    assert (await listed(api, officer, until=later))["total"] == 2
    assert (await listed(api, officer, call_id=str(uuid4())))["items"] == []
    assert (await api.get("/opinions?satisfaction=canary", headers=officer)).status_code == 422
    for path in ("/opinions", f"/opinions/{uuid4()}"):
        assert (await api.get(path, headers=as_(uuid4(), "applicant", "administrator"))).status_code == 403


async def test_an_answer_reaches_who_asked_and_marks_as_read(
    api: httpx.AsyncClient, feedback: Service, as_: Headers, officer: dict[str, str]
) -> None:
    person = uuid4()
    key = (await give(api, as_(person), words="canary: what now?", clarity=2, help=3)).json()["opinion_id"]
    await give(api, token=TOKEN)
    assert (await listed(api, officer, unread=True))["total"] == 2
    answer = await api.post(f"/opinions/{key}/answer", json={"words": "canary: this."}, headers=officer)
    assert answer.status_code == 200, answer.text
    twice = await api.post(f"/opinions/{key}/answer", json={"words": "Or that."}, headers=officer)
    assert (twice.status_code, twice.json()["code"]) == (409, "answered_already")
    (left,) = (await listed(api, officer, unread=True))["items"]
    assert (await api.post(f"/opinions/{left['opinion_id']}/read", headers=officer)).status_code == 200
    assert (await listed(api, officer, unread=True))["items"] == []
    (mine,) = (await api.get("/opinions/mine", headers=as_(person))).json()["items"]
    assert (mine["words"], mine["answer"]) == ("canary: what now?", "canary: this.")
    assert (await api.get("/opinions/mine", headers=as_(uuid4()))).json() == {"items": []}
    shown = (await api.get(f"/opinions/{key}", headers=officer)).json()
    assert str(person) not in str(shown)
    assert (await api.post(f"/opinions/{uuid4()}/read", headers=officer)).status_code == 404

    async def events() -> list[Any]:
        return await archived(feedback)

    told = await eventually(events, lambda found: len(found) == 3)
    assert "canary" not in "".join(item.model_dump_json() for item in told)
    assert sorted(item.type.split(".")[2] for item in told) == ["OpinionAnswered", "OpinionGiven", "OpinionGiven"]


async def test_words_are_sealed_and_go_with_their_time_or_with_the_person(
    feedback: Service, service_environment: Mapping[str, str], as_: Headers, officer: dict[str, str],
    season_clock: SharedClock, others: Elsewhere,
) -> None:  # fmt: skip
    erased, kept = uuid4(), uuid4()
    async with serving(feedback) as api:
        mine = (await give(api, as_(erased), words="canary one")).json()["opinion_id"]
        theirs = (await give(api, as_(kept), words="canary two")).json()["opinion_id"]
        database = make_database(feedback.settings, "feedback", season_clock)
        raw = database.collection("opinions")
        assert "canary" not in str([document async for document in raw.find({})])
        await others.happened(PersonErased(person_id=erased), erased, season_clock.now())

        async def words(key: str) -> str | None:
            return (await api.get(f"/opinions/{key}", headers=officer)).json()["words"]

        async def listed(person_id: UUID) -> Any:
            return (await api.get("/opinions/mine", headers=as_(person_id))).json()

        await eventually(lambda: words(mine), lambda found: found is None)
        await eventually(lambda: listed(erased), lambda found: found == {"items": []})
        assert await words(theirs) == "canary two"
        store = Store(database)
        assert await handlers.forget_expired(store, season_clock) == 0
        season_clock.advance(timedelta(days=366))
        await handlers.forget_expired(store, season_clock)
        shown = (await api.get(f"/opinions/{theirs}", headers=officer)).json()
        assert (shown["words"], shown["satisfaction"]) == (None, 10)
        late = await api.post(f"/opinions/{theirs}/answer", json={"words": "Too late."}, headers=officer)
        assert (late.status_code, late.json()["code"]) == (410, "words_forgotten")
        database.close()
