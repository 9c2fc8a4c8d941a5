"""The forms of a page, as a browser would fill in and send them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from tests.browser.proof.reader import Answer
from tests.browser.tags import Tag, Tags

_WRITTEN = {"text", "search", "email", "tel", "url", "number", "date", "datetime-local", "password", "time", "month"}
_FILLED = {
    "email": "essai@exemple.example", "tel": "+33612345678", "url": "https://exemple.example/", "number": "1",
    "date": "2027-01-31", "datetime-local": "2027-01-31T18:00",
}  # fmt: skip
_DIGITS = {"numeric", "decimal"}
_NOT_SENT = {"submit", "button", "reset", "image", "file"}


@dataclass(frozen=True)
class Field:
    """``written``: somebody types it; ``value`` is what an ordinary reader would send."""

    name: str
    value: str
    written: bool


@dataclass(frozen=True)
class Form:
    """``action`` has no query; ``fields`` are in the order of the page, several of a name where it has several."""

    page: str
    method: str
    action: str
    fields: tuple[Field, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.fields)

    def tried(self) -> list[Field]:
        """The fields to be tried one by one, each name once; not those that every form has."""
        once = {each.name: each for each in reversed(self.fields) if each.name not in {"csrf", "key"}}
        return list(reversed(once.values()))

    def pairs(self, without: str = "") -> list[tuple[str, str]]:
        """What is sent, under a key of its own; ``without``: a field left out."""
        sent = [(each.name, str(uuid4()) if each.name == "key" else each.value) for each in self.fields]
        return [(name, value) for name, value in sent if name != without]


def forms(answer: Answer) -> Iterator[Form]:
    """The forms of a page."""
    root = Tags(answer.text).root
    everything = list(root.inside())
    for tag in everything:
        if tag.name == "form" and tag.attributes.get("method", "get") in {"get", "post"}:
            ours = [each for each in everything if _belongs(each, tag)]
            fields = tuple(_fields(ours))
            action = urlsplit(urljoin(answer.url, tag.attributes.get("action", ""))).path
            yield Form(answer.url, tag.attributes.get("method", "get").upper(), action, fields)


def _belongs(tag: Tag, form: Tag) -> bool:
    if named := tag.attributes.get("form"):
        return bool(named == form.attributes.get("id"))
    return form in tag.around()


def _fields(tags: list[Tag]) -> Iterator[Field]:
    pressed = False
    chosen: set[str] = set()
    for tag in tags:
        name, kind = tag.attributes.get("name", ""), tag.attributes.get("type", "text")
        if not name:
            continue
        if tag.name == "button" and not pressed:
            pressed = True
            yield Field(name, tag.attributes.get("value", ""), False)
        elif tag.name == "textarea":
            yield Field(name, tag.text() or "Un texte d’essai, assez long pour être lu.", True)
        elif tag.name == "select":
            yield Field(name, _option(tag), False)
        elif tag.name == "input" and kind not in _NOT_SENT:
            if kind in {"radio", "checkbox"} and name in chosen:
                continue
            chosen.add(name)
            yield _input(tag, name, kind)


def _input(tag: Tag, name: str, kind: str) -> Field:
    value = tag.attributes.get("value", "")
    if kind in _WRITTEN:
        expected = "number" if tag.attributes.get("inputmode") in _DIGITS else kind
        return Field(name, value or _FILLED.get(expected, "Essai"), True)
    return Field(name, value or ("on" if kind in {"radio", "checkbox"} else ""), False)


def _option(tag: Tag) -> str:
    options = [each.attributes for each in tag.inside() if each.name == "option"]
    chosen = next((each for each in options if "selected" in each), None)
    filled = chosen or next((each for each in options if each.get("value")), None)
    return filled.get("value", "") if filled else ""
