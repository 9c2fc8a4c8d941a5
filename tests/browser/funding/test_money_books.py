"""The bank's files, money that comes back, the books and the envelopes, in the browser."""

import csv
import io

import pytest
from playwright.async_api import Locator, Page, expect

from deploy.local import bank
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.funding import laureates
from tests.browser.funding.laureates import Laureate
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(300)
BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Document>&b;</Document>'
KINDS = {
    "bombe": (BOMB, "refusés par sécurité"),
    "coupé": (b"<Document><CstmrPmt", "Ce n’est pas du XML bien formé"),
    "vide": (b"", "Choisissez le fichier de la banque"),
}


async def _give(page: Page, content: bytes) -> None:
    file = {"name": "pain.002.xml", "mimeType": "application/xml", "buffer": content}
    await page.get_by_label("Fichier de la banque").set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Appliquer ce fichier").click()


async def _file(page: Page, link: Locator) -> bytes:
    """What a link downloads."""
    async with page.expect_download() as download:
        await link.click()
    return (await (await download.value).path()).read_bytes()


async def test_the_bank_is_paid_once_and_answers_once(bench: Bench, season: Played, laureate: Laureate) -> None:
    await laureates.issued(season, laureate)
    page = await bench.page()
    await season.sign_in(page, season.person("accountant"), "/fr/funding/payments?state=pending")
    number = (await laureates.agreement(season, laureate))["number"]
    order = await _file(page, page.get_by_role("row").filter(has_text=number).get_by_role("link", name="pain.001"))
    await sound(page)
    await page.get_by_role("link", name="Réponse de la banque").click()
    advance = await laureates.tranche(season, laureate, "start")
    payment_id = str(advance["payments"][-1]["payment_id"])
    stranger = bank.answer(order).replace(payment_id.replace("-", "").encode(), b"0" * 32)
    for content, said in (*KINDS.values(), (order, "choisissez la réponse de la banque"), (stranger, "pas des nôtres")):
        await _give(page, content)
        await expect(page.get_by_role("alert")).to_contain_text(said)
        await expect(page.get_by_label("Fichier de la banque")).to_have_attribute("aria-invalid", "true")
    await sound(page)
    await bench.screen(page, "refused-file")
    await _give(page, bank.answer(order))
    await expect(page.get_by_role("status")).to_contain_text("il porte sur 1 paiement")
    await expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("Réglé")
    await sound(page)
    await bench.screen(page, "applied-file")
    await _give(page, bank.answer(order))
    await expect(page.get_by_role("alert")).to_contain_text("Tout ce que dit ce fichier était déjà enregistré")
    settled = await laureates.tranche(season, laureate, "start")
    assert (settled["status"], len(settled["payments"])) == ("settled", 1)
    await _comes_back(bench, season, laureate, page)
    await _booked(bench, season, laureate, page)


async def _comes_back(bench: Bench, season: Played, laureate: Laureate, accountant: Page) -> None:
    """A recovery is ordered, no larger than what was paid, and collected."""
    orderer = await bench.page()
    address = f"/fr/funding/agreements/{laureate.agreement_id}"
    await season.sign_in(orderer, season.person("authorising_officer"), f"{address}/recovery")
    button = orderer.locator("main").get_by_role("button", name="Émettre un ordre de recouvrement")
    for amount, said in (("beaucoup", "Écrivez un montant"), ("20 000,01", "On ne peut pas réclamer plus")):
        await orderer.get_by_label("Montant en euros").fill(amount)
        await orderer.get_by_label("Motif").select_option(label="Trop a été versé")
        await button.click()
        await expect(orderer.get_by_role("alert")).to_contain_text(said)
        await expect(orderer.get_by_label("Montant en euros")).to_have_value(amount)
    await sound(orderer)
    await bench.screen(orderer, "recovery")
    await orderer.get_by_label("Montant en euros").fill("500,50")
    await button.dblclick()
    await orderer.wait_for_url(f"**{address}")
    (recovery,) = (await laureates.agreement(season, laureate))["recoveries"]
    assert recovery["amount_cents"] == 50_050
    await accountant.goto(f"{season.url}/fr/funding/recoveries?collected=false")
    row = accountant.get_by_role("row").filter(has_text="500,50 €")
    await sound(accountant)
    await row.get_by_role("link", name="Enregistrer l’encaissement").first.click()
    await accountant.locator("main").get_by_role("button", name="Enregistrer l’encaissement").click()
    await expect(accountant.get_by_text("C’est fait et enregistré.")).to_be_visible()


