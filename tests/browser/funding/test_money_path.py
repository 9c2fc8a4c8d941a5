"""The money chain in the browser: each step by its own role, once, and refused to anybody else."""

import pytest
from playwright.async_api import Page, expect

from deploy.local import bank
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.funding import laureates
from tests.browser.funding.laureates import Laureate
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(300)
DONE = "C’est fait et enregistré."
TOO_LATE = "Cet acte n’est pas possible maintenant"


async def _act(page: Page, name: str) -> None:
    """On the page of an act: read what will happen, do it, twice as fast as one can."""
    await expect(page.get_by_role("heading", level=1)).to_have_text(name)
    await expect(page.get_by_role("heading", name="Ce qui va se passer")).to_be_visible()
    await sound(page)
    await page.locator("main").get_by_role("button", name=name).dblclick()
    await expect(page.get_by_text(DONE)).to_have_count(1)


async def _forbidden(page: Page, url: str) -> None:
    await page.goto(url)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’est pas ouverte à vos rôles")


async def test_every_step_by_its_own_role_and_once(bench: Bench, season: Played, laureate: Laureate) -> None:
    await laureates.sign(season, laureate)
    orderer, accountant = await bench.page(), await bench.page()
    await season.sign_in(orderer, season.person("authorising_officer"), "/fr/funding")
    await season.sign_in(accountant, season.person("accountant"), "/fr/funding")
    number = (await laureates.agreement(season, laureate))["number"]
    await orderer.get_by_role("row").filter(has_text=number).get_by_role("link", name="Contresigner").click()
    await _act(orderer, "Contresigner la convention")
    await orderer.go_back()
    await expect(orderer.get_by_text(TOO_LATE)).to_be_visible()
    await sound(orderer)
    await _account_confirmed(season, laureate, orderer, accountant)
    for code in ("start", "committee"):
        await laureates.request(season, laureate, code)
    await _certified_and_ordered(bench, season, orderer, number)
    await _paid(bench, season, laureate, orderer, accountant)
    await _rejected_and_paid_again(bench, season, laureate, accountant)


async def _account_confirmed(season: Played, laureate: Laureate, orderer: Page, accountant: Page) -> None:
    """Two different agents; the first one's second confirmation is no confirmation."""
    iban = await laureates.give_account(season, laureate)
    path = f"{season.url}/fr/funding/agreements/{laureate.agreement_id}/bank_details_confirmation"
    await orderer.goto(path)
    await expect(orderer.locator("main")).to_contain_text(iban)
    await _act(orderer, "Confirmer les coordonnées bancaires")
    await orderer.goto(path)
    await expect(orderer.get_by_text(TOO_LATE)).to_be_visible()
    await accountant.goto(path)
    await _act(accountant, "Confirmer les coordonnées bancaires")
    assert (await laureates.agreement(season, laureate))["bank_details"]["confirmed"]


async def _certified_and_ordered(bench: Bench, season: Played, orderer: Page, number: str) -> None:
    """The advance is ordered and the balance certified together; then the balance is ordered."""
    await orderer.goto(f"{season.url}/fr/funding")
    rows = orderer.get_by_role("row").filter(has_text=number)
    await expect(rows).to_have_count(2)
    for nth in range(2):
        await rows.nth(nth).get_by_role("checkbox").check()
    await sound(orderer)
    await bench.screen(orderer, "waiting")
    await orderer.get_by_role("button", name="Examiner ensemble").click()
    await expect(orderer.locator("tfoot")).to_contain_text("35 000,50 €")
    await sound(orderer)
    await bench.screen(orderer, "together")
    await orderer.get_by_role("button", name="Confirmer tous ces actes").dblclick()
    await expect(orderer.get_by_text("2 actes accomplis et enregistrés.")).to_be_visible()
    await sound(orderer)
    await orderer.goto(f"{season.url}/fr/funding?step=order")
    await orderer.get_by_role("row").filter(has_text=number).get_by_role("link", name="Ordonner").click()
    await expect(orderer.locator(".timeline")).to_contain_text("Service fait certifié – vous")
    await _act(orderer, "Ordonner le paiement")


