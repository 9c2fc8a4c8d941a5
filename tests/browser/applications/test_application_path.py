"""The applicant's whole path: by mouse, without JavaScript, with the keyboard only, on a phone."""

from playwright.async_api import Page, expect

from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound, written_well
from tests.browser.keyboard import Keyboard
from tests.browser.season import Played

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def _submit(page: Page) -> None:
    await page.get_by_role("link", name="Déposer la candidature").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Déposer la candidature ?")
    await sound(page)
    await page.get_by_role("button", name="Déposer la candidature").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Accusé de réception d’une candidature")
    await sound(page)


async def test_from_the_call_to_the_receipt_with_javascript(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("applicant", 0)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await sound(page)
    await opening.fill_person(page)
    await opening.saved(page)
    await opening.go_on(page)
    await opening.fill_initiative(page)
    await opening.saved(page)
    await sound(page)
    await opening.go_on(page)
    reported = page.get_by_role("group", name="En avez-vous rendu compte ?")
    await expect(reported).to_be_hidden()
    grants = page.get_by_role("group", name="Avez-vous reçu des subventions ?")
    await grants.get_by_label("Oui").check()
    await expect(reported).to_be_visible()
    await opening.fill_budget(page)
    await expect(reported).to_be_hidden()
    await opening.go_on(page)
    await opening.fill_commitments(page)
    await opening.go_on(page)
    await _attach(page)
    await page.get_by_role("link", name="Continuer").click()
    await expect(page.get_by_text("Tout ce qui est demandé est là.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "check")
    await _submit(page)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Télécharger l’accusé de réception").click()
    content = (await (await download.value).path()).read_bytes()
    assert content.startswith(b"%PDF")
    assert b"pdfuaid" in content
    found = await opening.kept(season, person, address)
    assert found["status"] == "submitted"
    assert found["answers"]["requested_cents"] == 1_200_050


async def _attach(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pièces jointes")
    file = {"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await page.locator("#field-file-statutes").set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Joindre – Statuts").click()
    await expect(page.get_by_role("link", name="statuts.pdf", exact=True)).to_be_visible()
    await sound(page)
    await page.get_by_role("link", name="Retirer statuts.pdf").click()
    await sound(page)
    await page.get_by_role("link", name="Conserver").click()


async def test_the_same_without_javascript(bench: Bench, season: Played) -> None:
    page, person = await bench.page(javascript=False), season.person("applicant", 1)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await written_well(page)
    await opening.fill_person(page)
    await opening.go_on(page)
    await opening.fill_initiative(page)
    await opening.go_on(page)
    grants = page.get_by_role("group", name="Avez-vous reçu des subventions ?")
    await opening.fill_budget(page)
    await grants.get_by_label("Oui").check()
    await page.get_by_role("button", name="Enregistrer et continuer").click()
    await expect(page.get_by_text("Vos réponses ouvrent d’autres questions")).to_be_visible()
    await accessible(page)
    await page.get_by_role("group", name="En avez-vous rendu compte ?").get_by_label("Oui").check()
    await opening.go_on(page)
    await opening.fill_commitments(page)
    await opening.go_on(page)
    file = {"name": "statuts.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await page.locator("#field-file-statutes").set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Joindre – Statuts").click()
    await expect(page.get_by_text("Le fichier est joint.")).to_be_visible()
    await page.get_by_role("link", name="Continuer").click()
    await _submit(page)
    assert (await opening.kept(season, person, address))["status"] == "submitted"


async def test_the_same_with_the_keyboard_only(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("applicant", 2)
    await season.sign_in(page, person, f"/fr/applications/new?call={await opening.open_call(season)}")
    keyboard = Keyboard(page)
    await keyboard.reach(page.locator("#kind-person"))
    await page.keyboard.press("Space")
    await keyboard.activate(page.get_by_role("button", name="Commencer"))
    await page.wait_for_url("**/steps/applicant")
    await keyboard.write(page.get_by_label("Prénom"), "Zoé")
    await keyboard.write(page.get_by_label("Nom", exact=True), "Essai")
    await keyboard.choose(page.get_by_label("Département où vous habitez"), "Ille-et-Vilaine (35)")
    await keyboard.activate(page.get_by_role("button", name="Enregistrer et continuer"))
    await page.wait_for_url("**/steps/s-initiative")
    await keyboard.write(page.get_by_label("Titre", exact=True), "Jardins partagés")
    await keyboard.write(page.get_by_label("Objet"), opening.PROJECT["purpose"])
    await keyboard.choose(page.get_by_label("Thème"), "Transition écologique")
    await keyboard.tick(page.get_by_label("Financement"))
    await keyboard.choose(page.get_by_label("Département"), "Ille-et-Vilaine (35)")
    await keyboard.activate(page.get_by_role("button", name="Enregistrer et continuer"))
    await page.wait_for_url("**/steps/s-budget")
    for label, amount in (("Aide demandée", "12000"), ("Ressources propres", "8000"), ("Dépenses", "20000")):
        await keyboard.write(page.get_by_label(label), amount)
    await keyboard.tick(page.get_by_role("group", name="Avez-vous reçu des subventions ?").get_by_label("Non"))
    await keyboard.activate(page.get_by_role("button", name="Enregistrer et continuer"))
    await page.wait_for_url("**/steps/s-commitments")
    await keyboard.tick(page.get_by_role("group", name="Contrat d'engagement républicain").get_by_label("Oui"))
    await keyboard.activate(page.get_by_role("button", name="Enregistrer et continuer"))
    await page.wait_for_url("**/files")
    await keyboard.activate(page.get_by_role("link", name="Continuer"))
    await keyboard.activate(page.get_by_role("link", name="Déposer la candidature"))
    await keyboard.activate(page.get_by_role("button", name="Déposer la candidature"))
    await page.wait_for_url("**/receipt")


async def test_the_same_on_a_phone(bench: Bench, season: Played) -> None:
    page, person = await bench.page(phone=True), season.person("applicant", 3)
    await opening.start(season, page, person, await opening.open_call(season))
    for fill in (opening.fill_person, opening.fill_initiative, opening.fill_budget, opening.fill_commitments):
        await fill(page)
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360, page.url
        await accessible(page)
        await bench.screen(page, page.url.rsplit("/", 1)[-1])
        await opening.go_on(page)
    await page.get_by_role("link", name="Continuer").click()
    await _submit(page)
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360
    await page.get_by_role("link", name="Suivre la candidature").click()
    await sound(page)
    await bench.screen(page, "application")
