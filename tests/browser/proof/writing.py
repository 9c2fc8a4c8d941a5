"""Applications as their owners write them, over HTTP."""

from tests.browser.doing import Person, post
from tests.browser.funding.laureates import ANSWERS
from tests.browser.season import Played

TITLE = ANSWERS["title"]
WHO = {"given_name": "Zoé", "family_name": "Essai", "email": "zoe@exemple.example", "departement": "35"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def draft(season: Played, owner: Person, call_id: str) -> str:
    """A draft that could be submitted; its id."""
    body = {"kind": "person", "applicant": WHO, "answers": ANSWERS, "synthetic": True}
    found = await post(season, owner, "applications", f"/calls/{call_id}/applications", body)
    return str(found["application_id"])


async def attach(season: Played, owner: Person, application_id: str) -> None:
    """A small PDF."""
    files = {"file": ("statuts.pdf", PDF, "application/pdf")}
    await season.ask(owner, "POST", "applications", f"/applications/{application_id}/attachments", files=files)
