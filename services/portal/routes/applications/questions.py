"""A call's form as steps of questions, and answers between the texts of a page and the values of the service."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from services.portal.places import departements
from services.portal.words import N_, word

MAX_TEXT = 20_000
MAX_LINE = 300
YES, NO = "yes", "no"
NATURAL = ("person", "collective")
OVERSEAS_NUMBERS = {"ridet": "988", "tahiti": "987"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")
_EUROS = re.compile(r"[0-9]{1,12}([.,][0-9]{1,2})?")
_DIGITS_ONLY = ("siret", "siren", "rna", "ridet", "tahiti")
Answer = Any


class Unreadable(Exception):
    """A text that is no answer to its question; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``when``: the code of another and the answer to it that makes this one visible."""

    code: str
    label: str
    type: str
    required: bool = False
    expected: bool = False
    minimum: int | None = None
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    when: tuple[str, Any] | None = None
    autocomplete: str = ""

    @property
    def name(self) -> str:
        """The name of its control, which no other field of a page can have."""
        return f"q.{self.code}"

    @property
    def expects(self) -> str:
        """What the control of the question it depends on holds when this one is visible."""
        return "" if self.when is None else "".join(shown_text(self.when[1]))


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    title: str
    questions: tuple[Question, ...]


def steps_of(call: Mapping[str, Any], kind: str, language: str, say: Callable[[str], str]) -> tuple[Step, ...]:
    """Who applies, then the call's sections, in order."""
    who = Step("applicant", say(N_("Who applies")), applicant_questions(kind, say))
    sections = (
        Step(
            f"s-{each['code']}",
            each["title"][language],
            tuple(_question(field, language, say) for field in each["fields"]),
        )
        for each in call["sections"]
    )
    return (who, *sections)


def applicant_questions(kind: str, say: Callable[[str], str]) -> tuple[Question, ...]:
    """What is asked of such an applicant; the service says in the end which identifiers it needs."""
    places = tuple((code, f"{name} ({code})") for code, name in departements().items())
    seat = N_("Département where you live") if kind in NATURAL else N_("Département of the seat")
    person = (
        Question("applicant.given_name", say(N_("Given name")), "text", kind in NATURAL, autocomplete="given-name"),
        Question("applicant.family_name", say(N_("Family name")), "text", kind in NATURAL, autocomplete="family-name"),
        Question("applicant.email", say(N_("E-mail address")), "email", autocomplete="email"),
    )
    where = Question("applicant.departement", say(seat), "departement", True, options=places)
    if kind == "person":
        return (*person, where)
    name = N_("Name of the collective") if kind == "collective" else N_("Name of the organisation")
    named = Question("applicant.name", say(name), "text", True, autocomplete="organization")
    if kind == "collective":
        return (named, *person, where)
    return (named, where, *_identifiers(kind, say), *person)


def _identifiers(kind: str, say: Callable[[str], str]) -> tuple[Question, ...]:
    rna = Question("applicant.rna", say(N_("RNA number of the association")), "rna")
    numbers = (
        Question("applicant.siret", say(N_("SIRET number")), "siret", kind != "association"),
        *((rna,) if kind == "association" else ()),
    )
    overseas = (
        Question(
            f"applicant.{name}", say(N_("RIDET number") if name == "ridet" else N_("TAHITI number")), name,
            when=("applicant.departement", code),
        )
        for name, code in OVERSEAS_NUMBERS.items()
    )  # fmt: skip
    return (*numbers, *overseas)


def _question(field: Mapping[str, Any], language: str, say: Callable[[str], str]) -> Question:
    kept = ("code", "type", "required", "expected", "minimum", "maximum", "min_length", "max_length")
    condition = field.get("visible_when")
    options = tuple((each["code"], each["label"][language]) for each in field["options"])
    if field["code"] == "needs":
        options = tuple((code, say(word("need", code))) for code, _ in options)
    if field["type"] == "departement":
        options = tuple((code, f"{name} ({code})") for code, name in departements().items())
    return Question(
        **{name: field[name] for name in kept}, label=field["label"][language], options=options,
        when=(condition["field"], condition["equals"]) if condition else None,
    )  # fmt: skip


def visible(steps: Iterable[Step], answers: Mapping[str, Answer]) -> set[str]:
    """The codes of the questions that these answers make visible; what depends on a hidden one is hidden."""
    shown: set[str] = set()
    for step in steps:
        for each in step.questions:
            if each.when is None or (each.when[0] in shown and answers.get(each.when[0]) == each.when[1]):
                shown.add(each.code)
    return shown


def read(question: Question, texts: list[str]) -> Answer:
    """The answer that texts of a page give, None for no answer. Raises ``Unreadable``."""
    if question.type == "multi_choice":
        chosen = tuple(dict.fromkeys(text for text in texts if text))
        _require_options(question, chosen)
        return list(chosen) or None
    text = texts[0] if texts else ""
    if question.type == "long_text":
        return _bounded(_CONTROL_BUT_LINES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip(), MAX_TEXT)
    text = _CONTROL.sub(" ", text).strip().strip("\u200b\u2060\ufeff").strip()
    if not text:
        return None
    if question.type in _TYPED:
        return _TYPED[question.type](text)
    if question.type in _DIGITS_ONLY:
        text = _SPACES.sub("", text).upper()
    if question.type in ("choice", "departement"):
        _require_options(question, (text,))
    return _bounded(text, MAX_LINE if question.code.startswith("applicant.") else MAX_TEXT)


def _bounded(text: str, most: int) -> str | None:
    if len(text) > most:
        raise Unreadable("too_long")
    return text or None


def _require_options(question: Question, chosen: tuple[str, ...]) -> None:
    if not set(chosen) <= {code for code, _ in question.options}:
        raise Unreadable("not_an_option")


def _boolean(text: str) -> bool:
    if text not in (YES, NO):
        raise Unreadable("wrong_type")
    return text == YES


def _integer(text: str) -> int:
    packed = _SPACES.sub("", text)
    if not _NUMBER.fullmatch(packed):
        raise Unreadable("not_a_number")
    return int(packed)


def _cents(text: str) -> int:
    packed = _SPACES.sub("", text).removesuffix("€").removeprefix("€")
    if not _EUROS.fullmatch(packed):
        raise Unreadable("not_an_amount")
    try:
        return int(Decimal(packed.replace(",", ".")) * 100)
    except InvalidOperation:
        raise Unreadable("not_an_amount") from None


def _day(text: str) -> str:
    for form in (text, "-".join(reversed(text.split("/")))):
        try:
            return date.fromisoformat(form).isoformat()
        except ValueError:
            continue
    raise Unreadable("invalid_date")


_TYPED: dict[str, Callable[[str], Answer]] = {
    "boolean": _boolean, "integer": _integer, "amount_cents": _cents, "date": _day,
}  # fmt: skip


def shown_text(answer: Answer, kind: str = "") -> list[str]:
    """An answer as the texts of its control."""
    if answer is None:
        return []
    if isinstance(answer, bool):
        return [YES if answer else NO]
    if kind == "amount_cents" and isinstance(answer, int):
        euros, cents = divmod(answer, 100)
        return [f"{euros},{cents:02d}" if cents else str(euros)]
    return [str(each) for each in answer] if isinstance(answer, list | tuple) else [str(answer)]


def mark(answer: Answer) -> str:
    """A short digest of an answer, by which a page says later what it was shown with."""
    kept = None if answer in ("", [], ()) else answer
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]
