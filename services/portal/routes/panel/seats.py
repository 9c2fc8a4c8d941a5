"""A member's place on a round's panel, as every page of the panel has it in view."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.portal.backend import ServiceProblem
from services.portal.page import Page

View = dict[str, Any]
MOST_IDS = 100
NOT_FOUND = {"code": "not_found", "title": "There is nothing at this address"}


@dataclass(frozen=True)
class Seat:
    """``mine`` is the answer to the member's queue: counts, quorum and deadline are always of all of it."""

    round_id: str
    call: View
    mine: View

    @property
    def path(self) -> str:
        return f"/panel/{self.round_id}"

    @property
    def open(self) -> bool:
        """Whether ballots may still be put; the service has the last word."""
        return self.mine["status"] in ("planned", "open")

    @property
    def done(self) -> int:
        return int(self.mine["progress"]["cast"] + self.mine["progress"]["abstained"])


async def seat(page: Page, round_id: UUID | str, **asked: Any) -> Seat:
    """The seat of the page's person. Raises ``ServiceProblem`` (404) for who has none in the round."""
    mine = await page.get("evaluation", f"/rounds/{round_id}/ballots/mine", **asked)
    call = await page.get("applications", f"/calls/{round_id}")
    return Seat(str(round_id), call, mine)


async def seats(page: Page) -> list[Seat]:
    """All rounds in which the person has a seat, the latest deadline first."""
    found = []
    for each in (await page.get("evaluation", "/rounds"))["rounds"]:
        try:
            found.append(await seat(page, each["round_id"], limit=1))
        except ServiceProblem as problem:
            if problem.status != 404:
                raise
    return sorted(found, key=lambda own: str(own.mine["closes_at"]), reverse=True)


async def minutes_of(page: Page, own: Seat) -> View | None:
    """The minutes of the deliberation; nothing when there are none yet, or the person was not there."""
    if own.mine["status"] not in ("deliberated", "decided", "announced"):
        return None
    try:
        found: View = await page.get("evaluation", f"/rounds/{own.round_id}/minutes")
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        return None
    return found


async def minutes_to_sign(page: Page, own: Seat) -> bool:
    """Whether the person was at the deliberation, and has not signed its minutes yet."""
    found = await minutes_of(page, own)
    return found is not None and not any(each["signed_by"] == page.person_id for each in found["signatures"])


async def titles(page: Page, ids: Iterable[str]) -> dict[str, str]:
    """The titles of those of these applications that the person may read."""
    wanted, known = list(ids), dict[str, str]()
    for start in range(0, len(wanted), MOST_IDS):
        found = await page.get("applications", "/applications", ids=wanted[start : start + MOST_IDS])
        known |= {each["application_id"]: str(each["answers"].get("title") or "") for each in found["applications"]}
    return known
