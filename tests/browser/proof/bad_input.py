"""What is sent in place of what a field is for, and what an answer to it may be."""

import re
from collections.abc import Iterator

from tests.browser.markup import valid_html
from tests.browser.proof.forms_found import Field, Form
from tests.browser.proof.reader import Answer, Pairs

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
ADDRESS = "javascript:alert(1)"
SCRIPTS = (SCRIPT, ADDRESS)
RAW = ("<script>alert(1)", "<img src=x", "\"'>")
ESCAPED = "&lt;script&gt;alert(1)"
_FOLLOWED = re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE)
LONG = 100_000
LONG_IN_ADDRESS = 5_000
WRITTEN: dict[str, str | bytes] = {
    "empty": "",
    "too long": "x" * LONG,
    "script": SCRIPT,
    "script for an address": ADDRESS,
    "wrong type": "32/13/20x6;1e999",
    "NUL": "a\0b",
    "half a character": b"a\xed\xa0\x80b",
    "right to left": "\u202eمبادرة المواطنين\u202c",
    "emoji": "👩🏽‍🌾 🌱",
    "pasted spaces": "\u00a0\t \u2009 Essai\r\n\x0b\x07\u200b ",
}
CHOSEN = {"wrong type": "nonsense", "half a character": b"\xed\xa0\x80", "script": SCRIPT}


def trials(form: Form) -> Iterator[tuple[str, Pairs]]:
    """What is wrong, and the form so sent; what may be taken comes last, for it may change what the form is about, and
    of that the scripts in what is written first, so that they are kept."""
    fields = sorted(form.tried(), key=lambda field: not field.written)
    for kind in [*WRITTEN, "missing", "twice"]:
        for field in fields:
            if (pairs := _wrong(form, field, kind)) is not None:
                yield f"{field.name}, {kind}", pairs


def _wrong(form: Form, field: Field, kind: str) -> Pairs | None:
    if kind == "missing":
        return form.pairs(without=field.name)
    if kind == "twice":
        return [*form.pairs(), (field.name, "x")]
    given = (WRITTEN if field.written else CHOSEN).get(kind)
    if given is None:
        return None
    if kind == "too long" and form.method == "GET":
        given = "x" * LONG_IN_ADDRESS
    return [*form.pairs(without=field.name), (field.name, given)]


def faults(answer: Answer) -> Iterator[str]:
    """What is wrong with an answer to bad input."""
    if answer.status >= 500:
        yield f"answered with {answer.status}"
    if answer.status >= 400 and not answer.is_page:
        yield f"answered with {answer.status} and no page"
    if answer.status == 422 and 'role="alert"' not in answer.text:
        yield "refused without a word"
    if answer.is_page:
        try:
            valid_html(answer.text)
        except AssertionError as fault:
            yield str(fault)
    yield from unescaped(answer)


def unescaped(answer: Answer) -> Iterator[str]:
    """Pieces of the script that stand in a page as they were sent, and links that would run it."""
    yield from (f"has {piece} as it was sent" for piece in RAW if piece in answer.text)
    if _FOLLOWED.search(answer.text):
        yield "leads to a script"
