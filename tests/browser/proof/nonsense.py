"""A form that the walk does not come by, tried where the test of its area has it on a page."""

from collections.abc import Iterator
from uuid import uuid4

from playwright.async_api import Page

from tests.browser.proof.bad_input import LONG, SCRIPT, faults
from tests.browser.proof.forms_found import Form, forms
from tests.browser.proof.reader import Answer, Pairs, reader
from tests.browser.proof.table import Table
from tests.browser.season import Played


async def takes_no_nonsense(season: Played, page: Page, route: str) -> None:
    """Send the page's forms that go to a route with a text that is much too long in each text field in turn, and scripts in
    all others, hidden ones and what is to be chosen too; then with scripts in all. A form without any field is not sent.

    Raises ``AssertionError`` unless there is such a form, and each that is written in is shown again, or refused, without a
    fault. Since nothing is chosen that there is, nothing is done: the test goes on with the page as it is.
    """
    shown, table = Answer(page.url, 200, "text/html", await page.content()), Table()
    ours = [form for form in forms(shown) if form.method == "POST" and table.form(form.action, "POST") == route]
    assert ours, f"{page.url} has no form for {route}"
    async with reader(season, cookies=await page.context.cookies()) as somebody:  # type: ignore[arg-type]
        for form in ours:
            for what, pairs in _trials(form):
                answer = await somebody.post(form.action, pairs)
                wrong = list(faults(answer))
                if any(each.written for each in form.fields) and answer.status not in {200, 409, 422}:
                    wrong.append(f"answered with {answer.status}")
                assert not wrong, f"{form.action}: {what}: {wrong}"


def _trials(form: Form) -> Iterator[tuple[str, Pairs]]:
    for long in [each.name for each in form.tried() if each.written]:
        yield f"{long} is too long", _pairs(form, long)
    if form.tried():
        yield "scripts", _pairs(form)


def _pairs(form: Form, long: str = "") -> Pairs:
    own = {each.name: each.value for each in form.fields if each.name == "csrf"} | {"key": str(uuid4())}
    sent = {each.name: SCRIPT for each in form.tried()}
    return list({**sent, **({long: "x" * LONG} if long else {}), **own}.items())
