"""Every field of every form that the walk comes by: nonsense, too much, scripts and what else people paste into it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.browser.proof import bad_input
from tests.browser.proof.conftest import Walked
from tests.browser.proof.forms_found import Form, forms
from tests.browser.proof.reader import Answer, Pairs, Reader, reader
from tests.browser.proof.stage import Stage
from tests.browser.proof.table import Table
from tests.browser.proof.walk import walk

pytestmark = pytest.mark.timeout(1_200)
LEFT_OUT = {
    "/logout": "ends the session that sends",
    "/account/erasure": "ends the person that sends",
    "/administration/people/{person_id}/roles/{role}/removal": "takes roles from those who send",
}
A_MINUTES_FORMS = 15
"""Below what one address may send to a public form in a minute."""
Cookies = list[dict[str, Any]]


def found(walks: list[Walked], table: Table) -> dict[str, list[Form]]:
    """Forms by part, each once: by the route that it is sent to and its fields."""
    known, by_part = set(), dict[str, list[Form]]()
    for walked in walks:
        for form in _forms(walked):
            route = table.route(form.action, form.method)
            name = route[0].path if route else form.action
            if name not in LEFT_OUT and (form.method, name, form.names) not in known:
                known.add((form.method, name, form.names))
                by_part.setdefault(walked.part, []).append(form)
    return by_part


def _forms(walked: Walked) -> Iterator[Form]:
    for seen in walked.seen:
        yield from forms(seen.answer)


async def test_no_field_breaks_a_page(walks: list[Walked], stage: Stage, table: Table) -> None:
    cookies, wrong = {walked.part: walked.cookies for walked in walks}, list[str]()
    for part, them in found(walks, table).items():
        for form in them:
            wrong += [f"{part}: {fault}" for fault in await _tried(stage, cookies[part], form)]
    escaped = await _afterwards(stage, table, wrong)
    assert not wrong, "\n".join(wrong)
    assert escaped, "no script was kept anywhere: the pages that show what people wrote were not tried"


async def test_a_form_s_key_may_be_anything(stage: Stage, walks: list[Walked]) -> None:
    """Whatever stands in place of the key that a form was given when it was shown."""
    officer = next(walked for walked in walks if walked.part == "programme_officer")
    form = next(form for form in _forms(officer) if form.action.endswith("/notes"))
    async with reader(stage.season, cookies=officer.cookies) as somebody:
        for kind, value in bad_input.WRITTEN.items():
            answer = await somebody.post(form.action, [*form.pairs(without="key"), ("key", value)])
            assert not list(bad_input.faults(answer)), kind
        assert not list(bad_input.faults(await somebody.post(form.action, form.pairs(without="key"))))


async def _tried(stage: Stage, cookies: Cookies, form: Form) -> list[str]:
    """What went wrong with a form, one field after the other."""
    wrong = list[str]()
    for some in batched(bad_input.trials(form), A_MINUTES_FORMS):
        async with reader(stage.season, cookies=cookies) as somebody:
            for what, pairs in some:
                answer = await _sent(somebody, form, pairs)
                met = [*bad_input.faults(answer), *_foreign(answer)]
                wrong += [f"{form.method} {form.action}: {what}: {fault}" for fault in met]
    return wrong


def _foreign(answer: Answer) -> Iterator[str]:
    """A form of one's own page is always taken as such: a refusal of its token would hide what its fields do."""
    if answer.status == 403:
        yield "refused as somebody else's"


def batched(trials: Iterator[tuple[str, Pairs]], size: int) -> Iterator[list[tuple[str, Pairs]]]:
    while some := list(islice(trials, size)):
        yield some


async def _sent(somebody: Reader, form: Form, pairs: Pairs) -> Answer:
    if form.method == "GET":
        return await somebody.get(f"{form.action}?{urlencode(pairs)}")
    answer = await somebody.post(form.action, pairs)
    return await somebody.get(answer.location) if answer.location and _says_something(pairs) else answer


def _says_something(pairs: Pairs) -> bool:
    """Whether the page after the form may repeat what was sent."""
    return any(value == bad_input.SCRIPT for _, value in pairs)


async def _afterwards(stage: Stage, table: Table, wrong: list[str]) -> bool:
    """Everyone walks again; whether what was sent is shown as text anywhere."""
    escaped = False
    for part, person in stage.people.items():
        async with reader(stage.season, person) as somebody:
            for seen in await walk(somebody, table, stage.doors[part]):
                wrong += [f"{part}: {seen.answer.url} {fault}" for fault in bad_input.unescaped(seen.answer)]
                escaped |= "&lt;script&gt;alert(1)" in seen.answer.text
    return escaped
