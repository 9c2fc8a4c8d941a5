"""What the office's pages share: the call, the officers and their names, the words of themes."""

import asyncio
from collections.abc import Mapping
from typing import Any

from services.portal.backend import ServiceProblem
from services.portal.names import names
from services.portal.page import Page

OFFICER = "programme_officer"
View = dict[str, Any]


async def call_of(page: Page, call_id: Any) -> View:
    """A call as everyone reads it. Raises ``ServiceProblem`` (404)."""
    found: View = await page.get("applications", f"/calls/{call_id}")
    return found


async def waiting(page: Page, call_id: Any) -> int:
    """How many applications of a call have messages that no officer has read."""
    found = await page.get("applications", f"/calls/{call_id}/messages/unread", limit=1)
    return int(found["total"])


async def tabbed(page: Page, call_id: Any) -> View:
    """A call for a page with the call's tabs: also ``waiting``, the files with messages that no officer has read."""
    call, count = await asyncio.gather(call_of(page, call_id), waiting(page, call_id))
    return {**call, "waiting": count}


async def officers(page: Page) -> list[View]:
    """The officers that applications knows, with ``name`` and ``acting``, who acts for them now."""
    found = (await page.get("applications", "/officers"))["officers"]
    delegates = (item["delegate_id"] for each in found for item in each["delegations"])
    known = await names(page, [*(each["officer_id"] for each in found), *delegates])
    return [{**each, "name": known.get(each["officer_id"], each["officer_id"][:8]), "known": known} for each in found]


def themes(call: Mapping[str, Any], language: str) -> dict[str, str]:
    return {each["code"]: each["label"][language] for each in call["themes"]}


def rule_texts(call: Mapping[str, Any], language: str) -> dict[str, str]:
    """The call's rules by code, as the call words them."""
    rules = (*call["admissibility"], *call["eligibility"])
    return {str(rule.get("code") or rule["kind"]): rule["text"][language] for rule in rules}


def refused(problem: ServiceProblem) -> bool:
    """Whether the refusal is about what was sent, so that the form is shown again with it."""
    return problem.status in (409, 410, 412, 413, 415, 422) or problem.code == "author_only"
