"""Whoever applied on paper comes to an account by a link that is mailed to them; an officer has it sent and never sees it."""

from typing import Any

from services.portal.backend import ServiceProblem
from services.portal.page import Page

OPERATOR = "operator"
OWN_ACCOUNT = "logs_in_already"


async def invite(page: Page, person_id: str, application_id: Any, number: str | None = None) -> bool:
    """Mail the person a new link, in the name of the officer whose page this is; the form sent again mails nothing more.

    False for somebody who has an account of their own. Raises ``ServiceProblem`` (410) for one who is erased.
    """
    try:
        found = await _asked(page, "people", f"/persons/{person_id}/invitation")
    except ServiceProblem as problem:
        if problem.code != OWN_ACCOUNT:
            raise
        return False
    link = {name: found[name] for name in ("invitation_id", "token")}
    body = {**link, "person_id": person_id, "about": str(application_id), "number": number}
    await _asked(page, "notifications", "/links", body)
    return True


async def _asked(page: Page, service: str, path: str, body: Any = None) -> Any:
    """Asked by the portal for the officer: the token has both roles, as neither is enough alone."""
    assert page.session  # noqa: S101
    roles = (*page.session.roles, OPERATOR)
    return await page.parts.backend.ask(page.person_id, roles, "POST", service, path, body, key=page.form_key)
