"""What a season that is over no longer has, made for the proof: an open call with drafts and decisions under way, a round whose
ballots are open, laureates at every step of their money, mailings, readers of a territory and of a sector."""

from dataclasses import dataclass, field
from typing import Any

from services.chassis.clock import SharedClock
from tests.browser.applications.opening import open_call
from tests.browser.doing import Person, post
from tests.browser.funding import laureates
from tests.browser.funding.laureates import ANSWERS, MOMENT, Laureate
from tests.browser.office.desk import submitted
from tests.browser.proof.judging import DAY, judging
from tests.browser.proof.writing import WHO, attach, draft
from tests.browser.season import Played

OFFICE, ORDERS, PAYS = "programme_officer", "authorising_officer", "accountant"


@dataclass
class Stage:
    """Who plays, by a name of their part, and the pages that were made for them; ``strangers`` have the same role and no
    business there."""

    season: Played
    people: dict[str, Person | None] = field(default_factory=dict)
    doors: dict[str, list[str]] = field(default_factory=dict)
    strangers: dict[str, Person] = field(default_factory=dict)

    def cast(self, part: str, *doors: str, person: Person | None = None) -> None:
        """``person``: by default the season's first who holds a role of the part's name."""
        if part not in self.people:
            self.people[part] = person or self.season.person(part)
        self.doors.setdefault(part, []).extend(f"/fr{door}" for door in doors)


async def set_up(season: Played) -> Stage:
    """Takes about half a minute; moves the season's clock by some hours."""
    stage = Stage(season, {"public": None}, {"public": []})
    for role in ("deciding_authority", ORDERS, PAYS, "administrator"):
        stage.cast(role)
    await _reserve(stage)
    await _round(stage)
    await _money(stage)
    await _applications(stage)
    await _mailings(stage)
    await _grants(stage)
    return stage


async def _reserve(stage: Stage) -> None:
    """Whoever is the last on the reserve list of the season's own round."""
    season, officer = stage.season, stage.season.person(OFFICE)
    rounds = (await season.ask(officer, "GET", "evaluation", "/rounds"))["rounds"]
    first = min(rounds, key=lambda each: str(each["closes_at"]))["round_id"]
    results = await season.ask(officer, "GET", "evaluation", f"/rounds/{first}/results")
    last = results["decision"]["reserve"][-1]
    owner_id = (await season.ask(officer, "GET", "applications", f"/applications/{last}"))["owner_id"]
    owner = next(each for each in season.people if each["id"] == owner_id)
    stage.cast("applicant on the reserve list", f"/applications/{last}/place/decline", person=owner)


async def _applications(stage: Stage) -> None:
    """A draft with a file and an invitation; one submitted, one on paper, one to be completed; decisions prepared."""
    season, officer, owner = stage.season, stage.season.person(OFFICE), stage.season.person("applicant", 0)
    call_id = await open_call(season)
    mine = await draft(season, owner, call_id)
    await attach(season, owner, mine)
    invited = {"email": "amie@exemple.example"}
    token = (await post(season, owner, "applications", f"/applications/{mine}/invitations", invited))["token"]
    asked, waiting = await submitted(season, call_id, 6), await submitted(season, call_id, 7)
    correction = {"fields": ["public_url"]}
    await post(season, officer, "applications", f"/applications/{asked}/correction-requests", correction)
    decision = {"application_ids": [waiting], "decision": "admissible", "rule": "complete", "reason": "Complète."}
    batch = await post(season, officer, "applications", f"/calls/{call_id}/decision-batches", decision)
    question = {"text": "Où en est notre candidature ?"}
    await post(season, season.person("applicant", 7), "applications", f"/applications/{waiting}/messages", question)
    paper = await _on_paper(season, call_id, season.person("applicant", 18))
    stage.cast("applicant", f"/applications/{mine}", person=owner)
    stage.cast(
        "asked applicant", f"/applications/{asked}", f"/invitations/{token}", person=season.person("applicant", 6)
    )
    stage.cast("applicant on paper", f"/applications/{paper}", person=season.person("applicant", 18))
    stage.cast(OFFICE, f"/office/calls/{call_id}", f"/office/batches/{batch['batch_id']}")
    stage.cast(OFFICE, *(f"/office/applications/{each}" for each in (waiting, paper)))


async def _on_paper(season: Played, call_id: str, owner: Person) -> str:
    """Submitted by an officer, not yet confirmed by its applicant."""
    officer, now = season.person(OFFICE), SharedClock(season.platform / "run" / "clock").now()
    body = {"owner_id": owner["id"], "kind": "person", "channel": "paper", "applicant": WHO, "answers": ANSWERS}
    path = f"/calls/{call_id}/applications/paper"
    entry = {**body, "received_at": (now - MOMENT).isoformat()}
    found = await post(season, officer, "applications", path, entry)
    await post(season, officer, "applications", f"/applications/{found['application_id']}/submit")
    return str(found["application_id"])


