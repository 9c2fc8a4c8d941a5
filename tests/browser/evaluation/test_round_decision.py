"""A round in the browser, from the counted ballots to the signed decision."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.doing import post, until
from tests.browser.evaluation import rounds
from tests.browser.evaluation.conftest import Rounds
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(600)


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
    await post(season, owner, "applications", f"/applications/{first}/withdrawal")

    async def heard() -> bool:
        return (await season.ask(officer, "GET", "evaluation", path))["left"] == [first]

    await until(heard)
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