async def _paid(bench: Bench, season: Played, laureate: Laureate, orderer: Page, accountant: Page) -> None:
    """The accountant suspends, lifts and accepts; what is not theirs is refused, and one payment leaves."""
    advance = await laureates.tranche(season, laureate, "start")
    tranche = f"{season.url}/fr/funding/tranches/{advance['tranche_id']}"
    await _forbidden(orderer, f"{tranche}/acceptance")
    await _forbidden(accountant, f"{tranche}/order")
    await accountant.goto(f"{season.url}/fr/funding/agreements/{laureate.agreement_id}")
    await sound(accountant)
    await bench.screen(accountant, "agreement")
    await accountant.get_by_role("link", name="Suspendre le paiement").first.click()
    await accountant.get_by_label("Motif").select_option(label="Une pièce justificative manque")
    await _act(accountant, "Suspendre le paiement")
    await expect(accountant.get_by_text("Une pièce justificative manque").first).to_be_visible()
    await accountant.get_by_role("link", name="Lever la suspension").click()
    await _act(accountant, "Lever la suspension")
    await accountant.get_by_role("link", name="Contrôler et accepter").first.click()
    await _act(accountant, "Contrôler et accepter l’ordre")
    await accountant.go_back()
    await expect(accountant.get_by_text(TOO_LATE)).to_be_visible()
    paid = await laureates.come_to(season, laureate, "start", "issued")
    assert len(paid["payments"]) == 1
    events = [done["event"] for done in paid["history"] if done["by"]]
    assert events == ["PaymentOrdered", "PaymentSuspended", "SuspensionLifted", "PaymentAccepted"]


async def _rejected_and_paid_again(bench: Bench, season: Played, laureate: Laureate, accountant: Page) -> None:
    """Nothing is paid again to rejected details; once new ones are confirmed, one payment leaves by itself."""
    advance = await laureates.tranche(season, laureate, "start")
    path = f"/payments/{advance['payments'][-1]['payment_id']}/file"
    order = await season.ask(season.person("accountant"), "GET", "funding", path)
    await accountant.goto(f"{season.url}/fr/funding/bank")
    file = {"name": "pain.002.xml", "mimeType": "application/xml", "buffer": bank.reject_all(order)}
    await accountant.get_by_label("Fichier de la banque").set_input_files(file)  # type: ignore[arg-type]
    await accountant.get_by_role("button", name="Appliquer ce fichier").dblclick()
    await expect(accountant.get_by_role("table")).to_contain_text("Rejeté par la banque")
    await accountant.goto(f"{season.url}/fr/funding/tranches/{advance['tranche_id']}/issue")
    await expect(accountant.locator(".timeline")).to_contain_text("Rejeté par la banque (AC04)")
    await takes_no_nonsense(season, accountant, "/funding/tranches/{thing}/issue")
    await accountant.locator("main").get_by_role("button", name="Transmettre le paiement").click()
    await expect(accountant.get_by_role("alert")).to_contain_text("le bénéficiaire doit en donner de nouvelles")
    await sound(accountant)
    await bench.screen(accountant, "rejected")
    await laureates.give_account(season, laureate)
    await laureates.confirm(season, laureate)
    again = await laureates.come_to(season, laureate, "start", "issued")
    assert [each["outcome"] for each in again["payments"]] == ["rejected", "pending"]


async def test_an_order_is_refused_without_javascript(bench: Bench, season: Played, laureate: Laureate) -> None:
    tranche_id = await laureates.ordered(season, laureate)
    page = await bench.page(javascript=False)
    await season.sign_in(page, season.person("accountant"), f"/fr/funding/tranches/{tranche_id}/refusal")
    stale = await page.context.new_page()
    await stale.goto(page.url)
    form = page.locator("main form")
    await form.evaluate("form => form.noValidate = true")
    await form.get_by_role("button", name="Rejeter l’ordre").click()
    await expect(page.get_by_role("alert")).to_contain_text("Motif – Choisissez un motif.")
    await sound(page)
    await bench.screen(page, "no-reason")
    await page.get_by_label("Motif").select_option(label="Le montant est erroné")
    await _act(page, "Rejeter l’ordre")
    await expect(page.get_by_text("Ordre rejeté").first).to_be_visible()
    await stale.get_by_label("Motif").select_option(label="Le montant est erroné")
    await stale.locator("main").get_by_role("button", name="Rejeter l’ordre").click()
    await expect(stale.get_by_role("alert")).to_contain_text("Cette étape n’est plus la suivante")
    await sound(stale)
    assert (await laureates.tranche(season, laureate, "start"))["status"] == "requested"
