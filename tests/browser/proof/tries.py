"""Every form that anybody comes by, each once, sent with nonsense in one field after the other."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from tests.browser.proof import bad_input
from tests.browser.proof.forms_found import Form, forms
from tests.browser.proof.reader import Answer, Pairs, Reader, reader
from tests.browser.proof.table import Table
from tests.browser.season import Played

LEFT_OUT = {
    "/logout": "ends the session that sends",
    "/account/erasure": "ends the person that sends",
    "/administration/people/{person_id}/roles/{role}/removal": "takes roles from those who send",
}
"""Not sent. None has a text field."""
A_MINUTES_FORMS = 15
"""Below what one address may send to a public form in a minute."""
OK = 200
Cookies = list[dict[str, Any]]


@dataclass
class Tries:
    """``written``: the text fields tried, by the route that their form is sent to; none for a form that has none."""

    season: Played
    table: Table
    written: dict[str, set[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _known: set[object] = field(default_factory=set)
    _waiting: deque[tuple[str, Cookies, Form]] = field(default_factory=deque)

    def add(self, part: str, cookies: Cookies, answers: Iterable[Answer]) -> None:
        """The forms of these pages are to be tried, unless such forms were: to the same route, with the same fields."""
        for form in (form for answer in answers for form in forms(answer)):
            name = self.table.form(form.action, form.method)
            texts = {each.name for each in form.fields if each.written}
            if (form.method, name, form.names) in self._known or (name in LEFT_OUT and texts):
                continue
            self._known.add((form.method, name, form.names))
            if form.method == "POST":
                self.written.setdefault(name, set()).update(texts)
            if name not in LEFT_OUT:
                self._waiting.append((part, cookies, form))

    async def run(self) -> None:
        """Try them, and then those of the pages that they led to."""
        while self._waiting:
            part, cookies, form = self._waiting.popleft()
            for some in _batched(bad_input.trials(form)):
                async with reader(self.season, cookies=cookies) as somebody:
                    for what, pairs in some:
                        answer = await _sent(somebody, form, pairs)
                        met = [*bad_input.faults(answer), *_foreign(answer)]
                        self.wrong += [f"{part}: {form.method} {form.action}: {what}: {fault}" for fault in met]
                        if form.method == "POST" and answer.status == OK:
                            self.add(part, cookies, [answer])


def _foreign(answer: Answer) -> Iterator[str]:
    """A form of one's own page is always taken as such: a refusal of its token would hide what its fields do."""
    if answer.status == 403:
        yield "refused as somebody else's"


def _batched(trials: Iterator[tuple[str, Pairs]]) -> Iterator[list[tuple[str, Pairs]]]:
    while some := list(islice(trials, A_MINUTES_FORMS)):
        yield some


async def _sent(somebody: Reader, form: Form, pairs: Pairs) -> Answer:
    if form.method == "GET":
        return await somebody.get(f"{form.action}?{urlencode(pairs)}")
    answer = await somebody.post(form.action, pairs)
    return await somebody.get(answer.location) if answer.location and _says_something(pairs) else answer


def _says_something(pairs: Pairs) -> bool:
    """Whether the page after the form may repeat what was sent."""
    return any(value in bad_input.SCRIPTS for _, value in pairs)
