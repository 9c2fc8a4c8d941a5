"""An officer's files: noted, written about, assigned, completed, delegated; on a phone and without JavaScript, too."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.doing import post, until
from tests.browser.office import desk
from tests.browser.office.paper import typed_in
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

SCRIPT = "<script>alert(1)</script> 🌱 \u202eעברית"


async def test_a_file_is_noted_written_about_assigned_and_completed(bench: Bench, season: Played) -> None:
    _, (application,) = await desk.call_with(season, 1, 7)
    file, officer = f"/fr/office/applications/{application}", season.person("programme_officer")
    page = await bench.page()
    await season.sign_in(page, officer, file)
    await sound(page)
    await bench.screen(page, "file")
    await page.get_by_role("button", name="Enregistrer la note").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await page.get_by_label("Une note pour les chargés").fill(SCRIPT)
    await page.get_by_role("button", name="Enregistrer la note").dblclick()
    await expect(page.get_by_text("La note est enregistrée.")).to_be_visible()
    await expect(page.locator("#notes + .thread > li")).to_have_count(1)
    await expect(page.locator("#notes + .thread")).to_contain_text(SCRIPT)
    await page.get_by_role("button", name="Supprimer ma note").click()
    await sound(page)
    await page.get_by_role("button", name="Supprimer la note").click()
    await expect(page.locator("#notes + .thread")).to_contain_text("Supprimée par son auteur.")
    await page.get_by_label("Un message au porteur").fill("Bonjour, votre dossier est bien arrivé.")
    await page.locator("#messages ~ form").get_by_role("button", name="Envoyer", exact=True).click()
    await expect(page.get_by_text("Votre message est envoyé.")).to_be_visible()
    colleague = season.person("programme_officer", 1)
    await page.get_by_label("Attribuer à").select_option(colleague["id"])
    await page.get_by_role("button", name="Attribuer", exact=True).click()
    await expect(page.get_by_text("Le dossier a changé de mains.")).to_be_visible()
    await page.get_by_role("link", name="Demander des compléments").click()
    await expect(page.get_by_label("Titre", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Demander au porteur").click()
    await sound(page)
    await page.get_by_label("Page publique").check()
    await page.get_by_role("button", name="Demander au porteur").click()
    await expect(page.get_by_text("Le porteur est invité à compléter le dossier.")).to_be_visible()
    await expect(page.locator("#history + .timeline")).to_contain_text(f"Attribué à {colleague['name']}")
    await sound(page)
    found = await desk.kept(season, application)
    assert (found["status"], found["correction"]["fields"]) == ("correction_requested", ["public_url"])
    applicant = await bench.page()
    await season.sign_in(applicant, season.person("applicant", 7), f"/fr/applications/{application}/messages")
    await expect(applicant.locator(".thread")).to_contain_text("votre dossier est bien arrivé")


async def test_what_applicants_write_waits_until_an_officer_has_read_it(bench: Bench, season: Played) -> None:
    call_id, (application,) = await desk.call_with(season, 1, 9)
    path = f"/applications/{application}/messages"
    await post(season, season.person("applicant", 9), "applications", path, {"text": f"Où en est-on ? {SCRIPT}"})
    page = await bench.page()
    await season.sign_in(page, season.person("programme_officer"), f"/fr/office/calls/{call_id}")
    await expect(page.get_by_role("link", name="Messages 1 dossier")).to_be_visible()
    await expect(page.locator("#figure-messages")).to_have_text("1")
    draft = await _asked_about_a_draft(season, call_id)
    await expect(page.locator("#figure-messages")).to_have_text("2", timeout=desk.PATIENCE_MS)
    await sound(page)
    await bench.screen(page, "board")
    await page.get_by_role("link", name="Messages 1 dossier").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    number = (await desk.kept(season, application))["number"]
    await expect(page.locator("tbody tr").first).to_contain_text(number)
    assert [row[0] for row in await desk.taken_away(page, "Exporter en CSV")] == ["Numéro", number, ""]
    await sound(page)
    await bench.screen(page, "inbox")
    await page.get_by_role("link", name=number).click()
    await expect(page.locator("#messages ~ .thread > li")).to_contain_text("non lu")
    await expect(page.locator("#messages")).to_contain_text("1 nouveau")
    await sound(page)
    await bench.screen(page, "file-unread")
    await page.get_by_role("button", name="Marquer comme lus").click()
    await expect(page.get_by_text("Les messages sont marqués comme lus.")).to_be_visible()
    await expect(page.locator(".badge", has_text="non lu")).to_have_count(0)
    await expect(page.get_by_role("button", name="Marquer comme lus")).to_have_count(0)
    await page.goto(f"{season.url}/fr/office/calls/{call_id}/messages")
    await page.get_by_role("link", name=f"Brouillon {draft[:8]}").click()
    await expect(page.get_by_text("Puis-je joindre un film ?")).to_be_visible()
    await sound(page)
    await bench.screen(page, "draft")
    await page.get_by_label("Un message au porteur").fill("Oui, par un lien.")
    await page.get_by_role("button", name="Envoyer", exact=True).click()
    await expect(page.locator(".thread")).to_contain_text("Oui, par un lien.")
    await page.goto(f"{season.url}/fr/office/calls/{call_id}/messages")
    await expect(page.get_by_text("Aucun message en attente")).to_be_visible()
    await sound(page)


async def _asked_about_a_draft(season: Played, call_id: str) -> str:
    """An application that is not submitted, about which its owner has asked something; its id."""
    person, body = season.person("applicant", 10), {"kind": "person", "synthetic": True}
    who = {"given_name": "Zoé", "family_name": "Essai", "email": "zoe@exemple.fr", "departement": "35"}
    found = await post(season, person, "applications", f"/calls/{call_id}/applications", {**body, "applicant": who})
    path = f"/applications/{found['application_id']}/messages"
    await post(season, person, "applications", path, {"text": "Puis-je joindre un film ?"})
    return str(found["application_id"])


async def test_an_absence_is_delegated_and_ended_without_javascript(bench: Bench, season: Played) -> None:
    _, (application,) = await desk.call_with(season, 1, 8)
    away, stands_in = season.person("programme_officer"), season.person("programme_officer", 1)
    body = {"officer_id": away["id"]}
    await post(season, away, "applications", f"/applications/{application}/assignment", body)
    page = await bench.page(javascript=False, phone=True)
    await season.sign_in(page, stands_in, "/fr/office/absences")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await accessible(page)
    await page.get_by_label("Qui est absent").select_option(away["id"])
    await page.get_by_label("Qui remplace").select_option(stands_in["id"])
    now = await desk.season_now(season)
    for label, at in (("À partir du", now + timedelta(seconds=1)), ("Jusqu’au", now + timedelta(days=9))):
        await page.get_by_label(label).fill(f"{at:%Y-%m-%dT%H:%M:%S}")
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_text("Le remplacement est enregistré.")).to_be_visible()
    await desk.fits(page)
    await bench.screen(page, "absences-phone")
    # It begins within two seconds on the season's clock, which the page does not follow by itself.
    await until(partial(_replaced, page, f"{season.url}/fr/office/applications/{application}", stands_in))
    await desk.fits(page)
    await bench.screen(page, "file-phone")
    await page.goto(f"{season.url}/fr/office/absences")
    await page.get_by_role("button", name="Mettre fin maintenant").click()
    await sound(page)
    await takes_no_nonsense(season, page, "/office/absences/{officer_id}/{delegation_id}/end")
    await page.get_by_role("button", name="Mettre fin maintenant").click()
    await expect(page.get_by_text("Le remplacement a pris fin.")).to_be_visible()
    await expect(page.get_by_role("button", name="Mettre fin maintenant")).to_have_count(0)


async def _replaced(page: Page, address: str, stands_in: dict[str, Any]) -> int:
    await page.goto(address)
    return await page.get_by_text(f"{stands_in['name']} remplace").count()


async def test_an_application_on_paper_is_entered_for_somebody_new(bench: Bench, season: Played) -> None:
    call_id = await opening.open_call(season)
    page, email = await bench.page(), f"papier-{uuid4().hex[:8]}@exemple.fr"
    await season.sign_in(page, season.person("programme_officer"), f"/fr/office/calls/{call_id}/paper")
    await page.get_by_role("button", name="Commencer le brouillon").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await page.get_by_label("Adresse électronique du porteur").fill(email)
    await page.get_by_label("Sur papier").check()
    now = await desk.season_now(season)
    await page.get_by_label("Reçue le").fill(f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M}")
    await page.get_by_label("Particulier").check()
    await page.get_by_role("button", name="Commencer le brouillon").click()
    await expect(page.get_by_role("alert")).to_contain_text("Personne n’a encore cette adresse")
    await page.get_by_label("Prénom").fill("Odile")
    await page.locator("[name=family_name]").fill("Essai")
    await bench.screen(page, "paper")
    await page.get_by_role("button", name="Commencer le brouillon").click()
    await page.wait_for_url("**/steps/applicant")
    await typed_in(page)
    application = page.url.rsplit("/", 2)[-2]
    await page.goto(f"{season.url}/fr/office/applications/{application}")
    await expect(page.get_by_text("Sur papier").first).to_be_visible()
    await sound(page)
    found = await desk.kept(season, application)
    assert (found["status"], found["entry"]["channel"]) == ("submitted", "paper")
    await page.get_by_role("link", name="Appliquer les règles de l’appel").click()
    await sound(page)
    await page.get_by_role("button", name="Appliquer les règles").click()
    await expect(page.get_by_text("Décidé selon les règles de l’appel : Irrecevable.")).to_be_visible()
    await page.goto(f"{season.url}/fr/office/calls/{call_id}/paper")
    await page.get_by_label("Adresse d’une page du brouillon").fill("nulle part")
    await page.get_by_role("button", name="Le reprendre").click()
    await expect(page.get_by_role("alert")).to_contain_text("Aucune saisie en cours")
    await sound(page)
