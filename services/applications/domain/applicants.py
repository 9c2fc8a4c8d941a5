"""Who applies: the kinds of applicant and the identifiers that each has.

A person has no SIRET; an association in Alsace-Moselle has no RNA (local law of 1908); French Polynesia has the TAHITI
number and New Caledonia the RIDET instead of the SIRET.
"""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import StringConstraints

from contracts.applications import ApplicantKind
from contracts.model import Model
from services.applications.domain import forms
from services.applications.domain.refusals import Problem, problem

ALSACE_MOSELLE = ("57", "67", "68")
POLYNESIA, CALEDONIA = "987", "988"
NATURAL: tuple[ApplicantKind, ...] = ("person", "collective")
IDENTIFIERS = ("siret", "rna", "ridet", "tahiti")
_FORMATS: dict[str, Callable[[str], object]] = {
    "siret": forms.is_siret,
    "rna": lambda text: forms.RNA.fullmatch(text) is not None,
    "ridet": re.compile(r"[0-9]{7}([0-9]{3})?").fullmatch,
    "tahiti": re.compile(r"[0-9A-Z][0-9]{5}([0-9]{3})?").fullmatch,
    "email": forms.is_email,
    "departement": forms.is_departement,
}
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text, without control characters."""


class Applicant(Model):
    """The applicant as it presents itself. ``name`` is an organisation's or a collective's.

    The personal names are the applicant's, a collective's mandatary's, or an organisation's representative's.
    ``departement`` is the seat's.
    """

    name: Line | None = None
    given_name: Line | None = None
    family_name: Line | None = None
    email: Line | None = None
    departement: Line | None = None
    siret: Line | None = None
    rna: Line | None = None
    ridet: Line | None = None
    tahiti: Line | None = None


def identifiers_of(kind: ApplicantKind, departement: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The identifiers that such an applicant must give, and those it may give besides."""
    if kind in NATURAL:
        return (), ()
    if departement == POLYNESIA:
        return ("tahiti",), ("siret",)
    if departement == CALEDONIA:
        return ("ridet",), ("siret",)
    if kind != "association":
        return ("siret",), ()
    return ((), ("siret",)) if departement in ALSACE_MOSELLE else (("rna",), ("siret",))


def problems(kind: ApplicantKind, applicant: Applicant) -> list[Problem]:
    """Everything that is missing or wrong in the applicant's identity, fields named ``applicant.…``."""
    needed, optional = identifiers_of(kind, applicant.departement)
    named = ("given_name", "family_name") if kind in NATURAL else ()
    titled = () if kind == "person" else ("name",)
    wanted = ("departement", *titled, *named, *needed)
    refused = (
        *(name for name in IDENTIFIERS if name not in needed + optional),
        *(("name",) if kind == "person" else ()),
    )
    given = {name: value for name, value in applicant.model_dump().items() if value}
    found = [problem(f"applicant.{name}", "required") for name in wanted if name not in given]
    found += [problem(f"applicant.{name}", "not_for_this_applicant") for name in refused if name in given]
    for name, value in given.items():
        if name not in refused and (fits := _FORMATS.get(name)) and not fits(value):
            found.append(problem(f"applicant.{name}", f"invalid_{name}"))
    return found


def siren_of(kind: ApplicantKind, applicant: Applicant) -> str | None:
    """The nine digits that identify an organisation whatever its establishments; none for persons."""
    return applicant.siret[:9] if applicant.siret and kind not in NATURAL else None
