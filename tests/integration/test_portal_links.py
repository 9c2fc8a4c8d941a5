"""Links of mails: every one leads whoever may be told of it to a page that there is, and that is for them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.notifications.domain.catalogue import CATALOGUE, OFFICERS
from services.portal.admission import admissions
from tests.portal import Standing, environment, standing

PANEL = {"rounds": ("citizen_panellist", "expert")}
FURTHER = [
    ("agreements", "accountant", "/funding/agreements/"),
    ("initiatives", "mentor", "/mentoring/"),
    ("applications", "programme_officer", "/office/applications/"),
]


@pytest.fixture(scope="module")
async def portal(mongodb: str, master_key: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standing]:
    folder = tmp_path_factory.mktemp("links")
    async with standing(environment(mongodb, master_key, folder, f"links_{uuid4().hex[:8]}_")) as found:
        yield found


def told() -> set[tuple[str, str]]:
    """The kind of page that a mail is about, and a role of somebody who gets it."""
    found = set()
    for entry in CATALOGUE:
        roles = ("programme_officer",) if entry.to == OFFICERS else PANEL.get(entry.page, ("applicant",))
        found |= {(entry.page, role) for role in roles}
    return found


@pytest.mark.parametrize(("kind", "role"), sorted(told() | {(kind, role) for kind, role, _ in FURTHER}))
async def test_a_link_leads_to_a_page_of_the_reader(portal: Standing, kind: str, role: str) -> None:
    visitor, about = await portal.visitor(role), str(uuid4())
    answer = await visitor.get(f"/en/go/{kind}/{about}")
    assert answer.status_code == 303
    path = answer.headers["location"]
    assert path.startswith("/en/")
    assert about in path
    found = [
        admit
        for route, admit in admissions(portal.portal.app)
        if "GET" in (route.methods or ()) and route.path_regex.match(path.removeprefix("/en"))
    ]
    assert found, path
    assert found[0].public or not found[0].roles or role in found[0].roles, path


@pytest.mark.parametrize(("kind", "role", "begins"), FURTHER)
async def test_staff_come_to_their_own_pages(portal: Standing, kind: str, role: str, begins: str) -> None:
    answer = await (await portal.visitor(role)).get(f"/fr/go/{kind}/{uuid4()}")
    assert answer.headers["location"].startswith(f"/fr{begins}")


async def test_what_leads_nowhere_says_so(portal: Standing) -> None:
    visitor, about = await portal.visitor("applicant"), uuid4()
    for path in (f"/fr/go/nothing/{about}", f"/fr/go/rounds/{about}", "/fr/go/calls/x"):
        assert (await visitor.get(path)).status_code == 404, path
    answer = await portal.client.get(f"/fr/go/applications/{about}")
    assert re.search(r"login\?next=%2Ffr%2Fgo%2Fapplications%2F", answer.headers["location"])
