"""A form that the walk does not come by, tried where the test of its area has it on a page."""

from collections.abc import Iterator
from uuid import uuid4

from playwright.async_api import Page

from tests.browser.proof.bad_input import LONG, SCRIPT, faults
from tests.browser.proof.forms_found import Form, forms
from tests.browser.proof.reader import Answer, Pairs, reader
from tests.browser.season import Played

NOTHING_CHOSEN = "nonsense"


async def takes_no_nonsense(season: Played, page: Page) -> None:
    """Send each form of the page that is written in with a text that is much too long in each text field in turn, and scripts
    in all others; then with scripts in all. Raises ``AssertionError`` unless each is shown again, or refused, without a fault.

    What is to be chosen is nonsense, so that nothing is done: the test goes on with the page as it is.
    """
    shown = Answer(page.url, 200, "text/html", await page.content())
    written = [form for form in forms(shown) if form.method == "POST" and any(each.written for each in form.fields)]
    assert written, f"{page.url} has no form to write in"
    async with reader(season, cookies=await page.context.cookies()) as somebody:  # type: ignore[arg-type]
        for form in written:
            for what, pairs in _trials(form):
                answer = await somebody.post(form.action, pairs)
                wrong = list(faults(answer))
                assert answer.status in {200, 409, 422}, f"{form.action}: {what}: answered with {answer.status}"
                assert not wrong, f"{form.action}: {what}: {wrong}"


def _trials(form: Form) -> Iterator[tuple[str, Pairs]]:
    for long in [each.name for each in form.tried() if each.written]:
        yield f"{long} is too long", _pairs(form, long)
    yield "scripts", _pairs(form)


def _pairs(form: Form, long: str = "") -> Pairs:
    own = {each.name: each.value for each in form.fields if each.name == "csrf"} | {"key": str(uuid4())}
    sent = {each.name: SCRIPT if each.written else NOTHING_CHOSEN for each in form.tried()}
    return list({**sent, **({long: "x" * LONG} if long else {}), **own}.items())
