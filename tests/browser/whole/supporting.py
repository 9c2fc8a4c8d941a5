"""Three months and two tranches in the browser: agreement, account, check-ins, a lever, reviews, payments."""

from datetime import timedelta

from playwright.async_api import Page, expect
from schwifty import IBAN

from deploy.local import bank
from tests.browser.whole.town import A_MOMENT, Town

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ACCOUNT = str(IBAN.generate("FR", bank_code="20041", branch_code="01005", account_code="00000054321"))
REVIEWS = {"mid_term": "continue", "acceleration_committee": "fund", "engagement_committee": "continue"}


async def signed(owner: Page, orderer: Page, town: Town, initiative_id: str) -> None:
    """By the laureate, then for the State."""
    await owner.goto(f"{town.url}/fr/initiatives/{initiative_id}/agreement")
    await owner.get_by_label("Prénom et nom du signataire").fill("Zoé Essai")
    await owner.get_by_label("J’ai lu la convention").check()
    await owner.get_by_role("button", name="Signer la convention").click()
    await expect(owner.get_by_text("Vous avez signé la convention.")).to_be_visible()
    await act(orderer, town, f"agreements/{initiative_id}/countersignature")


async def act(agent: Page, town: Town, path: str) -> None:
    """Go from what waits for the agent to the act, and do it."""
    await town.rest()
    await agent.goto(f"{town.url}/fr/funding")
    await agent.locator(f'a[href="/fr/funding/{path}"]').click()
    await agent.locator("main form[method=post] button").click()
    await expect(agent.get_by_text("C’est fait et enregistré.")).to_be_visible()
    await town.rest()


async def account_given(owner: Page, agents: list[Page], town: Town, initiative_id: str) -> None:
    """Bank details with their proof, confirmed by two agents."""
    await owner.goto(f"{town.url}/fr/initiatives/{initiative_id}/bank-details/attachments")
    await owner.get_by_label("Titulaire du compte").fill("Zoé Essai")
    await owner.get_by_label("IBAN").fill(ACCOUNT)
    await _attach(owner, "#field-document", "rib.pdf", PDF)
    await owner.get_by_role("button", name="Envoyer").click()
    await expect(owner.get_by_text("En attente de la confirmation de deux agents")).to_be_visible()
    for each in agents:
        await each.goto(f"{town.url}/fr/funding/agreements/{initiative_id}")
        async with each.expect_download() as download:
            await each.get_by_role("link", name="Lire le relevé").click()
        assert (await (await download.value).path()).read_bytes() == PDF
        await act(each, town, f"agreements/{initiative_id}/bank_details_confirmation")


async def _attach(page: Page, field: str, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    await page.locator(field).set_input_files(file)  # type: ignore[arg-type]


async def asked(owner: Page, town: Town, initiative_id: str, tranche: str) -> str:
    """The tranche is asked for; its id."""
    await town.rest()
    await owner.goto(f"{town.url}/fr/initiatives/{initiative_id}/agreement")
    await owner.get_by_role("link", name=f"Demander cette tranche – {tranche}").click()
    tranche_id = owner.url.split("/")[-2]
    await owner.get_by_role("button", name="Demander la tranche").click()
    await expect(owner.get_by_text("La tranche est demandée.")).to_be_visible()
    return tranche_id


async def paid(orderer: Page, accountant: Page, town: Town, tranche_id: str, certified: bool) -> None:
    """Each in their turn, then the bank's answer to the file."""
    for page, step in ((orderer, "certification"), (orderer, "order"), (accountant, "acceptance")):
        if certified or step != "certification":
            await act(page, town, f"tranches/{tranche_id}/{step}")
    await accountant.reload()
    async with accountant.expect_download() as download:
        await accountant.get_by_role("link", name="Fichier pour la banque (pain.001)").last.click()
    content = (await (await download.value).path()).read_bytes()
    await accountant.goto(f"{town.url}/fr/funding/bank")
    await _attach(accountant, "#field-file", "pain.002.xml", bank.answer(content))
    await accountant.locator("main form[method=post] button").click()
    await expect(accountant.locator(".notice.success")).to_be_visible()
    await town.rest()


async def mentored(officer: Page, mentor: Page, owner: Page, town: Town, initiative_id: str) -> None:
    """A mentor is named, asked for a lever, and answers."""
    await officer.goto(f"{town.url}/fr/office/cycles/{initiative_id}/acts/mentor")
    await officer.locator("#field-person").select_option(label="Camille Referente")
    await officer.locator("main form[method=post] button").click()
    await expect(officer.locator(".notice.success")).to_be_visible()
    await owner.goto(f"{town.url}/fr/initiatives/{initiative_id}/requests/new")
    await owner.get_by_label("Levier").select_option("public_data")
    await owner.get_by_label("Administration qui peut aider").select_option("dinum")
    await owner.get_by_label("Réponse souhaitée pour le").fill(f"{town.time.now() + timedelta(days=30):%Y-%m-%d}")
    await owner.get_by_label("Ce que vous demandez").fill("Les données des ateliers de réparation.")
    await owner.get_by_role("button", name="Envoyer la demande").click()
    await expect(owner.locator(".notice.success")).to_be_visible()
    await mentor.goto(f"{town.url}/fr/mentoring")
    await mentor.locator('main a[href*="/requests/"]').click()
    await mentor.locator('input[name="outcome"][value="granted"]').check()
    await mentor.locator("#field-text").fill("Les voici.")
    await mentor.locator("main form[method=post] button").click()
    await expect(mentor.locator(".notice.success")).to_be_visible()


async def lived(officer: Page, owner: Page, town: Town, initiative_id: str) -> None:
    """Week after week until the cycle has come to its end: check-ins by the team, reviews by the officer."""
    over = owner.locator(".badge", has_text="Terminée")
    while True:
        for address in await _offered(officer, f"{town.url}/fr/office/cycles/{initiative_id}", "/reviews/"):
            await _review(officer, f"{town.url}{address}")
        for address in await _offered(owner, f"{town.url}/fr/initiatives/{initiative_id}", "/check-ins/"):
            await _check_in(owner, f"{town.url}{address}")
        await owner.goto(f"{town.url}/fr/initiatives/{initiative_id}")
        if await over.count():
            break
        await town.pass_until((await town.rest())[0] + A_MOMENT)


async def _offered(page: Page, address: str, what: str) -> list[str]:
    """Where the page at ``address`` leads to do something."""
    await page.goto(address)
    found = [await each.get_attribute("href") for each in await page.locator(f'main a[href*="{what}"]').all()]
    return sorted({each for each in found if each})


async def _check_in(owner: Page, address: str) -> None:
    await owner.goto(address)
    await owner.get_by_label("Soleil").check()
    await owner.get_by_label("En quelques mots").fill("Tout va bien.")
    await owner.get_by_role("button", name="Enregistrer le point").click()
    await expect(owner.locator(".notice.success")).to_be_visible()


async def _review(officer: Page, address: str) -> None:
    await officer.goto(address)
    await officer.locator(f'input[name="decision"][value="{REVIEWS[address.rsplit("/", 1)[-1]]}"]').check()
    await officer.locator("#field-reason").fill("L’initiative avance comme prévu.")
    await officer.locator("main form[method=post] button").click()
    await expect(officer.locator(".notice.success")).to_be_visible()
