"""Who plays the season: staff, panel and applicants. All are synthetic, say so in their names, and follow from one seed.

SIREN and RNA numbers begin with ``000``: no real organisation has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from stdnum import luhn

from deploy.local.season.door import Person
from deploy.local.season.size import Size

SEED = 2021
KINDS = {"association": 0.44, "company": 0.30, "person": 0.26}
"""Shares of the applicants' kinds, as published by the programme."""

PREFECTURES = {
    "75": "75056", "13": "13055", "69": "69123", "33": "33063", "59": "59350", "31": "31555", "44": "44109",
    "67": "67482", "35": "35238", "34": "34172", "38": "38185", "06": "06088", "76": "76540", "29": "29232",
    "2A": "2A004", "2B": "2B033", "57": "57463", "68": "68066", "23": "23096", "19": "19272", "81": "81004",
    "41": "41018", "48": "48095", "02": "02408", "86": "86194", "92": "92050", "45": "45234", "971": "97105",
    "972": "97209", "973": "97302", "974": "97411", "976": "97611",
}  # fmt: skip
"""INSEE code of the commune of some départements' prefectures."""

WITHOUT_RNA = ("57", "67", "68")


def person(label: str) -> Person:
    """Someone by their part in the play; the same id in every season."""
    return Person(uuid5(NAMESPACE_URL, f"tremplin:season:{label}"), label)


ADMINISTRATOR = person("administrator")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A synthetic legal person."""

    name: str
    siren: str
    siret: str
    rna: str | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Someone who submits: alone, or for an organisation."""

    number: int
    person: Person
    kind: str
    departement: str
    commune: str
    email: str
    organisation: Organisation | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone."""

    officer: Person
    second_officer: Person
    authority: Person
    orderer: Person
    accountant: Person
    mentor: Person
    citizens: list[Person]
    experts: list[Person]
    alternates: dict[str, Person]
    applicants: list[Applicant] = field(default_factory=list)

    @property
    def panel(self) -> list[Person]:
        return [*self.citizens, *self.experts]

    def staff(self) -> Iterator[tuple[Person, tuple[str, ...]]]:
        """Everyone but the applicants, with their roles."""
        yield self.officer, ("programme_officer",)
        yield self.second_officer, ("programme_officer",)
        yield self.authority, ("deciding_authority",)
        yield self.orderer, ("authorising_officer",)
        yield self.accountant, ("accountant",)
        yield self.mentor, ("mentor",)
        for citizen in (*self.citizens, self.alternates["citizens"]):
            yield citizen, ("citizen_panellist",)
        for expert in (*self.experts, self.alternates["experts"]):
            yield expert, ("expert",)


def cast(size: Size) -> Cast:
    """Everyone of a season of this size."""
    applicants = size.submitted + size.late + size.abandoned
    return Cast(
        officer=person("officer 1"),
        second_officer=person("officer 2"),
        authority=person("authority"),
        orderer=person("authorising officer"),
        accountant=person("accountant"),
        mentor=person("mentor"),
        citizens=[person(f"citizen {number}") for number in range(1, size.citizens + 1)],
        experts=[person(f"expert {number}") for number in range(1, size.experts + 1)],
        alternates={"citizens": person("alternate citizen"), "experts": person("alternate expert")},
        applicants=_applicants(applicants, size.pool),
    )


def _applicants(count: int, pool: int) -> list[Applicant]:
    random = Random(SEED)  # noqa: S311  synthetic data, the same every time
    kinds = _shared_out(pool, random)
    kinds += [random.choices(list(KINDS), list(KINDS.values()))[0] for _ in range(count - pool)]
    return [_applicant(number, kind, random) for number, kind in enumerate(kinds, 1)]


def _shared_out(count: int, random: Random) -> list[str]:
    """``count`` kinds in exactly the published proportions, shuffled."""
    kinds = [kind for kind, share in KINDS.items() for _ in range(round(count * share))][:count]
    kinds += ["association"] * (count - len(kinds))
    random.shuffle(kinds)
    return kinds


def _applicant(number: int, kind: str, random: Random) -> Applicant:
    departement = random.choice(list(PREFECTURES))
    organisation = None if kind == "person" else _organisation(number, kind, departement)
    email = f"porteur-{number:05d}@exemple-{number % 50:02d}.example"
    return Applicant(
        number, person(f"applicant {number}"), kind, departement, PREFECTURES[departement], email, organisation
    )


def _organisation(number: int, kind: str, departement: str) -> Organisation:
    stem = f"000{number:05d}"
    siren = stem + luhn.calc_check_digit(stem)
    place = f"{siren}0001"
    rna = f"W000{number:06d}" if kind == "association" and departement not in WITHOUT_RNA else None
    label = "Association" if kind == "association" else "Entreprise"
    return Organisation(f"{label} synthétique {number:05d}", siren, place + luhn.calc_check_digit(place), rna)


def registration(someone: Person, roles: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """What ``people`` is told to register someone."""
    email = f"{someone.label.replace(' ', '-')}@tremplin.example"
    names = {"given_name": "Synthétique", "family_name": someone.label.title()}
    return {"person_id": str(someone.id), **names, "email": email, "roles": list(roles), **more}
