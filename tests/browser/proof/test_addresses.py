"""Addresses that were cut off, made up or tampered with: what is there says so, and nothing breaks."""

import re
from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from fastapi.routing import APIRoute

from services.portal.admission import Admit
from tests.browser.proof import bad_input
from tests.browser.proof.conftest import Walked
from tests.browser.proof.reader import reader
from tests.browser.proof.stage import Stage
from tests.browser.proof.table import OUTSIDE, Table

pytestmark = pytest.mark.timeout(1_200)
_PLACE = re.compile(r"\{\w+(?::\w+)?\}")
MADE_UP = {
    "unknown": "",
    "a word": "nonsense",
    "script": bad_input.SCRIPT,
    "dots": "..",
    "a way out": "../../calls",
    "line ends": "a\r\nX-Evil: 1",
    "NUL": "\0",
    "accents": "é👩🏽‍🌾",
    "half a character": "%ED%A0%80",
    "long": "x" * 2_000,
    "number": "99999999999999999999",
}


async def test_addresses_that_lead_nowhere(walks: list[Walked], stage: Stage, table: Table) -> None:
    wrong = list[str]()
    by_part = dict[str, list[APIRoute]]()
    for route, admit in table.admissions:
        if "GET" in (route.methods or ()) and "{" in route.path and not route.path.startswith(OUTSIDE):
            by_part.setdefault(_part(walks, stage, admit), []).append(route)
    for part, routes in by_part.items():
        cookies = next(walked.cookies for walked in walks if walked.part == part)
        async with reader(stage.season, cookies=cookies) as somebody:
            for route in routes:
                for kind in _kinds(route):
                    answer = await somebody.get(f"/fr{_filled(route.path, MADE_UP[kind])}")
                    wrong += [f"{route.path}, {kind}: {fault}" for fault in bad_input.faults(answer)]
    assert not wrong, "\n".join(wrong)


def _kinds(route: APIRoute) -> Iterable[str]:
    """Everything for a route that takes any text; whatever is no id is the same to one that takes ids only."""
    taken = {field.field_info.annotation for field in route.dependant.path_params}
    return ("unknown", "NUL") if taken == {UUID} else MADE_UP


def _part(walks: list[Walked], stage: Stage, admit: Admit) -> str:
    """Somebody whom a route is for."""
    held = {walked.part: set((stage.people[walked.part] or {"roles": ()})["roles"]) for walked in walks}
    if admit.public:
        return "public"
    return next(part for part, roles in held.items() if roles and (not admit.roles or roles & set(admit.roles)))


def _filled(path: str, value: str) -> str:
    given = value if value.startswith("%") else quote(value, safe="")
    return _PLACE.sub(lambda _: given or str(uuid4()), path)
