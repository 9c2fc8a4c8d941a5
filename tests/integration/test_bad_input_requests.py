"""Requests that are wrong in themselves, at every door that takes JSON: a clear answer, no input in it, nothing decided."""

from typing import Any

import httpx
import pytest

from tests.applications import definition
from tests.everything import Door, Everything
from tests.platform import archived

CANARY = "canary-input"
DEEP = b"[" * 100_000 + b"]" * 100_000

BROKEN = {
    "not json": (b"{not json " + CANARY.encode(), 422, "malformed_json"),
    "cut off": (b'{"reason": "canary-input', 422, "malformed_json"),
    "nothing": (b" ", 422, "malformed_json"),
    "not text": (b'{"reason": "\xff\xfe"}', 422, "malformed_json"),
    "without end": (DEEP, 422, "malformed_json"),
    "a list": (b'["canary-input"]', 422, "invalid_request"),
    "a number": (b"1", 422, "invalid_request"),
    "too large": (b'{"canary": "' + b"x" * 1_100_000 + b'"}', 413, "too_large"),
}


@pytest.fixture
def doors(everything: Everything) -> list[Door]:
    return [door for door in everything.doors() if door.takes_json]


async def knock(everything: Everything, door: Door, content: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return await everything.knock(door, *door.roles, content=content, headers=headers)


def told(answer: httpx.Response) -> tuple[int, str, str]:
    problem: Any = answer.json()
    return answer.status_code, problem.get("code", ""), answer.headers["content-type"]


@pytest.mark.parametrize(("content", "status", "code"), BROKEN.values(), ids=list(BROKEN))
async def test_what_cannot_be_read_is_told_as_such(
    everything: Everything, doors: list[Door], content: bytes, status: int, code: str
) -> None:
    answers = {str(door): await knock(everything, door, content) for door in doors}
    expected = (status, code, "application/problem+json")
    assert {door: told(answer) for door, answer in answers.items() if told(answer) != expected} == {}
    assert not [door for door, answer in answers.items() if CANARY in answer.text]


async def test_an_unknown_field_is_refused_at_every_door(everything: Everything, doors: list[Door]) -> None:
    answers = {str(door): await knock(everything, door, b'{"canary_field": "canary-input"}') for door in doors}
    assert len(answers) > 30
    missed = {
        door: answer.text
        for door, answer in answers.items()
        if told(answer)[:2] != (422, "invalid_request")
        or {"field": "canary_field", "code": "extra_forbidden"}
        not in [{name: each[name] for name in ("field", "code")} for each in answer.json()["problems"]]
    }
    assert missed == {}
    assert not [door for door, answer in answers.items() if CANARY in answer.text]


@pytest.mark.parametrize(
    ("door", "content"),
    [
        ("people POST /persons/batch", b'{"persons": [{"\\ud800": 1}]}'),
        ("notifications PUT /contacts/batch", b'{"contacts": [{"\\ud800": 1}]}'),
    ],
)
async def test_one_wrong_item_of_a_batch_is_told_whatever_it_is_named(
    everything: Everything, doors: list[Door], door: str, content: bytes
) -> None:
    (wanted,) = (each for each in doors if str(each) == door)
    answer = await knock(everything, wanted, content)
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert item["problem"]["code"] == "invalid_request"


ODD = ("", "canary-input", "-1", str(10**30), "\x00", "٣", "2021-13-01", "x" * 3_000)


async def test_no_parameter_breaks_a_door(everything: Everything) -> None:
    broken = {}
    for door in everything.doors():
        roles = () if door.public else tuple(door.roles)
        queries = [field.alias for field in door.route.dependant.query_params]
        for odd in ODD:
            asked = [{"params": {each: odd}} for each in queries] + [{"everywhere": odd}] * ("{" in door.route.path)
            answers = [await everything.knock(door, *roles, **given) for given in asked]
            broken |= {(str(door), odd[:20]): each.text for each in answers if each.status_code >= 500}
    assert broken == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"correction_days": 10**30},
        {"envelope_cents": 10**13 + 1},
        {"evaluation": {"places": 10**30, "reserve": 1}},
        {"criteria": [{"code": "interest", "weight": 100, "maximum": 10**30}]},
        {"schedule": definition()["schedule"] | {"announcement_at": "9999-12-31T23:59:59-12:00"}},
        {"schedule": definition()["schedule"] | {"closes_at": "0001-01-01T00:00:00+14:00"}},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_a_call_beyond_all_bounds_is_refused(
    everything: Everything, doors: list[Door], changes: dict[str, Any]
) -> None:
    (door,) = (each for each in doors if str(each) == "applications POST /calls")
    answer = await everything.knock(door, *door.roles, json=definition(number="AIC-2099", **changes))
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] in ("out_of_range", "invalid_request", "call_invalid")


async def test_nothing_came_of_it(everything: Everything) -> None:
    services = [service for service in everything.services.values() if service.publishes]
    events = [item.type for service in services for item in await archived(service)]
    assert set(events) <= {"tremplin.people.PersonRegistered.v1", "tremplin.people.RoleGranted.v2"}
    assert not any([await service.consumer.dead_letters.count() for service in everything.services.values()])
