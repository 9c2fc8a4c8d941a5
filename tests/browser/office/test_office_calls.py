"""A call published and extended, its board while applications come, its lists and figures, and the same as files."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import yaml
from playwright.async_api import expect

from tests.browser.applications.opening import CALL_FILE, open_call
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.office import desk
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played


async def test_a_call_is_published_and_its_deadline_extended(bench: Bench, season: Played) -> None:
    page = await bench.page()
    await season.sign_in(page, season.person("programme_officer"), "/fr/office")
    await sound(page)
    await bench.screen(page, "office")
    await page.get_by_label("Numéro ou titre").fill("ACCELERATEUR D'INITIATIVES")
    await page.get_by_label("Trier par").select_option("deadline")
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**sort=deadline**")
    assert await page.get_by_role("main").get_by_role("listitem").count()
    await page.get_by_label("Numéro ou titre").fill("aucun appel de ce nom")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucun appel ne correspond.")).to_be_visible()
    await sound(page)
    await page.get_by_role("link", name="Publier un appel").click()
    await page.get_by_label("L’appel, en YAML").fill("- rien\n- du tout")
    await page.get_by_role("button", name="Voir ce qu’il dit").click()
    await expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas un appel")
    await sound(page)
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    now = await desk.season_now(season)
    names = ("opens_at", "closes_at", "evaluation_opens_at", "evaluation_closes_at", "announcement_at")
    dates = {name: (now + timedelta(days=10 * nth + 1)).isoformat() for nth, name in enumerate(names)}
    definition |= {"number": f"YAML-{uuid4().int % 10_000:04d}", "schedule": {"zone": "Europe/Paris", **dates}}
    for weight in (34, 35):
        definition["criteria"][0]["weight"] = weight
        text = yaml.safe_dump(definition, allow_unicode=True)
        await page.get_by_label("L’appel, en YAML").fill(text)
        await page.get_by_role("button", name="Voir ce qu’il dit").click()
        await expect(page.get_by_text("Voici ce qui serait publié")).to_be_visible()
        await takes_no_nonsense(season, page, "/office/calls/new/publication/attachments")
        await page.get_by_role("button", name="Publier cet appel").click()
        if weight == 34:
            await expect(page.get_by_role("alert")).to_contain_text("Les poids ne font pas 100")
            await sound(page)
    await expect(page.get_by_text("L’appel est publié.")).to_be_visible()
    await page.get_by_role("link", name="Prolonger la date limite").click()
    later = datetime.fromisoformat(dates["closes_at"]) + timedelta(days=2)
    for at in (later - timedelta(days=5), later):
        await page.get_by_label("Nouvelle date limite").fill(f"{at:%Y-%m-%dT%H:%M}")
        await page.get_by_label("Motif").select_option("participation")
        await page.get_by_role("button", name="Continuer").click()
        await expect(page.get_by_role("heading", name="La prolonger pour tous")).to_be_visible()
        await page.get_by_role("button", name="Prolonger la date limite").click()
        if at != later:
            await expect(page.get_by_role("alert")).to_contain_text("jamais elle ne se raccourcit")
            await sound(page)
    await expect(page.get_by_text("La date limite est prolongée pour tous.")).to_be_visible()
    await sound(page)
    await page.goto(page.url.replace("/office/", "/"))
    await expect(page.get_by_text("Pour permettre à davantage de porteurs de participer")).to_be_visible()


async def test_a_board_moves_while_applications_come(bench: Bench, season: Played) -> None:
    call_id = await open_call(season)
    page = await bench.page(phone=True)
    await season.sign_in(page, season.person("programme_officer"), f"/fr/office/calls/{call_id}")
    await expect(page.locator("#figure-submitted")).to_have_text("0")
    await desk.submitted(season, call_id, 9)
    await expect(page.locator("#figure-submitted")).to_have_text("1", timeout=desk.PATIENCE_MS)
    await page.get_by_text("Les jours en tableau").click()
    await sound(page)
    await desk.fits(page)
    await bench.screen(page, "board")


async def test_a_list_is_searched_shared_assigned_and_taken_away(bench: Bench, season: Played) -> None:
    call_id, _ = await desk.call_with(season, 3, 10)
    await desk.submitted(season, call_id, 13, "=Formule & <i>vélo</i>", "mobility")
    page = await bench.page()
    list_path = f"/fr/office/calls/{call_id}/applications"
    await season.sign_in(page, season.person("programme_officer"), list_path)
    await expect(page.locator("#total")).to_have_text("4 candidatures")
    await sound(page)
    await bench.screen(page, "list")
    await page.get_by_label("Thème").select_option("mobility")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator("#total")).to_have_text("1 candidature")
    other = await bench.page(javascript=False)
    await season.sign_in(other, season.person("programme_officer", 1), list_path)
    await other.goto(page.url)
    await expect(other.locator("#total")).to_have_text("1 candidature")
    for kind, formula in (("CSV", "'=Formule & <i>vélo</i>"), ("XLSX", "=Formule & <i>vélo</i>")):
        head, *rows = await desk.taken_away(page, f"Exporter en {kind}")
        assert head[:3] == ["Numéro", "Titre", "État"]
        assert [row[1] for row in rows] == [formula]
        assert float(rows[0][6]) == 12_000.5
    await page.goto(season.url + list_path)
    await page.get_by_role("link", name="Numéro").click()
    await expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    officer = season.person("programme_officer", 1)
    await page.get_by_role("button", name="Attribuer", exact=True).click()
    await expect(page.get_by_text("Choisissez d’abord des candidatures.")).to_be_visible()
    boxes = page.get_by_role("checkbox", name=re.compile("ESSAI"))
    await boxes.nth(0).check()
    await boxes.nth(1).check()
    await page.get_by_label("Attribuer les dossiers choisis à").select_option(officer["id"])
    await page.get_by_role("button", name="Attribuer", exact=True).click()
    await expect(page.get_by_text("Dossiers passés en d’autres mains : 2 sur 2.")).to_be_visible()
    await expect(page.locator("#applications")).to_contain_text(officer["name"])
    await page.get_by_label("Numéro, titre").fill("introuvable")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucune candidature")).to_be_visible()
    await sound(page)


async def test_dated_figures_come_again_and_are_taken_away(bench: Bench, season: Played) -> None:
    call = (await season.ask(None, "GET", "applications", "/calls"))["calls"][-1]
    page = await bench.page()
    await season.sign_in(page, season.person("programme_officer"), f"/fr/office/calls/{call['call_id']}/figures")
    await page.locator("#by").select_option("themes")
    await page.get_by_role("button", name="Afficher").click()
    await sound(page)
    await bench.screen(page, "figures")
    table = await page.locator("table").inner_text()
    total = int(await page.locator("tfoot td").first.inner_text())
    rows = (await desk.taken_away(page, "Exporter en XLSX"))[1:]
    assert total == sum(int(row[1]) for row in rows) > 0
    await page.get_by_role("link", name="Lien qui redonne ces chiffres").click()
    assert "as_of=" in page.url
    assert await page.locator("table").inner_text() == table
    moment = await page.locator("main time").get_attribute("datetime")
    asked = await page.locator("#as_of").input_value()
    assert datetime.fromisoformat(str(moment)).astimezone(desk.PARIS).isoformat().startswith(f"{asked}:")
    await page.locator("#by").select_option("departements")
    await page.get_by_role("button", name="Afficher").click()
    await page.wait_for_url(re.compile("by=departements"))
    assert await page.locator("main time").get_attribute("datetime") == moment
    await page.locator("#as_of").fill("2001-01-01T00:00")
    await page.get_by_role("button", name="Afficher").click()
    await expect(page.get_by_text("Il n’y avait rien à compter.")).to_be_visible()
    await page.goto(f"{season.url}/fr/office/calls/{call['call_id']}/figures?as_of=hier")
    await expect(page.get_by_role("alert")).to_be_visible()
    await accessible(page)
