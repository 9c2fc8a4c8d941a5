"""The round in the browser: panel, sharing out, ballots, deliberation, decision, announcement, the place taken."""

from datetime import datetime
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.whole.town import A_MOMENT, Town

CRITERIA = ("general_interest", "impact", "feasibility", "openness")


async def _schedule(town: Town, call_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await town.door.get(None, "applications", f"/calls/{call_id}"))["schedule"]
    return found


async def pass_until(town: Town, call_id: str, date: str) -> None:
    """Let time pass just beyond one of the call's dates."""
    await town.pass_until(datetime.fromisoformat((await _schedule(town, call_id))[date]) + A_MOMENT)


async def assigned(officer: Page, town: Town, call_id: str) -> None:
    """Everyone who can be is appointed; the pool is frozen; the applications are shared out."""
    for college in ("citizens", "experts"):
        await officer.goto(f"{town.url}/fr/office/rounds/{call_id}/panel")
        section = officer.locator(f"section[aria-labelledby=appoint-{college}]")
        await section.locator("input[type=checkbox]").check()
        await section.get_by_label("Membre titulaire").check()
        await section.get_by_role("button", name="Nommer").click()
        await expect(officer.locator(".notice.success")).to_be_visible()
    await pass_until(town, call_id, "evaluation_opens_at")
    await officer.goto(f"{town.url}/fr/office/rounds/{call_id}/assignment")
    await officer.get_by_role("button", name="Les répartir").click()
    await expect(officer.get_by_role("heading", level=1)).not_to_have_text("Répartir les candidatures ?")
    await town.rest()


async def voted(member: Page, town: Town, call_id: str, scores: dict[str, int]) -> None:
    """A ballot on every application, the same score for each criterion, by the application's title."""
    await member.goto(f"{town.url}/fr/panel/{call_id}")
    await member.locator("a.button.primary").click()
    for _ in scores:
        score = scores[await member.get_by_role("heading", level=1).inner_text()]
        for criterion in CRITERIA:
            await member.locator(f'input[name="score.{criterion}"][value="{score}"]').check()
        before = member.url
        await member.get_by_role("button", name="Enregistrer et passer à la suivante").click()
        await member.wait_for_url(lambda url, before=before: url != before)
    await expect(member.get_by_text("c’était le dernier à rendre")).to_be_visible()


async def deliberated(officer: Page, member: Page, town: Town, call_id: str) -> None:
    """The round closes; the opinion is recorded and a member signs its minutes."""
    await pass_until(town, call_id, "evaluation_closes_at")
    await officer.goto(f"{town.url}/fr/office/rounds/{call_id}/deliberation")
    for each in await officer.locator("input[name=present]").all():
        await each.check()
    await officer.locator("#field-minutes").fill("Le jury suit l’ordre des bulletins.")
    await officer.get_by_role("button", name="Continuer").click()
    await officer.get_by_role("button", name="Enregistrer l’avis").click()
    await expect(officer.locator(".notice.success")).to_be_visible()
    await member.goto(f"{town.url}/fr/panel/{call_id}/minutes")
    await member.get_by_role("button", name="Signer le procès-verbal").click()
    await expect(member.get_by_text("Vous avez signé le procès-verbal.")).to_be_visible()


async def decided(authority: Page, town: Town, call_id: str) -> None:
    await authority.goto(f"{town.url}/fr/decisions")
    await authority.locator(f'a[href="/fr/decisions/{call_id}"]').click()
    await authority.locator("#field-delegation").fill("arrêté 2026-412")
    await authority.get_by_role("button", name="Continuer vers la signature").click()
    await authority.get_by_role("button", name="Signer la décision").click()
    await expect(authority.get_by_text("La décision est signée.")).to_be_visible()


async def place_taken(page: Page, town: Town, application_id: str) -> None:
    await page.goto(f"{town.url}/fr/applications/{application_id}/place")
    await page.get_by_role("button", name="Accepter la place").click()
    await page.wait_for_url(lambda url: not url.endswith("/place"))
    await town.rest()
