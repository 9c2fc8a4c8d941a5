"""Dated figures of a call by territory, theme and kind: as of an instant that the address keeps, so that they come again."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.exports import Column, export
from services.portal.formats import ZONE
from services.portal.page import Page
from services.portal.places import REGIONS, departement
from services.portal.routes.office.board import local_instant
from services.portal.routes.office.desk import OFFICER, View, call_of, tabbed, themes
from services.portal.words import N_, word

router = APIRouter()
BASE = "/office/calls/{call_id}/figures"
By = Literal["departements", "regions", "themes", "kinds"]
KEYS: dict[str, str] = {
    "departements": "departement", "regions": "region", "themes": "theme", "kinds": "applicant_kind",
}  # fmt: skip
BYS = {
    "departements": N_("By département"), "regions": N_("By région"), "themes": N_("By theme"),
    "kinds": N_("By kind of applicant"),
}  # fmt: skip
MEASURES = {
    "submitted": N_("Submitted applications"), "eligible": N_("Eligible applications"), "laureates": N_("Laureates"),
    "committed_cents": N_("Amount committed"), "paid_cents": N_("Amount paid"),
}  # fmt: skip


@router.get(BASE)
async def figures(
    call_id: UUID, by: Annotated[By, Query()] = "departements", page: Page = signed_in(OFFICER)
) -> Response:
    """The figures now, or as they were."""
    call, as_of, wrong = await tabbed(page, call_id), *_asked(page)
    found = await _found(page, call_id, by, as_of)
    rows = [{**row, "label": _label(page, call, by, row)} for row in found[by]]
    sums = {name: sum(row[name] for row in rows) for name in MEASURES}
    lasting = found["as_of"] if as_of is None else as_of.isoformat()
    return await page.render(
        "office/figures.html", call=call, rows=rows, sums=sums, by=by, bys=BYS, measures=MEASURES, wrong=wrong,
        as_of=found["as_of"], asked=_in_field(as_of), exact=as_of.isoformat() if as_of else "", lasting=lasting,
    )  # fmt: skip


@router.get(f"{BASE}/export")
async def exported(
    call_id: UUID, form: Annotated[Literal["csv", "xlsx"], Query()] = "csv",
    by: Annotated[By, Query()] = "departements", page: Page = signed_in(OFFICER),
) -> Response:  # fmt: skip
    """The same figures as a file; amounts in euros."""
    call, (as_of, _) = await call_of(page, call_id), _asked(page)
    found = await _found(page, call_id, by, as_of)
    columns = [Column("label", page._(BYS[by])), *(Column(name, page._(text)) for name, text in MEASURES.items())]
    rows = (_in_euros({**row, "label": _label(page, call, by, row)}) for row in found[by])
    return export(page, rows, columns, form, f"figures-{call['number']}-{by}")


def _asked(page: Page) -> tuple[datetime | None, bool]:
    """The instant of the address, and whether there is a text that is none. A field that is unchanged means its exact instant."""
    text, exact = (page.request.query_params.get(name, "").strip().replace(" ", "+") for name in ("as_of", "exact"))
    found, shown = (local_instant(each, ZONE.key) if each else None for each in (text, exact))
    return shown if shown and _in_field(shown) == text else found, bool(text) and found is None


def _in_field(moment: datetime | None) -> str:
    """An instant as the form's field has it: in Paris, to the minute."""
    return f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}" if moment else ""


async def _found(page: Page, call_id: UUID, by: str, as_of: datetime | None) -> Any:
    moment = as_of.isoformat() if as_of else None
    try:
        return await page.get("observatory", f"/figures/{by}", call_id=call_id, as_of=moment)
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        return {"as_of": None, by: []}


def _label(page: Page, call: View, by: str, row: View) -> str:
    code = str(row[KEYS[by]])
    if code == "unknown":
        return page._("Not known")
    if by == "departements":
        return departement(code)
    if by == "regions":
        return REGIONS.get(code, code)
    return themes(call, page.language).get(code, code) if by == "themes" else page._(word("applicant_kind", code))


def _in_euros(row: View) -> View:
    return {name: value / 100 if name.endswith("_cents") else value for name, value in row.items()}
