"""Coaching on real servers: a workflow's commands, people's requests, and what is told of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from contracts import coaching, people
from tests.coaching import scene
from tests.conftest import SEASON_START, Token
from tests.platform import archived, eventually


async def test_a_cycle_from_its_opening_to_its_closing(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        assert (await it.by("officer", "POST", "/mentor", {"mentor_id": str(it.mentor)})).status_code == 200
        diagnosis = {"needs": ["deployment"], "text": "canary-diagnosis"}
        assert (await it.by("mentor", "POST", "/diagnosis", diagnosis)).json() == {"needs": ["deployment"]}
        roadmap = {
            "objectives": ["canary-objective"],
            "levers": ["network", "legal_support"],
            "indicators": [{"code": "users", "initial": 10, "target": 60.5}],
        }
        assert (await it.by("owner", "POST", "/roadmap", roadmap)).status_code == 200
        value = await it.by("owner", "POST", "/indicators/users/values", {"value": "20.25"})
        assert value.status_code == 201
        await it.check_in(1, days=3)
        report = {"weather": "cloud", "text": "canary-check-in"}
        first = await it.by("owner", "PUT", "/check-ins/1", report, key="a")
        assert first.json() == {"week": 1, "weather": "cloud", "late": False}
        assert (await it.by("owner", "PUT", "/check-ins/1", report, key="a")).json() == first.json()
        other = await it.by("owner", "PUT", "/check-ins/1", {"weather": "sun", "text": "x"}, key="a")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        ask = {
            "lever": "network",
            "administration": "prefecture",
            "due_at": (SEASON_START + timedelta(days=20)).isoformat(),
            "text": "canary-request",
        }
        request = (await it.by("owner", "POST", "/lever-requests", ask)).json()["request_id"]
        reply = {"outcome": "granted", "text": "canary-answer"}
        answered = await it.by("mentor", "POST", f"/lever-requests/{request}/answer", reply)
        assert answered.json() == {"outcome": "granted", "late": False}
        await it.ask(coaching.OpenReview, review="acceleration_committee", due_at=SEASON_START + timedelta(weeks=9))
        await eventually(it.told, lambda told: "ReviewOpened" in told)
        decided = await it.by(
            "officer", "POST", "/reviews/acceleration_committee/decision", {"decision": "fund", "reason": "canary-r"}
        )
        assert decided.json()["decision"] == "fund"
        shown = (await it.by("mentor", "GET", "")).json()
        assert shown["diagnosis"] == "canary-diagnosis"
        assert shown["objectives"] == ["canary-objective"]
        assert shown["check_ins"][0]["text"] == "canary-check-in"
        assert shown["lever_requests"][0]["answer"] == "canary-answer"
        assert shown["reviews"][0]["reason"] == "canary-r"
        await it.ask(coaching.CloseCycle)
        await eventually(it.told, lambda told: "CycleClosed" in told)
        late = await it.by("owner", "PUT", "/check-ins/1", {"weather": "sun", "text": "x"})
        assert (late.status_code, late.json()["code"]) == (409, "cycle_closed")
        assert "canary" not in "".join(item.data for item in await archived(it.service))
        assert "canary" not in str(await it.service.database.collection("cycles").find_one({}))


async def test_the_two_sides_of_a_payment_read_that_the_service_was_done_and_no_word_of_it(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.check_in(1, days=3)
        await it.by("owner", "PUT", "/check-ins/1", {"weather": "storm", "text": "canary-check-in"})
        await it.ask(coaching.OpenReview, review="acceleration_committee", due_at=SEASON_START + timedelta(weeks=9))
        await eventually(it.told, lambda told: "ReviewOpened" in told)
        decision = {"decision": "fund", "reason": "canary-r"}
        await it.by("officer", "POST", "/reviews/acceleration_committee/decision", decision)
        path = f"/cycles/{it.initiative}"
        for role in ("authorising_officer", "accountant"):
            headers = it.headers(uuid4(), role)
            answer = await it.client.get(f"{path}/service", headers=headers)
            assert answer.status_code == 200
            shown = answer.json()
            assert (shown["status"], shown["check_ins"][0]["week"]) == ("open", 1)
            assert shown["check_ins"][0]["recorded_at"]
            assert (shown["reviews"][0]["decision"], shown["reviews"][0]["decided_by"]) == ("fund", str(it.officer))
            assert not any(word in answer.text for word in ("canary", "storm"))
            assert (await it.client.get(path, headers=headers)).status_code == 404
            assert (await it.client.get(f"/cycles/{uuid4()}/service", headers=headers)).status_code == 404
        assert (await it.by("mentor", "GET", "/service")).status_code == 403


async def test_cycles_are_listed_by_pages(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        opened = set()
        for count in range(1, 4):
            it.initiative = uuid4()
            opened.add(str(it.initiative))
            end = SEASON_START + timedelta(weeks=13)
            facts = {"call_id": uuid4(), "owner_id": it.owner, "theme": "health", "departement": "2A"}
            await it.ask(coaching.OpenCycle, **facts, starts_at=SEASON_START, ends_at=end)
            await eventually(it.told, lambda told, count=count: told.count("CycleOpened") == count)  # type: ignore[misc]
        officer = it.headers(it.officer, "programme_officer")
        seen, path = [], "/cycles?limit=2"
        while path:
            page = (await it.client.get(path, headers=officer)).json()
            seen += [item["initiative_id"] for item in page["items"]]
            path = f"/cycles?limit=2&after={page['next']}" if page["next"] else ""
        assert seen == sorted(opened)


async def test_pause_resume_extend(service_environment: Mapping[str, str], token: Token, season_clock: Any) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        assert (await it.by("officer", "POST", "/resume")).json()["code"] == "cycle_not_paused"
        assert (await it.by("officer", "POST", "/pause")).json() == {"status": "paused"}
        assert (await it.by("officer", "POST", "/pause")).json()["code"] == "cycle_paused"
        season_clock.advance(timedelta(days=7))
        assert (await it.by("officer", "POST", "/resume")).json()["status"] == "open"
        assert (await it.by("officer", "POST", "/extend", {"weeks": 2})).status_code == 200
        wrong = await it.by("officer", "POST", "/extend", {"weeks": 0, "more": "canary"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")
        assert "canary" not in wrong.text
        await eventually(it.told, lambda told: "CycleExtended" in told)
        resumed = [item for item in await archived(it.service) if "CycleResumed" in item.type]
        paused_for = coaching.CycleResumed.model_validate_json(resumed[0].data).paused_seconds
        assert 7 * 86_400 <= paused_for < 7 * 86_400 + 60


async def test_an_erased_owner_leaves_no_text(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.by("owner", "POST", "/diagnosis", {"needs": ["integration"], "text": "canary"})
        await it.others.happened(people.PersonErased(person_id=it.owner), it.owner, SEASON_START)

        async def diagnosis() -> Any:
            return (await it.by("officer", "GET", "")).json()["diagnosis"]

        await eventually(diagnosis, lambda text: text is None)
        shown = (await it.by("officer", "GET", "")).json()
        assert shown["needs"] == ["integration"]
        assert (await it.by("officer", "POST", "/pause")).status_code == 200
