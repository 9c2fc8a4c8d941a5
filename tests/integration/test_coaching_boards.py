"""The boards of coaching on real servers: cycles by what is due, requests by date, messages that only their people read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts import coaching, people
from tests.coaching import Scene, scene
from tests.conftest import SEASON_START, Token
from tests.platform import archived, eventually


async def cycle(it: Scene, number: int, departement: str, due_days: int | None = None) -> UUID:
    """The ``number``-th open cycle, with a check-in that is due in so many days."""
    it.initiative = uuid4()
    facts = {"call_id": UUID(int=5), "owner_id": it.owner, "theme": "health", "departement": departement}
    await it.ask(coaching.OpenCycle, **facts, starts_at=SEASON_START, ends_at=SEASON_START + timedelta(weeks=13))
    await eventually(it.told, lambda told: told.count("CycleOpened") == number)
    if due_days is not None:
        await it.ask(coaching.OpenCheckIn, week=1, due_at=SEASON_START + timedelta(days=due_days))
        await eventually(lambda: it.by("officer", "GET", ""), lambda answer: len(answer.json()["check_ins"]) == 1)
    return it.initiative


async def board(it: Scene, query: str, *roles: str, person: UUID | None = None) -> Any:
    headers = it.headers(person or it.officer, *(roles or ("programme_officer",)))
    answer = await it.client.get(f"/cycles?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page: Any) -> list[UUID]:
    return [UUID(item["initiative_id"]) for item in page["items"]]


async def test_cycles_by_what_is_due_and_by_every_filter(
    service_environment: Mapping[str, str], token: Token, season_clock: Any
) -> None:
    async with scene(service_environment, token) as it:
        later = await cycle(it, 1, "35", due_days=9)
        soon = await cycle(it, 2, "2A", due_days=2)
        idle = await cycle(it, 3, "35")
        assert ids(await board(it, "sort=due")) == [soon, later, idle]
        seen, after = [], ""
        while after is not None:
            page = await board(it, f"sort=due&limit=1&after={after}")
            seen, after = seen + ids(page), page["next"]
        assert seen == [soon, later, idle]
        assert set(ids(await board(it, "departement=35"))) == {later, idle}
        assert ids(await board(it, "theme=energy")) == []
        assert (await it.by("officer", "POST", "/officer", {"officer_id": str(it.officer)})).status_code == 200
        assert ids(await board(it, f"officer_id={it.officer}")) == ids(await board(it, "mine=true")) == [idle]
        it.initiative = soon
        await it.by("officer", "POST", "/mentor", {"mentor_id": str(it.mentor)})
        assert ids(await board(it, f"mentor_id={it.mentor}")) == [soon]
        assert ids(await board(it, "", "mentor", person=it.mentor)) == [soon]
        season_clock.advance(timedelta(days=3))
        assert ids(await board(it, "overdue=true")) == [soon]
        assert ids(await board(it, "escalated=true")) == []
        await it.ask(coaching.EscalateCheckIn, week=1)
        await eventually(lambda: board(it, "escalated=true"), lambda page: ids(page) == [soon])
        await it.by("owner", "PUT", "/check-ins/1", {"weather": "storm", "text": "canary"})
        assert ids(await board(it, "weather=storm")) == [soon]
        assert ids(await board(it, "escalated=true")) == ids(await board(it, "overdue=true")) == []
        assert ids(await board(it, "sort=due&status=open"))[0] == later
        assert (await it.client.get("/cycles?sort=x", headers=it.headers(it.officer))).status_code == 422


async def test_requests_to_answer_by_date(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        asked = {}
        for number, days in ((1, 20), (2, 10)):
            await cycle(it, number, "35")
            await it.by("officer", "POST", "/mentor", {"mentor_id": str(it.mentor)})
            due = (SEASON_START + timedelta(days=days)).isoformat()
            ask = {"lever": "network", "administration": "prefecture", "due_at": due, "text": "canary"}
            asked[days] = (await it.by("owner", "POST", "/lever-requests", ask)).json()["request_id"]

        async def waiting(person: UUID, role: str, query: str = "mine=true") -> list[str]:
            answer = await it.client.get(f"/lever-requests?{query}", headers=it.headers(person, role))
            assert answer.status_code == 200, answer.text
            return [item["request_id"] for item in answer.json()["items"]]

        assert await waiting(it.mentor, "mentor") == [asked[10], asked[20]]
        assert await waiting(it.mentor, "mentor", "mine=true&limit=1") == [asked[10]]
        assert await waiting(it.officer, "programme_officer", "") == [asked[10], asked[20]]
        assert await waiting(it.officer, "programme_officer") == []
        assert await waiting(uuid4(), "mentor", "") == []
        reply = {"outcome": "granted", "text": "canary"}
        await it.by("mentor", "POST", f"/lever-requests/{asked[10]}/answer", reply)
        assert await waiting(it.mentor, "mentor") == [asked[20]]
        assert await waiting(it.mentor, "mentor", "answered=true") == [asked[10]]


async def test_messages_are_read_by_the_initiatives_people_only(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.by("officer", "POST", "/mentor", {"mentor_id": str(it.mentor)})
        first = await it.by("owner", "POST", "/messages", {"text": "canary-question"}, key="a")
        assert (await it.by("owner", "POST", "/messages", {"text": "canary-question"}, key="a")).json() == first.json()
        second = await it.by("mentor", "POST", "/messages", {"text": "canary-réponse"})
        assert (await it.by("officer", "POST", "/messages", {"text": "canary-suite"})).status_code == 201
        thread = (await it.by("owner", "GET", "/messages")).json()
        assert [(item["side"], item["text"]) for item in thread["items"]] == [
            ("team", "canary-question"),
            ("mentor", "canary-réponse"),
            ("officer", "canary-suite"),
        ]
        assert thread["unread"] == 2
        page = (await it.by("owner", "GET", f"/messages?limit=1&after={first.json()['place']}")).json()
        assert [item["message_id"] for item in page["items"]] == [second.json()["message_id"]]
        assert page["next"] == second.json()["place"]
        for place in (second.json()["place"], first.json()["place"]):
            marked = await it.by("owner", "PUT", "/messages/read", {"place": place})
            assert marked.json() == {"read": {str(it.owner): second.json()["place"]}}
        waiting = await it.client.get("/unread-messages", headers=it.headers(it.owner, "applicant"))
        assert waiting.json() == {"items": [{"initiative_id": str(it.initiative), "unread": 1}]}
        stranger = it.headers(uuid4(), "applicant", "mentor", "expert")
        place = f"/cycles/{it.initiative}/messages"
        assert (await it.client.get(place, headers=stranger)).status_code == 404
        assert (await it.client.post(place, headers=stranger, json={"text": "x"})).status_code == 404
        mark = {"place": first.json()["place"]}
        assert (await it.client.put(f"{place}/read", headers=stranger, json=mark)).status_code == 404
        assert (await it.by("owner", "POST", "/messages", {"text": "  "})).status_code == 422
        told = await eventually(lambda: messages_told(it), lambda found: len(found) == 3)
        assert {(item.author_id, frozenset(item.recipients)) for item in told} == {
            (it.owner, frozenset({it.mentor})),
            (it.mentor, frozenset({it.owner})),
            (it.officer, frozenset({it.owner, it.mentor})),
        }
        kept = await it.service.database.collection("messages").find({}).to_list(None)
        assert "canary" not in str(kept) + "".join(item.data for item in await archived(it.service))


async def messages_told(it: Scene) -> list[coaching.CycleMessageSent]:
    found = [item for item in await archived(it.service) if ".CycleMessageSent." in item.type]
    return [coaching.CycleMessageSent.model_validate_json(item.data) for item in found]


async def test_an_erased_author_or_owner_leaves_no_message(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.by("officer", "POST", "/mentor", {"mentor_id": str(it.mentor)})
        await it.by("mentor", "POST", "/messages", {"text": "canary"})
        await it.by("owner", "POST", "/messages", {"text": "canary"})

        async def texts() -> list[Any]:
            return [item["text"] for item in (await it.by("officer", "GET", "/messages")).json()["items"]]

        await it.others.happened(people.PersonErased(person_id=it.mentor), it.mentor, SEASON_START)
        await eventually(texts, lambda found: found == [None, "canary"])
        await it.others.happened(people.PersonErased(person_id=it.owner), it.owner, SEASON_START)
        await eventually(texts, lambda found: found == [None, None])
