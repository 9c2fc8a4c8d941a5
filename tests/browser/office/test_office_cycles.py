"""The board of cycles, what an officer decides about one, and a mailing to those of a list."""

import re
from datetime import timedelta
from functools import partial

import pytest
from playwright.async_api import Page, expect

from services.chassis.clock import SharedClock
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.doing import post, until
from tests.browser.funding import laureates
from tests.browser.initiatives import running
from tests.browser.office import desk
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(300)
SIX_WEEKS = timedelta(weeks=6)


@pytest.fixture(scope="module")
async def late(season: Played) -> list[str]:
    """Two initiatives at their mid-term review, of which nobody has made a check-in."""
    found = await running.begin(season, 2)
    clock = SharedClock(season.platform / "run" / "clock")
    clock.move(clock.now() + SIX_WEEKS)
    for each in found:
        await until(partial(_at_review, season, each))
    return [each.agreement_id for each in found]


async def _at_review(season: Played, laureate: laureates.Laureate) -> bool:
    found = await running.cycle(season, laureate)
    return bool(found["reviews"]) and found["escalated"]


async def _act(page: Page, link: str, button: str, done: str) -> None:
    await page.get_by_role("link", name=link, exact=True).click()
    await sound(page)
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.get_by_text(done)).to_be_visible()


async def test_cycles_are_followed_paused_and_resumed(bench: Bench, season: Played, late: list[str]) -> None:
    first, second = late
    page, mentor = await bench.page(), season.person("mentor")
    await season.sign_in(page, season.person("programme_officer"), "/fr/office/cycles")
    await page.get_by_label("Point hebdomadaire en retard").check()
    await page.get_by_label("Signalé au chargé").check()
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator("#cycles")).to_contain_text("Point hebdomadaire en retard")
    await sound(page)
    await bench.screen(page, "cycles")
    for sought, there in (("introuvable", False), ("ATELIER", True)):
        await page.get_by_label("Titre de l’initiative").fill(sought)
        await page.get_by_role("button", name="Filtrer").click()
        await expect(page.locator("#cycles")).to_have_count(int(there))
        await sound(page)
    await page.get_by_role("link", name="Initiative", exact=True).click()
    await expect(page.locator("#cycles th[aria-sort]")).to_have_text("Initiative")
    shown = await page.locator("#cycles tbody th a").all_inner_texts()
    assert shown == sorted(shown, key=str.casefold)
    for kind in ("CSV", "XLSX"):
        head, *rows = await desk.taken_away(page, f"Exporter en {kind}")
        assert {first, second} <= {row[head.index("Identifiant")] for row in rows}
        assert {row[head.index("État")] for row in rows} == {"En cours"}
    call_id = (await season.ask(season.person("programme_officer"), "GET", "coaching", f"/cycles/{first}"))["call_id"]
    number = (await season.ask(None, "GET", "applications", f"/calls/{call_id}"))["number"]
    await page.goto(f"{season.url}/fr/office/cycles?call_id={call_id}")
    await page.get_by_role("link", name="Leur écrire").click()
    await expect(page.get_by_role("radio", name="référent")).to_be_enabled()
    await expect(page.locator("dl.facts")).to_contain_text(f"{number} – ")
    await expect(page.locator("dl.facts")).not_to_contain_text("tout le monde")
    await sound(page)
    await page.goto(f"{season.url}/fr/office/cycles/{first}")
    await sound(page)
    await page.get_by_role("link", name="Désigner un référent").click()
    await page.get_by_label("Référent").select_option("")
    await page.get_by_role("button", name="Désigner le référent").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await page.get_by_label("Référent").select_option(mentor["id"])
    await page.get_by_role("button", name="Désigner le référent").click()
    await expect(page.get_by_text("Le référent est désigné.")).to_be_visible()
    await expect(page.locator("dl.facts")).to_contain_text(mentor["name"])
    await _act(page, "Mettre en pause", "Mettre en pause", "L’accélération est en pause.")
    stale = await bench.page(javascript=False, phone=True)
    await season.sign_in(stale, season.person("programme_officer", 1), f"/fr/office/cycles/{first}/acts/resume")
    await _act(page, "Reprendre", "Reprendre", "L’accélération reprend")
    await stale.get_by_role("button", name="Reprendre").click()
    await expect(stale.get_by_role("alert")).to_contain_text("elle est déjà en cours")
    await sound(stale)
    await desk.fits(stale)


