"""What is where: the public pages, and a person's areas by their roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.portal.roles import MONEY, PANEL, SIDES
from services.portal.words import N_


@dataclass(frozen=True, slots=True)
class Link:
    """``roles``: whom the area serves; none means everyone who is signed in. Who may see its pages is declared there."""

    path: str
    label: str
    roles: frozenset[str] = frozenset()


def _for(*roles: str) -> frozenset[str]:
    return frozenset(roles)


PUBLIC = (
    Link("/calls", N_("Calls")),
    Link("/laureates", N_("Laureates")),
    Link("/barometer", N_("Barometer")),
    Link("/quality", N_("Quality of the programme")),
    Link("/open-data", N_("Open data")),
)

AREAS = (
    Link("/account", N_("My space")),
    Link("/applications", N_("My applications"), _for("applicant")),
    Link("/initiatives", N_("My initiatives"), _for("applicant")),
    Link("/panel", N_("Applications to evaluate"), _for(*PANEL)),
    Link("/office", N_("Calls and applications"), _for("programme_officer")),
    Link("/office/rounds", N_("Evaluation rounds"), _for("programme_officer")),
    Link("/office/cycles", N_("Cycles"), _for("programme_officer")),
    Link("/office/mailings", N_("Mailings"), _for("programme_officer")),
    Link("/mentoring", N_("Initiatives that I follow"), _for("mentor")),
    Link("/territory", N_("My territory"), _for("territory_reader")),
    Link("/sector", N_("My sector"), _for("sector_reader")),
    Link("/decisions", N_("To decide and sign"), _for("deciding_authority")),
    Link("/funding", N_("Payments"), _for(*MONEY)),
    Link("/funding/ledger", N_("Ledger and envelope"), _for(*SIDES)),
    Link("/funding/envelopes", N_("Envelopes"), _for("programme_officer", "deciding_authority")),
    Link("/administration", N_("Administration"), _for("administrator")),
)


def area_of(path: str, areas: Iterable[Link]) -> str:
    """The path of the area that a page is in: the nearest above it; nothing where there is none."""
    around = (link.path for link in areas if f"{path}/".startswith(f"{link.path}/"))
    return max(around, key=len, default="")


def areas_for(roles: tuple[str, ...], applies: bool = False) -> tuple[Link, ...]:
    """The areas of a person with these roles, in order. ``applies``: they have applications, whatever their roles."""
    held = {*roles, "applicant"} if applies else set(roles)
    return tuple(link for link in AREAS if not link.roles or link.roles & held)
