"""A round in the browser: its officer's work while ballots come in, then from the counted ballots to the signed decision."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.evaluation import rounds
from tests.browser.evaluation.conftest import Rounds
from tests.browser.office import desk
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(600)
PATIENCE_MS = 30_000


async def test_an_officer_composes_the_panel_and_settles_conflicts(bench: Bench, season: Played, made: Rounds) -> None:
    page, base = await bench.page(javascript=False), f"{season.url}/fr/office/rounds/{made.opened.call_id}"
    await season.sign_in(page, season.person("programme_officer"), "/fr/office/rounds")
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
    assert {each[0] for each in experts[1:]} == {each["name"] for each in made.opened.panel[2:]}
    await _conflicts(bench, page, base, made)
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


async def test_progress_moves_and_the_late_are_reminded(bench: Bench, season: Played, made: Rounds) -> None:
    page, base = await bench.page(), f"/fr/office/rounds/{made.opened.call_id}"
    await season.sign_in(page, season.person("programme_officer"), base)
    experts = page.locator("#progress li").nth(1)
    before = int((await experts.locator("strong").inner_text()).split()[0])
    await sound(page)
    await bench.screen(page, "progress")
    member = made.opened.panel[-1]
    application_id = (await rounds.queue(season, made.opened, member))[0]
    await rounds.cast(season, made.opened, member, application_id, 3)
    await expect(experts.locator("strong")).to_contain_text(f"{before + 1} sur ", timeout=PATIENCE_MS)
    await page.get_by_label("Sous le quorum seulement").check()
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**below_quorum=1**")
    assert member["name"] in [row[0] for row in await desk.taken_away(page, "Exporter en CSV – Membres")]
    shown = await page.get_by_role("region", name="Candidatures").locator("tbody tr").count()
    quorum = await desk.taken_away(page, "Exporter en XLSX – Candidatures")
    assert len(quorum) - 1 == shown > 0
    assert {row[-1] for row in quorum[1:]} == {"manquant"}
    await page.get_by_role("link", name="Relancer les retardataires").click()
    await sound(page)
    await page.get_by_role("button", name="Envoyer le rappel").click()
    await expect(page.get_by_text("Membres relancés :")).to_be_visible()
    phone = await bench.page(phone=True)
    await season.sign_in(phone, season.person("programme_officer"), base)
    assert await phone.evaluate("() => document.documentElement.scrollWidth") <= 360
    await accessible(phone)
    await bench.screen(phone, "progress-phone")


async def test_from_the_counted_ballots_to_the_signed_decision(bench: Bench, season: Played, made: Rounds) -> None:
    officer, base = await bench.page(), f"{season.url}/fr/office/rounds/{made.closed.call_id}"
    await season.sign_in(
        officer, season.person("programme_officer"), f"/fr/office/rounds/{made.closed.call_id}/results"
    )
    await expect(officer.get_by_role("link", name="Enregistrer la délibération")).to_be_visible()
    await sound(officer)
    authority = await bench.page()
    await season.sign_in(authority, season.person("deciding_authority"), f"/fr/decisions/{made.closed.call_id}")
    await expect(authority.get_by_text("il n’y a rien à signer")).to_be_visible()
    await sound(authority)
    left = await _withdrawn(season, made)
    moved = await _deliberate(bench, season, officer, base, made, left)
    await _sign_minutes(bench, season, made)
    await _sign_decision(bench, authority, season, made, moved)
    await officer.goto(f"{base}/places")
    await expect(officer.get_by_text("sous embargo")).to_be_visible()
    await expect(officer.get_by_role("table", name="Sélectionnées par la décision")).to_contain_text(moved)
    await sound(officer)


async def _withdrawn(season: Played, made: Rounds) -> str:
    """The first of the ranking is withdrawn; its title."""
    officer, path = season.person("programme_officer"), f"{made.closed.path}/results"
    first = (await season.ask(officer, "GET", "evaluation", path))["order"][0]
    application = await season.ask(officer, "GET", "applications", f"/applications/{first}")
    owner = next(person for person in season.people if person["id"] == application["owner_id"])
    await rounds.post(season, owner, f"/applications/{first}/withdrawal", service="applications")

    async def heard() -> bool:
        return (await season.ask(officer, "GET", "evaluation", path))["left"] == [first]

    await rounds.until(heard)
    return str(application["answers"]["title"])


async def _deliberate(bench: Bench, season: Played, page: Page, base: str, made: Rounds, left: str) -> str:
    """Move the last application to the first rank; its number. What ``left`` is passed over."""
    await page.goto(f"{base}/deliberation")
    await sound(page)
    await page.get_by_label("Candidature").first.select_option(index=4)
    await page.get_by_role("button", name="Ajouter des déplacements").click()
    await expect(page.get_by_role("group", name="Déplacement 4")).to_be_visible()
    await page.get_by_role("button", name="Continuer").click()
    for text in (
        "Cochez au moins un membre présent.",
        "Rédigez le procès-verbal.",
        "Indiquez le rang",
        "Dites pourquoi",
    ):
        await expect(page.get_by_role("alert")).to_contain_text(text)
    await sound(page)
    await bench.screen(page, "deliberation")
    await takes_no_nonsense(season, page, "/office/rounds/{round_id}/deliberation")
    for member in made.closed.panel:
        await page.get_by_role("checkbox", name=member["name"]).check()
    await page.get_by_label("Nouveau rang").first.fill("1")
    await page.get_by_label("Motif").first.fill("Seule initiative du <i>territoire</i>.")
    await page.get_by_label("Procès-verbal").fill("Procès-verbal.\n\nLe jury délibère.")
    chosen = await page.get_by_label("Candidature").first.evaluate("each => each.selectedOptions[0].label")
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Enregistrer l’avis du jury ?")
    await sound(page)
    await bench.screen(page, "opinion")
    await expect(page.locator(".notice", has_text="Écartées")).to_contain_text(left)
    await expect(page.locator("ol").filter(has_text=left)).to_have_count(0)
    await expect(page.locator("main ol > li").filter(has_text="Friche")).to_have_count(2)
    await page.get_by_role("button", name="Enregistrer l’avis").dblclick()
    await expect(page.get_by_role("button", name="Signer le procès-verbal")).to_be_visible()
    await expect(page.get_by_text("Seule initiative du <i>territoire</i>.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "minutes")
    await page.get_by_role("button", name="Signer le procès-verbal").click()
    await expect(page.get_by_text("Vous avez signé le procès-verbal.")).to_be_visible()
    return str(chosen).split()[1]


async def _sign_minutes(bench: Bench, season: Played, made: Rounds) -> None:
    page = await bench.page()
    await season.sign_in(page, made.closed.panel[0], f"/fr/panel/{made.closed.call_id}")
    await page.get_by_role("link", name="Lire et signer le procès-verbal").click()
    await sound(page)
    await page.get_by_role("button", name="Signer le procès-verbal").click()
    await expect(page.get_by_text("Vous avez signé ce procès-verbal le")).to_be_visible()


async def _sign_decision(bench: Bench, page: Page, season: Played, made: Rounds, moved: str) -> None:
    await page.goto(f"{season.url}/fr/decisions")
    await expect(page.get_by_role("heading", name="En attente de votre signature")).to_be_visible()
    await sound(page)
    await page.goto(f"{season.url}/fr/decisions/{made.closed.call_id}")
    await expect(page.get_by_role("region", name="candidature sélectionnée")).to_contain_text(moved)
    await sound(page)
    await bench.screen(page, "decision")
    await page.get_by_role("link", name=moved).first.click()
    await expect(page.get_by_text("Cultiver ensemble les friches")).to_be_visible()
    await sound(page)
    await _attachment(page, season, made)
    await page.get_by_role("link", name="Retour à la décision").click()
    await _settled_conflicts(bench, page, season, made)
    await page.locator("form[action*=decisions]").evaluate("form => { form.noValidate = true }")
    await page.get_by_role("button", name="Continuer vers la signature").click()
    await expect(page.get_by_role("alert")).to_contain_text("Nommez l’acte")
    await sound(page)
    await takes_no_nonsense(season, page, "/decisions/{round_id}")
    stale = await page.context.new_page()
    await stale.goto(page.url)
    await page.get_by_label("Acte qui vous délègue la signature").fill("Arrêté 2021-412 du 3 décembre")
    await page.get_by_role("button", name="Continuer vers la signature").click()
    await expect(page.get_by_text("arrete_2021_412_du_3_decembre")).to_be_visible()
    await sound(page)
    await bench.screen(page, "signature")
    await page.get_by_role("button", name="Signer la décision").dblclick()
    await expect(page.get_by_role("heading", name="Décision signée")).to_be_visible()
    await sound(page)
    await stale.get_by_label("Acte qui vous délègue la signature").fill("Arrêté 2021-413")
    await stale.get_by_role("button", name="Continuer vers la signature").click()
    await expect(stale.get_by_role("heading", name="Décision signée")).to_be_visible()
    found = await season.ask(season.person("programme_officer"), "GET", "evaluation", f"{made.closed.path}/results")
    assert found["decision"]["delegation"] == "arrete_2021_412_du_3_decembre"


async def _attachment(page: Page, season: Played, made: Rounds) -> None:
    """The authority has the first application's piece, too."""
    first = made.closed.applications[0]
    await page.goto(f"{season.url}/fr/decisions/{made.closed.call_id}/applications/{first}")
    await sound(page)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Pièce 1").click()
    assert (await (await download.value).path()).read_bytes() == rounds.PDF


