"""A laureate's money: the agreement signed, an account, a tranche, a report; and accelerations that are over."""

from typing import Any

import pytest
from playwright.async_api import Page, expect
from schwifty import IBAN

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.doing import post
from tests.browser.funding import laureates
from tests.browser.funding.laureates import Laureate
from tests.browser.season import Played

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ACCOUNT = str(IBAN.generate("FR", bank_code="20041", branch_code="01005", account_code="00000012345"))
pytestmark = pytest.mark.timeout(600)
"""The first of these tests also makes the initiatives."""


async def _fits(page: Page) -> None:
    await sound(page)
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360, page.url


async def _refused(page: Page, button: str, said: str) -> None:
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text(said)
    await _fits(page)


async def _attach(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    await page.locator("#field-document").set_input_files(file)  # type: ignore[arg-type]


async def test_on_a_phone_without_javascript(bench: Bench, season: Played, accelerated: list[Laureate]) -> None:
    it = accelerated[1]
    page, path = await bench.page(javascript=False, phone=True), f"/fr/initiatives/{it.agreement_id}"
    await season.sign_in(page, it.owner, path)
    await _fits(page)
    await bench.screen(page, "begun")
    await page.get_by_role("link", name="Faire le point de la semaine 1").first.click()
    await _refused(page, "Enregistrer le point", "Dites en quelques mots comment cela va.")
    await page.get_by_label("Soleil").check()
    await page.get_by_label("En quelques mots").fill("Tout va bien.")
    await page.get_by_role("button", name="Enregistrer le point").click()
    await expect(page.get_by_text("Le point de la semaine 1 est enregistré.")).to_be_visible()
    await _sign(bench, season, page, it)
    await _give_account(bench, page, it)
    await laureates.confirm(season, it)
    await _ask_for_a_tranche(bench, season, page, it)


async def _sign(bench: Bench, season: Played, page: Page, it: Laureate) -> None:
    """Signed by the laureate, and by the State for them to see."""
    await page.get_by_role("link", name="Signer la convention").click()
    await page.get_by_label("Prénom et nom du signataire").fill("")
    await _refused(page, "Signer la convention", "Cochez la case pour signer.")
    await bench.screen(page, "agreement")
    await page.get_by_label("Prénom et nom du signataire").fill(it.name)
    await page.get_by_label("J’ai lu la convention").check()
    await page.get_by_role("button", name="Signer la convention").click()
    await expect(page.get_by_text("Vous avez signé la convention.")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Télécharger la convention").click()
    assert b"pdfuaid" in (await (await download.value).path()).read_bytes()
    path = f"/agreements/{it.agreement_id}/countersignature"
    await post(season, season.person("authorising_officer"), "funding", path)


async def _give_account(bench: Bench, page: Page, it: Laureate) -> None:
    await page.get_by_role("link", name="Donner des coordonnées bancaires").click()
    await page.get_by_label("IBAN").fill("FR76 3")
    await page.get_by_label("BIC").fill("X")
    await _attach(page, "rib.pdf", b"MZ, not a PDF")
    await _refused(page, "Envoyer", "Cet IBAN n’est pas juste")
    await expect(page.get_by_role("alert")).to_contain_text("Joignez le relevé d’identité bancaire")
    await page.get_by_label("BIC").fill("")
    await page.get_by_label("IBAN").fill(f"{ACCOUNT[:-1]}{(int(ACCOUNT[-1]) + 1) % 10}")
    await _attach(page, "rib.pdf", PDF)
    await _refused(page, "Envoyer", "Cet IBAN n’est pas juste")
    await page.get_by_label("Titulaire du compte").fill("Quelqu’un d’autre")
    await page.get_by_label("IBAN").fill(f" {ACCOUNT[:4]} {ACCOUNT[4:]} ")
    await _attach(page, "rib.pdf", PDF)
    await _refused(page, "Envoyer", "Le titulaire du compte doit être le bénéficiaire")
    await bench.screen(page, "account")
    await page.get_by_label("Titulaire du compte").fill(it.name)
    await _attach(page, "rib.pdf", PDF)
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("En attente de la confirmation de deux agents")).to_be_visible()
    await _fits(page)


async def _ask_for_a_tranche(bench: Bench, season: Played, page: Page, it: Laureate) -> None:
    await laureates.come_to(season, it, "start", "open")
    await page.reload()
    await expect(page.get_by_text("Confirmées par deux agents")).to_be_visible()
    await page.get_by_role("link", name="Demander cette tranche – Au démarrage").click()
    await _fits(page)
    old = await page.context.new_page()
    await old.goto(page.url)
    await bench.screen(page, "tranche")
    await page.get_by_role("button", name="Demander la tranche").click()
    await expect(page.get_by_text("La tranche est demandée.")).to_be_visible()
    await old.get_by_role("button", name="Demander la tranche").click()
    await expect(old.get_by_text("ne peut pas être demandée maintenant")).to_be_visible()
    await _fits(old)
    await bench.screen(old, "asked")
    assert (await laureates.tranche(season, it, "start"))["status"] == "requested"


async def _over(season: Played, status: str) -> tuple[str, dict[str, Any]]:
    """An initiative of the season that was played, and its owner."""
    query = {"status": status, "limit": 200}
    found = await season.ask(season.person("programme_officer"), "GET", "coaching", "/cycles", params=query)
    people = {each["id"]: each for each in season.people}
    it = next(each for each in found["items"] if each["owner_id"] in people)
    return it["initiative_id"], people[it["owner_id"]]


async def test_what_is_over_is_read_and_reported_on(bench: Bench, season: Played) -> None:
    page = await bench.page()
    initiative_id, owner = await _over(season, "closed")
    await season.sign_in(page, owner, f"/fr/initiatives/{initiative_id}")
    await sound(page)
    await bench.screen(page, "closed")
    await page.get_by_role("link", name="Déposer le compte rendu financier de 2022").click()
    await page.get_by_role("button", name="Déposer le compte rendu").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await _attach(page, "compte-rendu.pdf", PDF)
    await page.get_by_role("button", name="Déposer le compte rendu").click()
    await expect(page.get_by_text("Le compte rendu financier de 2022 est reçu.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "reported")
    answer = await page.goto(f"{season.url}/fr/initiatives/{initiative_id}/reports/2030/attachments")
    assert answer
    assert answer.status == 404
    await page.goto(f"{season.url}/fr/initiatives/{initiative_id}/requests/new")
    await expect(page.get_by_text("on ne peut plus demander de levier")).to_be_visible()
    initiative_id, owner = await _over(season, "stopped")
    other = await bench.page()
    await season.sign_in(other, owner, f"/fr/initiatives/{initiative_id}")
    await expect(other.locator("main")).to_contain_text("Arrêtée avant son terme")
    await sound(other)
    await other.get_by_role("link", name="Convention et tranches").click()
    await expect(other.locator("#recoveries ~ ul")).to_contain_text("30\u202f000\u00a0€")
    await sound(other)
    await bench.screen(other, "stopped")