async def test_a_cycle_is_extended_written_to_decided_about_and_stopped(
    bench: Bench, season: Played, late: list[str]
) -> None:
    page, path = await bench.page(), f"/fr/office/cycles/{late[1]}"
    await _spoken_up(season, late[1])
    await season.sign_in(page, season.person("programme_officer"), "/fr/office/cycles?mine=yes")
    row = page.locator("#cycles tr").filter(has=page.locator(f'a[href="{path}"]'))
    await expect(row).to_contain_text("1 nouveau message")
    taken = await desk.taken_away(page, "Exporter en CSV – Demandes de leviers en attente")
    waiting = page.get_by_role("region", name="Demandes de leviers en attente").locator("tbody tr")
    assert len(taken) - 1 == await waiting.count() > 0
    await row.get_by_role("link").click()
    await expect(page.get_by_role("link", name="Messages avec l’équipe")).to_contain_text("1 nouveau")
    await page.get_by_role("link", name="Prolonger", exact=True).click()
    await page.get_by_label("Semaines de plus").fill("99")
    await page.get_by_role("button", name="Prolonger").click()
    await expect(page.get_by_role("alert")).to_contain_text("de 1 à 26")
    await page.get_by_label("Semaines de plus").fill("2")
    await page.get_by_role("button", name="Prolonger").click()
    await expect(page.get_by_text("L’accélération est prolongée.")).to_be_visible()
    await bench.screen(page, "cycle")
    await page.get_by_role("link", name="Messages avec l’équipe").click()
    await page.get_by_label("Votre message").fill("Tout va bien ?")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.locator(".thread")).to_contain_text("Tout va bien ?")
    await page.goto(f"{season.url}{path}")
    await page.get_by_role("link", name="Enregistrer la décision").click()
    await page.get_by_role("button", name="Enregistrer la décision").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await takes_no_nonsense(season, page, "/office/cycles/{initiative_id}/reviews/{kind}")
    await page.get_by_label("Poursuivre").check()
    await page.get_by_label("Motif").fill("Le comité garde confiance.")
    await page.get_by_role("button", name="Enregistrer la décision").click()
    await expect(page.get_by_text("La décision de la revue est enregistrée.")).to_be_visible()
    await page.goto(f"{season.url}{path}/acts/stop")
    await page.get_by_role("button", name="Arrêter").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await page.get_by_label("L’équipe abandonne l’initiative").check()
    await page.get_by_label("Pourquoi").fill("L’équipe part vers d’autres projets.")
    await page.get_by_role("button", name="Arrêter").click()
    await expect(page.get_by_text("L’accélération est arrêtée.")).to_be_visible()
    await sound(page)
    await expect(page.get_by_role("link", name=re.compile("^(Prolonger|Arrêter)$"))).to_have_count(0)


async def _spoken_up(season: Played, initiative: str) -> None:
    """Its mentor has written, and its owner has asked for a lever."""
    path = f"/cycles/{initiative}"
    found = await season.ask(season.person("programme_officer"), "GET", "coaching", path)
    owner = next(person for person in season.people if person["id"] == found["owner_id"])
    await post(season, season.person("mentor"), "coaching", f"{path}/messages", {"text": "À voir ensemble."})
    due = await desk.season_now(season) + timedelta(days=20)
    lever = {"lever": "network", "administration": "prefecture", "text": "Un rendez-vous.", "due_at": due.isoformat()}
    await post(season, owner, "coaching", f"{path}/lever-requests", lever)


async def test_a_mailing_to_a_filtered_list_is_seen_sent_once_and_followed(bench: Bench, season: Played) -> None:
    call_id, _ = await desk.call_with(season, 3, 14)
    await desk.submitted(season, call_id, 17, theme="mobility")
    page = await bench.page()
    await season.sign_in(
        page, season.person("programme_officer"), f"/fr/office/calls/{call_id}/applications?theme=ecology"
    )
    await page.get_by_role("link", name="Leur écrire").click()
    await expect(page.get_by_label("3 porteurs de projet")).to_be_checked()
    await page.get_by_role("button", name="Voir ce que cela donnerait").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)
    await page.get_by_label("Nom de l’envoi").fill("Réunion d’information")
    for language, text in (
        ("français", "Bonjour,\n\nune réunion aura lieu <lundi>."),
        ("anglais", "Hello,\n\na meeting."),
    ):
        await page.get_by_label(f"Objet en {language}").fill("Réunion")
        await page.get_by_label(f"Texte en {language}").fill(text)
    await bench.screen(page, "mailing-new")
    await page.get_by_role("button", name="Voir ce que cela donnerait").click()
    await expect(page.get_by_text("Rien n’est encore envoyé.").first).to_be_visible()
    await expect(page.get_by_text("une réunion aura lieu <lundi>.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "mailing-preview")
    await page.get_by_role("link", name="Envoyer…").click()
    await sound(page)
    other = await bench.page(javascript=False)
    await season.sign_in(other, season.person("programme_officer", 1), page.url.removeprefix(season.url))
    await page.get_by_role("button", name="Envoyer à 3 personnes").dblclick()
    await expect(page.locator("#mailing-state")).to_have_text("Envoyé", timeout=desk.PATIENCE_MS)
    await sound(page)
    await other.get_by_role("button", name="Envoyer à 3 personnes").click()
    await expect(other.locator(".notice.error")).to_contain_text("Ce courriel est déjà parti")
    await page.reload()
    await bench.screen(page, "mailing-sent")
    rows = (await desk.taken_away(page, "Exporter en CSV"))[1:]
    assert sorted(row[0] for row in rows) == sorted(season.person("applicant", nth)["name"] for nth in (14, 15, 16))
    assert len({row[2] for row in rows}) == 1
    await page.get_by_label("État").select_option("sent")
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**state=sent")
    assert {row[2] for row in (await desk.taken_away(page, "Exporter en CSV"))[1:]} <= {"Envoyé"}
    await page.goto(f"{season.url}/fr/office/mailings")
    await expect(page.get_by_role("row", name="Réunion d’information")).to_contain_text("Envoyé")
    await page.get_by_label("Nom de l’envoi").fill("REUNION D'INF")
    await page.get_by_label("État").select_option("sent")
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**status=sent**")
    await page.get_by_role("columnheader", name="Destinataires").get_by_role("link").click()
    await expect(page.get_by_role("columnheader", name="Destinataires")).to_have_attribute("aria-sort", "ascending")
    await expect(page.get_by_role("link", name="Réunion d’information")).to_be_visible()
    await sound(page)
    await bench.screen(page, "mailings")
    await page.get_by_label("État").select_option("cancelled")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucun envoi ne correspond.")).to_be_visible()
    await sound(page)
