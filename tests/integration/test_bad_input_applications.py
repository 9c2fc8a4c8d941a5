"""Answers that are wrong, on real servers: each is told with its field and its code, and the draft stays as it was."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from services.chassis.clock import SharedClock
from tests.applications import ASSOCIATION, answers
from tests.season import Season, Someone, Token, open_season

BEYOND = 10**30
WRONG_IN_A_DRAFT: dict[str, tuple[str, Any, str]] = {
    "a text for an amount": ("own_cents", "many", "wrong_type"),
    "a boolean for an amount": ("own_cents", True, "wrong_type"),
    "a number for a text": ("title", 3, "wrong_type"),
    "a text for a boolean": ("earlier_grants", "yes", "wrong_type"),
    "a text for a list": ("needs", "funding", "wrong_type"),
    "a list for a text": ("title", ["a"], "wrong_type"),
    "a field that is not in the form": ("canary_field", "a", "unknown_field"),
}
UNREADABLE = {
    "an object": '{"answers": {"title": {"canary": 1}}}',
    "a fraction": '{"answers": {"own_cents": 1.5}}',
    "no number": '{"answers": {"own_cents": NaN}}',
    "without bound": '{"answers": {"own_cents": Infinity}}',
    "an exponent": '{"answers": {"own_cents": 1e400}}',
    "half a character": '{"answers": {"title": "\\ud800"}}',
    "too long": json.dumps({"answers": {"purpose": "x" * 20_001}}),
    "too many": json.dumps({"answers": {f"field_{number}": 1 for number in range(501)}}),
    "a name of control characters": '{"applicant": {"name": "canary\\u0000"}}',
    "a name that never ends": json.dumps({"applicant": {"name": "x" * 301}}),
}
WRONG_AT_SUBMISSION: dict[str, tuple[str, Any, str]] = {
    "an amount of nothing": ("requested_cents", 0, "below_minimum"),
    "a negative amount": ("requested_cents", -8_000_000, "below_minimum"),
    "a cent above the call's ceiling": ("requested_cents", 14_000_001, "above_maximum"),
    "an amount beyond all bounds": ("own_cents", BEYOND, "above_maximum"),
    "a département that there is not": ("departement", "99", "invalid_departement"),
    "an address that is none": ("contact_email", "canary@", "invalid_email"),
    "a theme that is no choice": ("theme", "canary", "not_an_option"),
    "a control character": ("title", "Canary\x00", "invalid_text"),
    "the same choice twice": ("needs", ["funding", "funding"], "chosen_twice"),
}
WRONG_IDENTIFIERS = {
    "a key that does not fit": ("siret", "73282932000075", "invalid_siret"),
    "a digit too few": ("siret", "7328293200007", "invalid_siret"),
    "digits of another script": ("siret", "７３２８２９３２００００７４", "invalid_siret"),
    "no RNA": ("rna", "W35301234", "invalid_rna"),
}


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


def told(answer: httpx.Response, field: str, code: str) -> bool:
    problem = answer.json()
    found = [{"field": each["field"], "code": each["code"]} for each in problem["problems"]]
    return answer.status_code == 422 and found == [{"field": field, "code": code}] and "canary@" not in answer.text


async def save(owner: Someone, path: str, content: str) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return await owner.ask("PATCH", path, content=content, headers=headers)


async def test_a_draft_takes_no_wrong_answer_and_keeps_its_own(season: Season) -> None:
    owner = season.someone()
    path = f"/applications/{await season.draft(owner)}"
    before = await owner.get(path)
    for name, (field, value, code) in WRONG_IN_A_DRAFT.items():
        answer = await owner.ask("PATCH", path, {"answers": {field: value}})
        assert told(answer, field, code), (name, answer.text)
    for name, content in UNREADABLE.items():
        answer = await save(owner, path, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (name, answer.text)
        assert "canary" not in answer.text
    answer = await save(owner, path, '{"answers": {"\\ud800": "half a character as a name"}}')
    assert answer.json()["problems"] == [{"field": "\ud800", "code": "unknown_field"}]
    assert await owner.get(path) == before
    assert (await owner.post(f"{path}/submit"))["number"]


async def test_everything_wrong_is_told_at_submission_and_can_be_mended(season: Season) -> None:
    owner = season.someone()
    path = f"/applications/{await season.draft(owner)}"
    for name, (field, value, code) in WRONG_AT_SUBMISSION.items():
        assert (await owner.ask("PATCH", path, {"answers": {field: value}})).status_code == 200, name
        answer = await owner.ask("POST", f"{path}/submit")
        assert told(answer, field, code), (name, answer.text)
        await owner.ask("PATCH", path, {"answers": {field: answers().get(field)}})
    assert (await owner.get(path))["status"] == "draft"
    assert (await owner.post(f"{path}/submit"))["number"] == "AIC-2021-000001"


async def test_a_wrong_key_is_told_and_the_right_one_is_taken(season: Season) -> None:
    owner = season.someone()
    path = f"/applications/{await season.draft(owner, kind='association', applicant=ASSOCIATION)}"
    for name, (field, value, code) in WRONG_IDENTIFIERS.items():
        assert (await owner.ask("PATCH", path, {"applicant": {field: value}})).status_code == 200, name
        answer = await owner.ask("POST", f"{path}/submit")
        assert told(answer, f"applicant.{field}", code), (name, answer.text)
        assert value not in answer.text
        await owner.ask("PATCH", path, {"applicant": {field: ASSOCIATION[field]}})
    await owner.post(f"{path}/submit")
    assert [event["siren"] for event in await season.told("ApplicationSubmitted")] == ["732829320"]