async def _settled_conflicts(bench: Bench, page: Page, season: Played, made: Rounds) -> None:
    """The authority reads the conflicts, and settles none."""
    await page.get_by_role("link", name="Conflits d’intérêts, et qui les a confirmés").click()
    row = page.get_by_role("row", name=made.closed.panel[-1]["name"])
    await expect(row).to_contain_text("C’est la candidature du membre lui-même")
    await sound(page)
    await bench.screen(page, "conflicts-authority")
    await row.get_by_role("link", name="Voir").click()
    await sound(page)
    await expect(page.locator("main form")).to_have_count(0)
    await page.goto(f"{season.url}/fr/decisions/{made.closed.call_id}")


async def test_after_the_announcement_places_and_results_are_there(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("programme_officer")
    found = (await season.ask(person, "GET", "evaluation", "/rounds"))["rounds"]
    announced = next(each["round_id"] for each in found if each["status"] == "announced")
    await season.sign_in(page, person, f"/fr/office/rounds/{announced}/results")
    await page.get_by_label("Issue").select_option("reserve")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_role("cell", name="Sur liste complémentaire").first).to_be_visible()
    await sound(page)
    await bench.screen(page, "results")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Exporter en XLSX").click()
    assert (await (await download.value).path()).read_bytes().startswith(b"PK")
    await page.goto(f"{season.url}/fr/office/rounds/{announced}/places")
    await expect(page.get_by_text("acceptée").first).to_be_visible()
    taken = await desk.taken_away(page, "Exporter en XLSX")
    assert len(taken) - 1 == await page.locator("tbody tr").count()
    assert "acceptée" in {each[4] for each in taken[1:]}
    await sound(page)
    await bench.screen(page, "places")