async def _booked(bench: Bench, season: Played, laureate: Laureate, page: Page) -> None:
    """The agreement in the ledger: on the screen, and the same as a file."""
    await page.get_by_role("link", name="Cette convention dans le grand livre").click()
    await expect(page.get_by_text("Recouvrement encaissé").first).to_be_visible()
    await sound(page)
    await bench.screen(page, "ledger")
    rows = await page.get_by_role("region", name="Lignes du grand livre").get_by_role("row").count() - 1
    text = await _file(page, page.get_by_role("link", name="Toutes ces lignes en CSV"))
    lines = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == rows
    assert {line["Identifiant de la convention"] for line in lines} == {laureate.agreement_id}
    assert sum(float(line["Débit (€)"]) - float(line["Crédit (€)"]) for line in lines) == 0
    assert (await _file(page, page.get_by_role("link", name="Toutes ces lignes en XLSX"))).startswith(b"PK")


async def test_the_envelope_on_a_phone(bench: Bench, season: Played, laureate: Laureate) -> None:
    await laureates.concluded(season, laureate)
    tranche_id = await laureates.request(season, laureate, "start")
    orderer = await bench.page(phone=True)
    await season.sign_in(orderer, season.person("authorising_officer"), "/fr/funding")
    for path in (
        "",
        f"/agreements/{laureate.agreement_id}",
        f"/tranches/{tranche_id}/order",
        "/payments?state=pending",
    ):
        await orderer.goto(f"{season.url}/fr/funding{path}")
        await _narrow(orderer)
        await bench.screen(orderer, f"phone{path[:12]}")
    page = await bench.page(phone=True)
    await season.sign_in(page, season.person("deciding_authority"), "/fr/funding/envelopes")
    await _narrow(page)
    await page.goto(f"{season.url}/fr/funding/envelopes/{laureate.call_id}")
    await _decided(page, "1", "2022-01-15")
    await expect(page.get_by_text("C’est moins que ce qui est engagé")).to_be_visible()
    await page.get_by_role("button", name="Décider").click()
    await expect(page.get_by_role("alert")).to_contain_text("ne peut pas descendre sous ce qui est déjà engagé")
    await _narrow(page)
    await bench.screen(page, "phone-below")
    await _decided(page, "900 000", "2032-01-15")
    await page.get_by_role("button", name="Décider").click()
    await expect(page.get_by_role("alert")).to_contain_text("ne peut pas être datée dans l’avenir")
    await _decided(page, "900 000", "2022-01-15")
    await expect(page.locator("main")).to_contain_text("15 janvier 2022")
    await _narrow(page)
    await page.get_by_role("button", name="Décider").click()
    await expect(page.locator(".timeline")).to_contain_text("900 000 € – Crédits ajoutés – 15 janvier 2022")
    await _narrow(page)


async def _decided(page: Page, amount: str, day: str) -> None:
    await page.get_by_label("Nouveau montant").fill(amount)
    await page.get_by_label("Motif").select_option(label="Crédits ajoutés")
    await page.get_by_label("Date de la décision").fill(day)
    await page.get_by_role("button", name="Voir ce qui changerait").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Vérifier, puis confirmer")


async def _narrow(page: Page) -> None:
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360, page.url
    await accessible(page)
