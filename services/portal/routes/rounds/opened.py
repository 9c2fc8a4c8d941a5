"""A round as its pages have it: itself, its call's name, the names of its members and of its applications."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.portal.backend import ServiceProblem
from services.portal.names import names
from services.portal.page import Page

View = dict[str, Any]
AREA = "/office/rounds"
MOST_A_TIME = 100
OFFICER = ("programme_officer",)
READERS = ("programme_officer", "deciding_authority")
COUNTED = ("closed", "deliberated", "decided", "announced")
LONGEST_CODE = 64
_NOT_IN_CODES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Round:
    """``view``: what ``evaluation`` shows of it."""

    view: View
    title: str

    @property
    def id(self) -> str:
        return str(self.view["round_id"])

    @property
    def base(self) -> str:
        return f"{AREA}/{self.id}"

    @property
    def status(self) -> str:
        return str(self.view["status"])

    @property
    def counted(self) -> bool:
        """Whether the ballots are counted, so that there are results."""
        return self.status in COUNTED


@dataclass(frozen=True)
class Candidacy:
    """An application in a list. ``place``: what the announced decision gave it, for who may read it."""

    number: str
    title: str
    status: str = ""
    place: View | None = None

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}".strip()


async def opened(page: Page, round_id: UUID) -> Round:
    """The round. Raises ``ServiceProblem`` (404)."""
    view = await page.get("evaluation", f"/rounds/{round_id}")
    return Round(view, await _title(page, round_id, view))


async def _title(page: Page, round_id: UUID, view: View) -> str:
    try:
        return str((await page.get("applications", f"/calls/{round_id}"))["title"][page.language])
    except ServiceProblem:
        return str(view["number"])


async def member_names(page: Page, ids: Iterable[str]) -> dict[str, str]:
    """Members by name, the beginning of an id where there is none."""
    wanted = set(ids)
    return {each: each[:8] for each in wanted} | await names(page, wanted)


async def candidacies(page: Page, ids: Iterable[str]) -> dict[str, Candidacy]:
    """Applications by id; the beginning of the id for a number that cannot be read."""
    wanted = sorted(set(ids))
    found = {each: Candidacy(each[:8], "") for each in wanted}
    for start in range(0, len(wanted), MOST_A_TIME):
        answer = await page.get("applications", "/applications", ids=wanted[start : start + MOST_A_TIME])
        for each in answer["applications"]:
            title = str(each.get("answers", {}).get("title") or "")
            number = each["number"] or each["application_id"][:8]
            found[each["application_id"]] = Candidacy(number, title, each["status"], each.get("place"))
    return found


def as_code(text: str) -> str:
    """A text as the services keep codes: ``Arrêté du 3 mai`` is ``arrete_du_3_mai``; empty when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe")).encode("ascii", "ignore").decode()
    return _NOT_IN_CODES.sub("_", plain).lstrip("_0123456789").rstrip("_")[:LONGEST_CODE]
