"""An initiative's agreement as its beneficiary has it, and what there is to do about it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.portal.backend import ServiceProblem
from services.portal.following import NOT_FOUND, REPEATABLE
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.words import N_, word

Agreement = dict[str, Any]
OVER = ("stopped", "closed")
_CLAUSES = (
    N_(
        "The programme grants %(amount)s for the initiative as it was selected, paid in the tranches of this agreement, "
        "each once its condition is met."
    ),
    N_(
        "The beneficiary uses the grant for this initiative only, follows the acceleration, and keeps the proof of what was spent."
    ),
    N_(
        "The beneficiary reports on the use of the grant within six months after the end of each year in which something "
        "was paid. A late report holds back payments."
    ),
    N_(
        "When the acceleration is stopped, what was not paid is no longer due, and what was not used as agreed is paid back."
    ),
)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: what it is called, where it is done, and by when if there is a date."""

    text: str
    path: str
    due_at: str | None = None


async def agreement_of(page: Page, initiative_id: UUID) -> Agreement | None:
    """The reader's own agreement; nothing as long as it is not prepared. Raises ``ServiceProblem`` for other refusals."""
    try:
        found: Agreement = await page.get("funding", f"/agreements/{initiative_id}")
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        return None
    return found if found["owner_id"] == page.person_id else None


async def owned(page: Page, initiative_id: UUID) -> Agreement:
    """The reader's own agreement. Raises ``ServiceProblem`` (404) when there is none, and to staff too."""
    found = await agreement_of(page, initiative_id)
    if found is None:
        raise ServiceProblem("funding", 404, NOT_FOUND)
    return found


async def taken(page: Page, form: Form, path: str, body: Any) -> bool:
    """Whether funding took a POST; what it refused is said in ``form``."""
    try:
        await page.post("funding", path, body)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page)
        return False
    return True


def clauses(page: Page, agreement: Agreement) -> list[str]:
    """What the agreement says, in the page's language."""
    amount = Formats(page.language).money(agreement["amount_cents"])
    return [page._(text, amount=amount) for text in _CLAUSES]


def money_tasks(page: Page, agreement: Agreement) -> list[Task]:
    """What the beneficiary has to do: sign, give an account, ask for a tranche, report."""
    base = f"/initiatives/{agreement['agreement_id']}"
    found = []
    if agreement["status"] == "prepared":
        found.append(Task(page._("Sign the agreement"), f"{base}/agreement"))
    if agreement["status"] not in OVER:
        bank, statuses = agreement["bank_details"], {each["status"] for each in agreement["tranches"]}
        if (bank is None and agreement["beneficiary"]) or (bank and bank["confirmed"] and "rejected" in statuses):
            found.append(Task(page._("Give bank details"), f"{base}/bank-details/attachments"))
        for each in agreement["tranches"]:
            if "request" in each["next"] and agreement["status"] == "signed":
                name = page._(word("tranche", each["code"]))
                path = f"{base}/tranches/{each['tranche_id']}/request"
                found.append(Task(page._("Ask for the tranche: %(name)s", name=name), path))
    return found + [
        Task(page._("File the financial report on %(year)s", year=year), f"{base}/reports/{year}/attachments", due)
        for year, due in unreported(agreement).items()
    ]


def unreported(agreement: Agreement) -> dict[str, str]:
    """The years whose financial report is not filed, each with the instant from which it is late."""
    filed = set(map(str, agreement["reported_years"]))
    return {year: due for year, due in agreement["reports_due"].items() if year not in filed}
