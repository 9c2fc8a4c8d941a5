"""To whom a mailing goes: the people of a list of applications or of cycles, with the filters of its address."""

from dataclasses import dataclass
from typing import Any

from services.portal import places
from services.portal.names import names
from services.portal.page import Page
from services.portal.routes.cycles.board import asked, every
from services.portal.routes.office.desk import View, call_of, themes
from services.portal.routes.office.lists import every_line, wishes
from services.portal.words import N_, word

LABELS = {
    "call_id": N_("Call"), "q": N_("Search"), "status": N_("State"), "weather": N_("Weather"), "overdue": N_("Check-in overdue"),
    "escalated": N_("Escalated to an officer"), "mine": N_("Those that I follow"), "kind": N_("Kind of applicant"),
    "theme": N_("Theme"), "need": N_("Need"), "region": N_("Région"), "departement": N_("Département"),
    "officer": N_("Officer"), "unconfirmed": N_("Entered for the applicant and not confirmed"),
}  # fmt: skip


@dataclass(frozen=True)
class Audience:
    """A list as its address gives it; ``call`` for one of applications, nothing for one of cycles."""

    call: View | None
    wanted: dict[str, Any]

    @property
    def query(self) -> dict[str, Any]:
        """What the address of a mailing to this list has."""
        source = {"call": self.call["call_id"]} if self.call else {}
        return {**source, **self.wanted}

    @property
    def path(self) -> str:
        """Where the list is."""
        return f"/office/calls/{self.call['call_id']}/applications" if self.call else "/office/cycles"


async def audience(page: Page) -> Audience:
    """The list that the address of a mailing gives. Raises ``ServiceProblem`` (404) for a call that is not there."""
    call_id = page.request.query_params.get("call", "")[:36]
    call = await call_of(page, call_id) if call_id else None
    wanted = wishes(page) if call else asked(page)
    return Audience(call, {name: value for name, value in wanted.items() if value and name not in ("sort", "order")})


async def persons(page: Page, found: Audience, who: str = "owners") -> list[str]:
    """The people of the list, each once: those who applied or are accelerated, or with ``mentors`` who follows them."""
    if found.call:
        return sorted({line["owner_id"] async for line in every_line(page, found.call["call_id"], found.wanted)})
    kind = "mentor_id" if who == "mentors" else "owner_id"
    return sorted({each[kind] for each in await every(page, found.wanted) if each[kind]})


async def described(page: Page, found: Audience) -> list[tuple[str, str]]:
    """The list's filters in words."""
    looked_up = await _looked_up(page, found)
    return [
        (page._(label), looked_up.get(name) or _said(page, found, name, found.wanted[name]))
        for name, label in LABELS.items()
        if name in found.wanted
    ]


async def _looked_up(page: Page, found: Audience) -> dict[str, str]:
    """What services tell of filters that are ids: an officer's name, a call's number and title."""
    told, officer = dict[str, str](), found.wanted.get("officer", "nobody")
    if officer != "nobody":
        told["officer"] = (await names(page, [officer])).get(officer, officer[:8])
    if "call_id" in found.wanted:
        call = await call_of(page, found.wanted["call_id"])
        told["call_id"] = f"{call['number']} – {call['title'][page.language]}"
    return told


def _said(page: Page, found: Audience, name: str, value: Any) -> str:
    if name in ("overdue", "escalated", "mine", "unconfirmed"):
        return page._("Yes")
    if name == "officer":
        return page._("Nobody")
    values = value if isinstance(value, list) else [value]
    return ", ".join(_one(page, found, name, each) for each in values)


def _one(page: Page, found: Audience, name: str, value: str) -> str:
    if name == "departement":
        return places.departement(value)
    if name == "region":
        return places.REGIONS.get(value, value)
    if name == "theme" and found.call:
        return themes(found.call, page.language).get(value, value)
    groups = {"weather": "weather", "kind": "applicant_kind", "need": "need"}
    group = groups.get(name, ("application_state" if found.call else "cycle_status") if name == "status" else "")
    return page._(word(group, value))
