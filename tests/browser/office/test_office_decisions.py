"""Decisions of an officer: many together, undone while there is time, watched while they are sent; one by one, by two at once."""

from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.office import desk
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

REASON = "Le dossier est complet et arrivé à temps."


async def _officer(bench: Bench, season: Played, nth: int, to: str, **given: bool) -> Page:
    page = await bench.page(**given)  # type: ignore[arg-type]
    await season.sign_in(page, season.person("programme_officer", nth), to)
    return page


async def _plan(page: Page, decision: str = "Recevable") -> None:
    await page.get_by_label("Toute la liste").check()
    await page.get_by_label(decision, exact=True).check()
    await page.get_by_label("Règle").select_option("all_passed")
    await page.get_by_label("Motif").fill(REASON)
    await page.get_by_role("button", name="Voir ce que cela ferait").click()
    await page.wait_for_url("**/office/batches/*")


async def test_a_bulk_decision_is_shown_and_undone_while_there_is_time(bench: Bench, season: Played) -> None:
    call_id, ids = await desk.call_with(season, 3)
    page = await _officer(bench, season, 0, f"/fr/office/calls/{call_id}/queue")
    await page.get_by_role("button", name="Voir ce que cela ferait").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await bench.screen(page, "queue-errors")
    await _plan(page)
    await expect(page.get_by_text("3 candidatures seraient décidées. Rien n’est encore décidé.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "batch")
    other = await _officer(bench, season, 1, page.url.removeprefix(season.url))
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.locator("#batch-state")).to_have_text("Confirmé")
    await expect(other.locator("#batch-state")).to_have_text("Confirmé", timeout=desk.PATIENCE_MS)
    await other.get_by_role("button", name="Annuler").click()
    for each in (page, other):
        await expect(each.locator("#batch-state")).to_have_text("Abandonné", timeout=desk.PATIENCE_MS)
    await sound(page)
    assert {(await desk.kept(season, each))["status"] for each in ids} == {"submitted"}


async def test_a_bulk_decision_is_watched_while_it_is_sent(bench: Bench, season: Played) -> None:
    call_id, ids = await desk.call_with(season, 6)
    page = await _officer(bench, season, 0, f"/fr/office/calls/{call_id}/queue")
    await _plan(page)
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.locator("#batch-state")).to_have_text("Confirmé")
    stale = await _officer(bench, season, 1, page.url.removeprefix(season.url), javascript=False)
    watching = await page.context.new_page()
    await watching.goto(page.url)
    await page.get_by_role("button", name="Envoyer maintenant").dblclick()
    for each in (page, watching):
        await expect(each.locator("#batch-state")).to_have_text("Envoyé", timeout=desk.PATIENCE_MS)
        await expect(each.get_by_text("6 sur 6 décidées")).to_be_visible()
        await expect(each.get_by_role("button", name="Annuler")).to_have_count(0)
        await expect(each.get_by_role("row", name="serait décidée")).to_have_count(0)
    rows = await desk.taken_away(page, "Exporter en CSV")
    assert [row[2] for row in rows] == ["Ce qui se passe", *["a été décidée"] * 6]
    await sound(watching)
    await bench.screen(watching, "batch-sent")
    assert {(await desk.kept(season, each))["status"] for each in ids} == {"admissible"}
    await stale.get_by_role("button", name="Annuler").click()
    await expect(stale.get_by_role("alert")).to_contain_text("on ne peut plus les annuler ensemble")
    await sound(stale)
    await page.goto(f"{season.url}/fr/office/calls/{call_id}/batches")
    taken = await desk.taken_away(page, "Exporter en XLSX")
    assert [row[2:] for row in taken[1:]] == [["Envoyé", season.person("programme_officer")["name"], 0, 6, 0]]
    await sound(page)


async def test_two_officers_decide_the_same_file(bench: Bench, season: Played) -> None:
    _, (application,) = await desk.call_with(season, 1, 6)
    file = f"/fr/office/applications/{application}"
    pages = [await _officer(bench, season, nth, f"{file}/decision", javascript=not nth) for nth in range(2)]
    await pages[0].get_by_role("button", name="Continuer").click()
    await expect(pages[0].get_by_role("alert")).to_be_focused()
    await sound(pages[0])
    for page, decision in zip(pages, ("Recevable", "Irrecevable"), strict=True):
        await page.get_by_label(decision, exact=True).check()
        await page.get_by_label("Règle").select_option("officer_assessment")
        await page.get_by_label("Motif").fill(REASON)
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.get_by_role("heading", level=2, name="Prendre cette décision")).to_be_visible()
    await sound(pages[0])
    await bench.screen(pages[0], "decision")
    await pages[0].get_by_role("button", name="Prendre la décision").click()
    await expect(pages[0].get_by_text("La décision est prise.")).to_be_visible()
    await sound(pages[0])
    await pages[1].get_by_role("button", name="Prendre la décision").click()
    await expect(pages[1].get_by_role("alert")).to_contain_text("Ouvrez-la de nouveau")
    await sound(pages[1])
    assert (await desk.kept(season, application))["status"] == "admissible"
    await pages[1].goto(season.url + file)
    await pages[1].get_by_role("link", name="Corriger cette décision").click()
    await pages[1].wait_for_url("**/decisions/*")
    await takes_no_nonsense(season, pages[1], "/office/applications/{application_id}/decisions/{number}")
    await pages[1].get_by_label("Irrecevable", exact=True).check()
    await pages[1].get_by_label("Règle").select_option("officer_assessment")
    await pages[1].get_by_label("Motif").fill("Une pièce manque, qui ne peut être demandée.")
    await pages[1].get_by_role("button", name="Continuer").click()
    await pages[1].get_by_role("button", name="Prendre la décision").click()
    await expect(pages[1].locator("#decisions + .timeline .badge")).to_have_text("Remplacée")
    assert (await desk.kept(season, application))["status"] == "inadmissible"
