"""A round's panel in the browser: its members, their conflicts of interest, the sharing out of applications."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.evaluation.conftest import Rounds
from tests.browser.office import desk
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(600)


async def test_an_officer_composes_the_panel_and_settles_conflicts(bench: Bench, season: Played, made: Rounds) -> None:
    page, base = await bench.page(javascript=False), f"{season.url}/fr/office/rounds/{made.opened.call_id}"
    await season.sign_in(page, season.person("programme_officer"), "/fr/office/rounds")
    await sound(page)
    call = await season.ask(None, "GET", "applications", f"/calls/{made.opened.call_id}")
    await page.get_by_label("Numéro ou titre").fill(call["number"].lower())
    await page.get_by_label("Trier par").select_option("title")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_role("status").filter(has_text="session")).to_have_text("1 session")
    await page.get_by_label("État").select_option("announced")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucune session ne correspond.")).to_be_visible()
    await sound(page)
    await page.goto(f"{base}/panel")
    await sound(page)
    await bench.screen(page, "panel")
    await page.get_by_role("button", name="Nommer – Citoyens").click()
    await expect(page.get_by_role("alert")).to_contain_text("Cochez au moins une personne.")
    await sound(page)
    alternate = season.person("citizen_panellist", 4)
    await page.get_by_role("checkbox", name=alternate["name"]).check()
    citizens = page.get_by_role("region", name="Citoyens")
    await citizens.get_by_label("Suppléant").check()
    await citizens.get_by_label("Strate").fill("Île-de-France")
    await page.get_by_role("button", name="Nommer – Citoyens").click()
    row = page.get_by_role("row", name=alternate["name"])
    await expect(row).to_contain_text("Suppléant")
    await expect(row).to_contain_text("ile_de_france")
    await row.get_by_role("link", name="Enregistrer une démission").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(alternate["name"])
    await sound(page)
    await page.get_by_role("button", name="Enregistrer la démission").click()
    await expect(page.get_by_text("aucun suppléant ne prend le relais")).to_be_visible()
    await expect(row).to_contain_text("Démissionnaire")
    await page.get_by_label("Collège").select_option("experts")
    await page.get_by_role("button", name="Filtrer").click()
    experts = await desk.taken_away(page, "Exporter en CSV")
    assert {each[1] for each in experts[1:]} == {each["name"] for each in made.opened.panel[2:]}
    await _members(bench, page, made)
    await _conflicts(bench, page, base, made)
    await _found_conflicts(bench, page, base, made)
    await page.goto(f"{base}/assignment")
    await sound(page)
    await page.get_by_role("button", name="Les répartir").click()
    await expect(page.get_by_role("status")).to_contain_text("Lectures attribuées : 1.")


async def _conflicts(bench: Bench, page: Page, base: str, made: Rounds) -> None:
    await page.goto(f"{base}/conflicts?state=open")
    row = page.get_by_role("row", name=made.opened.panel[-1]["name"])
    await expect(row).to_contain_text("C’est la candidature du membre lui-même")
    taken = await desk.taken_away(page, "Exporter en CSV")
    assert [each[0] for each in taken if each[3] == "C’est la candidature du membre lui-même"] == [
        made.opened.panel[-1]["name"]
    ]
    await sound(page)
    await bench.screen(page, "conflicts")
    await row.get_by_role("link", name="Confirmer ou écarter").click()
    await sound(page)
    conflict = page.url
    await page.get_by_role("button", name="Confirmer le conflit").click()
    await page.goto(f"{base}/conflicts?state=confirmed")
    await expect(row).to_contain_text("Confirmé")
    await page.goto(conflict)
    await page.get_by_role("button", name="Écarter le conflit").click()
    await expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi il n’y a pas de conflit.")
    await sound(page)
    await page.get_by_label("Pourquoi n’y a-t-il pas de conflit ?").fill(
        "Un homonyme : <b>ce n’est pas</b> la même personne."
    )
    await page.get_by_role("button", name="Écarter le conflit").click()
    await expect(page.get_by_text("Le conflit est écarté")).to_be_visible()
    await expect(row).to_contain_text("Écarté")


async def _members(bench: Bench, page: Page, made: Rounds) -> None:
    """The list of members, narrowed to the experts: sorted, and narrowed to one or to nobody."""
    experts = sorted(each["name"] for each in made.opened.panel[2:])
    await page.get_by_role("link", name="Membre", exact=True).click()
    assert await page.locator("tbody th").all_inner_texts() == experts
    await page.get_by_role("link", name="Membre", exact=True).click()
    assert await page.locator("tbody th").all_inner_texts() == experts[::-1]
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("Membre")
    await sound(page)
    await page.get_by_label("Membre", exact=True).select_option(label=experts[0])
    await page.get_by_role("button", name="Filtrer").click()
    assert await page.locator("tbody th").all_inner_texts() == [experts[0]]
    assert experts[0].split()[0][:5] not in page.url
    assert [each[1] for each in (await desk.taken_away(page, "Exporter en XLSX"))[1:]] == [experts[0]]
    await page.get_by_label("État", exact=True).select_option("Démissionnaire")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucun membre du jury ne correspond.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "panel-nobody")
    await page.get_by_role("link", name="Tout afficher").click()
    await expect(page.get_by_role("row", name=experts[0])).to_be_visible()


async def _found_conflicts(bench: Bench, page: Page, base: str, made: Rounds) -> None:
    """The conflicts by title, by member and by why, in the order of numbers."""
    mine = "C’est la candidature du membre lui-même"
    await page.goto(f"{base}/conflicts")
    everyone = await page.locator("tbody tr").count()
    await page.get_by_role("link", name="Candidature", exact=True).click()
    numbers = [text.split()[0] for text in await page.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert numbers == sorted(numbers)
    assert len(numbers) == everyone
    await page.get_by_label("Numéro, titre").fill("friche 4")
    await page.get_by_label("Membre", exact=True).select_option(label=made.opened.panel[-1]["name"])
    await page.get_by_label("Pourquoi").select_option(mine)
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("Friche 4")
    await sound(page)
    await bench.screen(page, "conflicts-found")
    assert [each[3] for each in (await desk.taken_away(page, "Exporter en CSV"))[1:]] == [mine]
    await page.get_by_label("Numéro, titre").fill("introuvable")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucun conflit ne correspond.")).to_be_visible()
    await page.get_by_role("link", name="Tout afficher").click()
    await expect(page.locator("tbody tr")).to_have_count(everyone)