async def _round(stage: Stage) -> None:
    round_id, applications = await judging(stage.season)
    for role in ("citizen_panellist", "expert"):
        stage.cast(role, f"/panel/{round_id}", f"/panel/{round_id}/applications/{applications[0]}")
        stage.strangers[role] = stage.season.person(role, 1)
    stage.cast(OFFICE, f"/office/rounds/{round_id}", f"/office/applications/{applications[0]}")


async def _money(stage: Stage) -> None:
    """Laureates one step further each, from an agreement to be signed to an advance at the bank; one payment is suspended."""
    season = stage.season
    new, signed, checked, waiting, ordered, issued, doubtful = found = await laureates.selected(season, 7)
    for each in (signed, checked):
        await laureates.sign(season, each)
    await post(season, season.person(ORDERS), "funding", f"/agreements/{checked.agreement_id}/countersignature")
    await laureates.give_account(season, checked)
    await laureates.concluded(season, waiting)
    for code in ("start", "committee"):
        await laureates.request(season, waiting, code)
    to_accept, suspended = await laureates.ordered(season, ordered), await laureates.ordered(season, doubtful)
    await laureates.issued(season, issued)
    why = {"reason": "document_missing"}
    await post(season, season.person(PAYS), "funding", f"/tranches/{suspended}/suspension", why)
    await _followed(season, new)
    for part, each in {"laureate": new, "laureate who may ask": checked}.items():
        stage.cast(part, f"/initiatives/{each.agreement_id}", person=each.owner)
    stage.cast("laureate", f"/initiatives/{new.agreement_id}/agreement")
    stage.cast(OFFICE, f"/office/rounds/{new.call_id}/deliberation")
    stage.cast("mentor", f"/mentoring/{new.agreement_id}")
    stage.cast(OFFICE, f"/office/cycles/{new.agreement_id}", f"/funding/agreements/{checked.agreement_id}")
    advance = await laureates.tranche(season, waiting, "start")
    paid = await season.ask(season.person(PAYS), "GET", "funding", "/payments", params={"state": "settled", "limit": 1})
    stage.cast(ORDERS, f"/funding/agreements/{paid['items'][0]['agreement_id']}/recovery")
    stage.cast(ORDERS, f"/funding/together?tranche={advance['tranche_id']}")
    stage.cast(PAYS, f"/funding/together?tranche={to_accept}", f"/funding/tranches/{suspended}/suspension_lift")
    for role in (ORDERS, PAYS):
        stage.cast(role, *(f"/funding/agreements/{each.agreement_id}" for each in reversed(found)))


async def _followed(season: Played, laureate: Laureate) -> None:
    """A mentor, and a request that waits for an answer."""
    path, officer = f"/cycles/{laureate.agreement_id}", season.person(OFFICE)
    await post(season, officer, "coaching", f"{path}/mentor", {"mentor_id": season.person("mentor")["id"]})
    due = SharedClock(season.platform / "run" / "clock").now() + 20 * DAY
    text = "Il nous faut un rendez-vous avec la préfecture."
    lever: dict[str, Any] = {"lever": "network", "administration": "prefecture", "text": text}
    await post(season, laureate.owner, "coaching", f"{path}/lever-requests", {**lever, "due_at": due.isoformat()})


async def _mailings(stage: Stage) -> None:
    """One that has not left, and one that has."""
    officer, words = stage.season.person(OFFICE), {"subject": "Une réunion", "text": "Nous vous attendons."}
    body = {"label": "Réunion", "fr": words, "en": words, "recipients": [stage.season.person("applicant", 9)["id"]]}
    for leaves in (False, True):
        found = await post(stage.season, officer, "notifications", "/mailings", body)
        if leaves:
            await post(stage.season, officer, "notifications", f"/mailings/{found['mailing_id']}/send")
        stage.cast(OFFICE, f"/office/mailings/{found['mailing_id']}")


async def _grants(stage: Stage) -> None:
    """Readers of a territory and of a sector; another mentor."""
    season = stage.season
    given = {"territory_reader": {"territory": "35"}, "sector_reader": {"sector": "ecology"}, "mentor": {}}
    for nth, (role, scope) in enumerate(given.items()):
        person = season.person("expert", 4 + nth)
        path = f"/persons/{person['id']}/roles"
        await post(season, season.person("administrator"), "people", path, {"role": role, **scope})
        holder = {**person, "roles": [*person["roles"], role]}
        if role == "mentor":
            stage.strangers[role] = holder
        else:
            stage.cast(role, person=holder)
    for part in ("applicant", "asked applicant", "applicant on paper", "laureate", "laureate who may ask"):
        stage.strangers[part] = season.person("applicant", 22)
