"""Every field of every form: nonsense, too much, scripts and what else people paste into it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.bench import Bench
from tests.browser.proof import bad_input
from tests.browser.proof.conftest import Walked
from tests.browser.proof.forms_found import Form, forms
from tests.browser.proof.reader import Answer, reader
from tests.browser.proof.stage import Stage
from tests.browser.proof.table import Table
from tests.browser.proof.tries import Cookies, Tries
from tests.browser.proof.walk import walk

pytestmark = pytest.mark.timeout(1_200)


BROWSER = Path(__file__).parents[1]
ELSEWHERE = {
    "administration/test_administration.py::test_dead_letters_are_tried_again_and_discarded": (
        "/administration/dead-letters/{service}/discard",
        "/administration/dead-letters/{service}/replay",
    ),
    "administration/test_administration.py::test_messages_that_failed_are_sent_again": (
        "/administration/notices/retry",
        "/administration/notices/{notice_id}/retry",
    ),
    "evaluation/test_round_decision.py::test_from_the_counted_ballots_to_the_signed_decision": (
        "/decisions/{round_id}",
        "/office/rounds/{round_id}/deliberation",
    ),
    "funding/test_money_path.py::test_every_step_by_its_own_role_and_once": ("/funding/tranches/{thing}/issue",),
    "initiatives/test_initiative_cycle.py::test_a_team_plans_checks_in_and_is_answered": (
        "/initiatives/{initiative_id}/check-ins/{week}",
    ),
    "office/test_office_calls.py::test_a_call_is_published_and_its_deadline_extended": (
        "/office/calls/new/publication/attachments",
    ),
    "office/test_office_cycles.py::test_a_cycle_is_extended_written_to_decided_about_and_stopped": (
        "/office/cycles/{initiative_id}/reviews/{kind}",
    ),
    "office/test_office_files.py::test_an_absence_is_delegated_and_ended_without_javascript": (
        "/office/absences/{officer_id}/{delegation_id}/end",
    ),
    "office/test_paper_joining.py::test_an_applicant_on_paper_comes_to_their_application": (
        "/administration/people/{person_id}/logins/{login_id}/removal",
        "/joining/{token}",
        "/office/applications/{application_id}/invitation",
    ),
}
"""Tests that send nonsense to forms that a season and its stage have on no page, each with the routes of these."""
NO_FORM = {"/session/keep": "a page's own script sends it, with nothing in it"}
SHOWING = 8
"""At least so many routes show a script that was kept: fewer, and forms that should take one have refused it."""


@dataclass
class Done:
    """All that was tried, and the first page of each route that shows a script as text, with who reads it."""

    tries: Tries
    showing: dict[str, tuple[Cookies, Answer]]


@pytest.fixture(scope="module")
async def done(walks: list[Walked], stage: Stage, table: Table) -> Done:
    """Everyone tries the forms that they come by, walks again, and tries those that are there since. Those who apply come
    before those who decide, and may end what the others' forms are about."""
    done = Done(Tries(stage.season, table), {})
    for walked in reversed(walks):
        done.tries.add(walked.part, walked.cookies, (each.answer for each in walked.seen))
    await done.tries.run()
    for part, person in stage.people.items():
        async with reader(stage.season, person) as somebody:
            for seen in await walk(somebody, table, stage.doors[part]):
                done.tries.wrong += [f"{part}: {seen} {fault}" for fault in bad_input.faults(seen.answer)]
                done.tries.add(part, somebody.cookies, [seen.answer])
                if bad_input.ESCAPED in seen.answer.text:
                    done.showing.setdefault(seen.route, (somebody.cookies, seen.answer))
    await done.tries.run()
    return done


async def test_no_field_breaks_a_page(done: Done) -> None:
    assert not done.tries.wrong, "\n".join(done.tries.wrong)


async def test_every_form_of_the_portal_is_tried(done: Done, table: Table) -> None:
    """Here, or by the test that is named; the portal's own routes say which forms there are."""
    elsewhere = {route for routes in ELSEWHERE.values() for route in routes} | NO_FORM.keys()
    untried = table.forms - done.tries.written.keys()
    assert untried <= elsewhere, "\n".join(sorted(untried - elsewhere))
    assert elsewhere <= table.forms, "no such form:\n" + "\n".join(sorted(elsewhere - table.forms))
    for test, routes in ELSEWHERE.items():
        path, _, name = test.partition("::")
        text = (BROWSER / path).read_text(encoding="utf-8")
        assert f"async def {name}(" in text, test
        assert "await takes_no_nonsense(" in text, test
        assert all(f'"{route}"' in text for route in routes), test


async def test_a_script_that_was_kept_is_only_text(bench: Bench, done: Done) -> None:
    """In a browser, whose console says what ran and what the content security policy refused to run."""
    assert len(done.showing) >= SHOWING, sorted(done.showing)
    for cookies, answer in done.showing.values():
        page = await bench.page()
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]
        await page.add_init_script("window.alert = text => console.error(`a script has run: ${text}`)")
        await page.goto(answer.url, wait_until="load")
        await expect(page.locator("img[src=x], [onerror]")).to_have_count(0)


async def test_a_form_s_key_may_be_anything(stage: Stage, walks: list[Walked]) -> None:
    """Whatever stands in place of the key that a form was given when it was shown."""
    officer = next(walked for walked in walks if walked.part == "programme_officer")
    form = next(form for form in _forms(officer) if form.action.endswith("/notes"))
    async with reader(stage.season, cookies=officer.cookies) as somebody:
        for kind, value in bad_input.WRITTEN.items():
            answer = await somebody.post(form.action, [*form.pairs(without="key"), ("key", value)])
            assert not list(bad_input.faults(answer)), kind
        assert not list(bad_input.faults(await somebody.post(form.action, form.pairs(without="key"))))


def _forms(walked: Walked) -> Iterator[Form]:
    for seen in walked.seen:
        yield from forms(seen.answer)
