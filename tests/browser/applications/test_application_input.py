"""Bad input: every field of a draft, and files that are not what they should be."""

import pytest
from playwright.async_api import expect

from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.season import Played

SCRIPT = "<script>document.title='x'</script><img src=x onerror=alert(1)>"
TEXTS = {
    "script": SCRIPT,
    "right to left": "مبادرة المواطنين \u202eabc",
    "emoji": "Jardins 🌱👩🏽‍🌾 partagés",
    "pasted spaces": "\u00a0\t  Jardins partagés \u2009\u00a0 ",
}


@pytest.mark.parametrize("what", TEXTS)
async def test_any_text_comes_back_as_it_was_typed(bench: Bench, season: Played, what: str) -> None:
    page, person = await bench.page(javascript=False), season.person("applicant", 11)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await page.goto(f"{address}/steps/s-initiative")
    await page.get_by_label("Titre", exact=True).fill(TEXTS[what])
    await page.get_by_label("Objet").fill(TEXTS[what])
    await opening.save(page)
    await expect(page.locator(".notice.success")).to_contain_text("Enregistré à")
    kept = (await opening.kept(season, person, address))["answers"]
    assert kept["title"] == TEXTS[what].replace("\t", " ").strip()
    await sound(page)
    for place in ("", "/answers", "/check", "/editors", "/messages"):
        await page.goto(f"{address}{place}")
        await sound(page)
    await page.goto(f"{season.url}/fr/applications")
    await sound(page)


WRONG = {
    "Titre": ("x" * 20_001, "trop longue"),
    "Aide demandée": ("douze mille", "montant en euros"),
    "Ressources propres": ("-5", "montant en euros"),
    "Dépenses": ("1e9", "montant en euros"),
}


@pytest.mark.parametrize("label", WRONG)
async def test_what_is_no_answer_is_said_and_kept_on_the_page(bench: Bench, season: Played, label: str) -> None:
    page, person = await bench.page(), season.person("applicant", 12)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await page.goto(f"{address}/steps/{'s-initiative' if label == 'Titre' else 's-budget'}")
    text, said = WRONG[label]
    await page.get_by_label(label, exact=True).fill(text)
    await expect(page.locator("#save-failed")).to_contain_text(said)
    await opening.save(page)
    await expect(page.get_by_role("alert").first).to_contain_text(said)
    await expect(page.get_by_label(label, exact=True)).to_have_value(text)
    await sound(page)


async def test_an_empty_application_lists_all_that_is_missing(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("applicant", 13)
    address = await opening.start(season, page, person, await opening.open_call(season), "association")
    await page.goto(f"{address}/check")
    await expect(page.get_by_role("heading", level=2).first).to_contain_text("empêchent le dépôt")
    await sound(page)
    for name in ("Nom de l’organisation", "Titre", "Aide demandée"):
        await page.goto(f"{address}/check")
        await page.get_by_role("link", name=name, exact=True).click()
        await expect(page.get_by_label(name, exact=True)).to_be_visible()
        await expect(page.get_by_text("Répondez à cette question.").first).to_be_visible()
        await sound(page)
    await page.goto(f"{address}/submit")
    await page.wait_for_url("**/check")


async def test_an_organisation_is_filled_in_from_its_number(bench: Bench, season: Played) -> None:
    page, person = await bench.page(javascript=False), season.person("applicant", 14)
    await opening.start(season, page, person, await opening.open_call(season), "association")
    lookup = page.get_by_label("Numéro SIRET ou RNA de l’organisation")
    for wrong, said in (("<b>", "ni un SIRET"), ("123", "ni un SIRET"), ("W999999999", "Aucune organisation")):
        await lookup.fill(wrong)
        await page.get_by_role("button", name="Remplir").click()
        await expect(page.get_by_role("alert").first).to_contain_text(said)
        await sound(page)
    await lookup.fill(" 999 000 011 00018\u00a0")
    await page.get_by_role("button", name="Remplir").click()
    await expect(page.get_by_label("Nom de l’organisation")).to_have_value("LES JARDINS PARTAGÉS DE LA VALLÉE")
    await expect(page.get_by_label("Numéro RNA de l’association")).to_have_value("W353099001")
    await sound(page)
    await opening.save(page)
    await expect(page.get_by_label("Département du siège")).to_have_value("35")


FILES = {
    "empty": ("vide.pdf", b"", "pas vide"),
    "another kind": ("script.html", b"<script>alert(1)</script>", "pas acceptés"),
    "not what it says": ("statuts.pdf", b"PK\x03\x04" + b"x" * 500, "pas ce que dit son nom"),
    "cut off": ("photo.png", b"\x89PNG\r\n\x1a\n", "pas ce que dit son nom"),
    "too large": ("grand.pdf", b"%PDF-1.4\n" + b"x" * 11_000_000 + b"\n%%EOF\n", "trop lourd"),
}


@pytest.mark.parametrize("javascript", [True, False])
async def test_files_that_are_not_taken(bench: Bench, season: Played, javascript: bool) -> None:
    page, person = await bench.page(javascript=javascript), season.person("applicant", 15)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await page.goto(f"{address}/files")
    for name, content, said in FILES.values():
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        await page.locator("#field-file-statutes").set_input_files(file)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Joindre – Statuts").click()
        await expect(page.get_by_role("alert").filter(has_text=said).first).to_be_visible()
        await sound(page)
    assert not (await opening.kept(season, person, address))["attachments"]


async def test_a_file_that_is_too_large_is_refused_before_and_after_it_is_sent(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("applicant", 15)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await page.goto(f"{address}/files")
    attach = page.get_by_role("button", name="Joindre – Statuts")
    for checked in (True, False):
        if not checked:
            await page.locator("form[data-upload]").first.evaluate("form => { form.dataset.most = 'none'; }")
        file = {"name": "grand.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n" + b"x" * 13_000_000}
        await page.locator("#field-file-statutes").set_input_files(file)  # type: ignore[arg-type]
        await attach.click()
        await expect(page.get_by_role("alert").filter(has_text="10 Mo au plus").first).to_be_visible()
        await sound(page)
        await expect(attach).to_be_enabled()
    bench.expect("answer 413|status of 413")


async def test_links_that_lead_nowhere(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("applicant", 16)
    address = await opening.start(season, page, person, await opening.open_call(season))
    stranger = await bench.page()
    await season.sign_in(stranger, season.person("applicant", 17))
    for place in ("", "/steps/applicant", "/files", "/check", "/submit", "/editors", "/messages", "/receipt.pdf"):
        answer = await stranger.goto(f"{address}{place}")
        assert answer
        assert answer.status == 404, place
    for token in ("nothing", "x" * 43):
        answer = await stranger.goto(f"{season.url}/fr/invitations/{token}")
        assert answer
        assert answer.status == 404
        await sound(stranger)
