"""A call's form: sections of typed fields with conditions, and what an answer has to be."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field as Bound
from pydantic import StrictBool, StrictInt, StrictStr, StringConstraints
from stdnum.fr import siren, siret

from contracts.model import COMMUNE, DEPARTEMENT, EMAIL, EMAIL_LENGTH, Code, Model
from services.applications.domain.refusals import Problem, problem

MAX_TEXT = 20_000
MAX_CHOICES = 50
RNA = re.compile(r"W[0-9A-Z]{9}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

FieldType = Literal[
    "text", "long_text", "integer", "amount_cents", "boolean", "choice", "multi_choice", "date", "email",
    "departement", "commune", "siret", "siren", "rna",
]  # fmt: skip
Answer = (
    StrictBool
    | StrictInt
    | Annotated[StrictStr, StringConstraints(max_length=MAX_TEXT)]
    | Annotated[tuple[StrictStr, ...], Bound(max_length=MAX_CHOICES)]
)
Answers = Mapping[str, Answer]
NUMBERS = ("integer", "amount_cents")
CHOICES = ("choice", "multi_choice")


class Text(Model):
    """A text for people, in the platform's two languages."""

    fr: Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=5_000)]


class Option(Model):
    code: Code
    label: Text


class Condition(Model):
    """The field is shown when the answer to an earlier ``field`` equals this."""

    field: Code
    equals: StrictBool | StrictInt | StrictStr


class Field(Model):
    """One question. ``required`` at submission; ``expected`` may come later by a correction, but before admissibility.

    ``minimum`` and ``maximum`` bound numbers (cents for amounts); lengths are in characters, or in choices made.
    What is ``scored`` can never be changed after submission.
    """

    code: Code
    label: Text
    type: FieldType
    required: bool = False
    expected: bool = False
    scored: bool = False
    minimum: int | None = None
    maximum: int | None = None
    min_length: Annotated[int, Bound(ge=0)] | None = None
    max_length: Annotated[int, Bound(ge=1, le=MAX_TEXT)] | None = None
    options: tuple[Option, ...] = ()
    visible_when: Condition | None = None


class Section(Model):
    code: Code
    title: Text
    fields: tuple[Field, ...]


def fields_of(sections: tuple[Section, ...]) -> Iterator[Field]:
    """Every field of the form, in its order."""
    for section in sections:
        yield from section.fields


def visible(sections: tuple[Section, ...], answers: Answers) -> dict[str, Field]:
    """The fields that these answers make visible, by code; what depends on a hidden field is hidden."""
    shown: dict[str, Field] = {}
    for field in fields_of(sections):
        condition = field.visible_when
        if condition is None or (condition.field in shown and answers.get(condition.field) == condition.equals):
            shown[field.code] = field
    return shown


def type_problem(field: Field, answer: Answer) -> Problem | None:
    """Whether ``answer`` is of the field's JSON type at all; more is not asked of a draft."""
    if field.type == "boolean":
        wanted, fits = "boolean", isinstance(answer, bool)
    elif field.type in NUMBERS:
        wanted, fits = "integer", isinstance(answer, int) and not isinstance(answer, bool)
    elif field.type == "multi_choice":
        wanted, fits = "list", isinstance(answer, tuple)
    else:
        wanted, fits = "string", isinstance(answer, str)
    return None if fits else problem(field.code, "wrong_type", wanted)


def draft_problems(sections: tuple[Section, ...], answers: Mapping[str, Answer | None]) -> list[Problem]:
    """What keeps these answers from being saved in a draft: unknown fields and wrong types."""
    known = {field.code: field for field in fields_of(sections)}
    found = [problem(code[:64], "unknown_field") for code in answers if code not in known]
    for code, answer in answers.items():
        if answer is not None and code in known and (wrong := type_problem(known[code], answer)):
            found.append(wrong)
    return found


def problems(sections: tuple[Section, ...], answers: Answers) -> list[Problem]:
    """Everything that is wrong with ``answers`` at submission, in the form's order."""
    found = []
    for field in visible(sections, answers).values():
        answer = answers.get(field.code)
        if missing(answer):
            if field.required:
                found.append(problem(field.code, "required"))
        elif answer is not None and (wrong := answer_problem(field, answer)):
            found.append(wrong)
    return found


def missing(answer: Answer | None) -> bool:
    return answer is None or answer == () or (isinstance(answer, str) and not answer.strip())


def answer_problem(field: Field, answer: Answer) -> Problem | None:
    """The first thing that is wrong with an answer that was given."""
    if wrong := type_problem(field, answer):
        return wrong
    if isinstance(answer, int):
        return None if isinstance(answer, bool) else _number_problem(field, answer)
    if field.type in CHOICES:
        return _choice_problem(field, (answer,) if isinstance(answer, str) else answer)
    if isinstance(answer, str):
        return _length_problem(field, len(answer)) or _format_problem(field, answer)
    return None


def _number_problem(field: Field, answer: int) -> Problem | None:
    minimum = max(0, field.minimum or 0) if field.type == "amount_cents" else field.minimum
    maximum = field.maximum if field.maximum is not None else 10**13
    if minimum is not None and answer < minimum:
        return problem(field.code, "below_minimum", {"minimum": minimum, "maximum": maximum})
    return problem(field.code, "above_maximum", {"minimum": minimum, "maximum": maximum}) if answer > maximum else None


def _choice_problem(field: Field, chosen: tuple[str, ...]) -> Problem | None:
    codes = [option.code for option in field.options]
    if len(set(chosen)) < len(chosen):
        return problem(field.code, "chosen_twice")
    if not set(chosen) <= set(codes):
        return problem(field.code, "not_an_option", codes)
    return _length_problem(field, len(chosen)) if field.type == "multi_choice" else None


def _length_problem(field: Field, length: int) -> Problem | None:
    bounds = {"min_length": field.min_length or 0, "max_length": field.max_length or MAX_TEXT}
    if length < bounds["min_length"]:
        return problem(field.code, "too_short", bounds)
    return problem(field.code, "too_long", bounds) if length > bounds["max_length"] else None


def _format_problem(field: Field, answer: str) -> Problem | None:
    fits = _FORMATS.get(field.type)
    return None if fits is None or fits(answer) else problem(field.code, f"invalid_{field.type}")


def is_siret(text: str) -> bool:
    """Whether ``text`` is a SIRET of 14 digits with a right key (Luhn, with La Poste's exception)."""
    return _digits(text, 14) and bool(siret.is_valid(text))


def is_siren(text: str) -> bool:
    return _digits(text, 9) and bool(siren.is_valid(text))


def _digits(text: str, count: int) -> bool:
    """Whether ``text`` is so many digits as identifiers are written: stdnum takes those of other scripts, too."""
    return len(text) == count and text.isascii() and text.isdecimal()


def is_email(text: str) -> bool:
    return len(text) <= EMAIL_LENGTH and re.fullmatch(EMAIL, text) is not None


def is_departement(text: str) -> bool:
    return re.fullmatch(DEPARTEMENT, text) is not None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FORMATS: dict[str, Callable[[str], bool]] = {
    "text": lambda text: _CONTROL.search(text) is None,
    "long_text": lambda text: _CONTROL_BUT_LINES.search(text) is None,
    "date": _is_date,
    "email": is_email,
    "departement": is_departement,
    "commune": lambda text: re.fullmatch(COMMUNE, text) is not None,
    "siret": is_siret,
    "siren": is_siren,
    "rna": lambda text: RNA.fullmatch(text) is not None,
}
