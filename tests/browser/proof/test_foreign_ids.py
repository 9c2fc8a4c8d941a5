"""Somebody else's addresses: whoever has the same role and no business there finds nothing, and changes nothing."""

from collections.abc import Iterator

import pytest

from tests.browser.proof.conftest import Walked
from tests.browser.proof.forms_found import Form, forms
from tests.browser.proof.reader import Answer, Reader, reader
from tests.browser.proof.stage import Stage
from tests.browser.proof.walk import Seen
from tests.browser.proof.writing import TITLE, WHO

pytestmark = pytest.mark.timeout(1_200)
REFUSED = (403, 404)
AREAS = ("/fr/applications/", "/fr/initiatives/", "/fr/panel/", "/fr/mentoring/")
OPEN = "/fr/invitations/"
"""Whoever has such a link may open it."""


async def test_a_stranger_finds_nothing_and_changes_nothing(stage: Stage, walks: list[Walked]) -> None:
    wrong, tried = list[str](), 0
    for part, person in stage.strangers.items():
        mine = [each.answer for each in _of(walks, part) if _made_for(stage, part, each.answer)]
        async with reader(stage.season, person) as stranger:
            for answer in mine:
                tried += 1
                wrong += [f"{part}: GET {answer.url}: {fault}" for fault in await _looked(stranger, answer)]
            for form in _forms(mine):
                tried += 1
                wrong += [f"{part}: {form.method} {form.action}: {fault}" for fault in await _sent(stranger, form)]
    assert not wrong, "\n".join(wrong)
    assert tried > len(stage.strangers)


def _of(walks: list[Walked], part: str) -> list[Seen]:
    return next(walked.seen for walked in walks if walked.part == part)


def _made_for(stage: Stage, part: str, answer: Answer) -> bool:
    """Whether a page is about what the stage made for this part."""
    address = answer.url.removeprefix(stage.season.url)
    return any(address.startswith(door) for door in stage.doors[part] if not door.startswith(OPEN))


def _forms(answers: list[Answer]) -> Iterator[Form]:
    known = set[tuple[str, frozenset[str]]]()
    for answer in answers:
        for form in forms(answer):
            theirs = form.method == "POST" and form.action.startswith(AREAS)
            if theirs and (form.action, form.names) not in known:
                known.add((form.action, form.names))
                yield form


async def _looked(stranger: Reader, answer: Answer) -> Iterator[str]:
    path = answer.url.removeprefix(str(stranger.client.base_url).rstrip("/"))
    return _faults(await stranger.get(path, follow=False))


async def _sent(stranger: Reader, form: Form) -> Iterator[str]:
    """The form as its owner would send it, with the stranger's own token."""
    own = next(forms(await stranger.get("/fr/account")))
    token = next(field.value for field in own.fields if field.name == "csrf")
    pairs = [("csrf", token), *(pair for pair in form.pairs() if pair[0] != "csrf")]
    return _faults(await stranger.post(form.action, pairs))


def _faults(answer: Answer) -> Iterator[str]:
    if answer.status not in REFUSED:
        yield f"answered with {answer.status}"
    yield from (f"tells {secret}" for secret in (TITLE, WHO["given_name"]) if secret in answer.text)
