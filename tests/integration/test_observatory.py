"""The observatory on real servers: what it hears, what it shows, and how it is rebuilt."""

import asyncio
import random
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from contracts import applications, calls, coaching, evaluation, funding, payments
from contracts.model import Event
from contracts.programme import EvaluationRules, Schedule, SupportProgramme
from services.chassis.consuming import Received
from services.chassis.runtime import make_clock, make_database
from services.chassis.settings import CommonSettings, read
from services.coaching.main import build as build_coaching
from services.observatory import handlers, validation
from services.observatory.main import build
from services.observatory.store import Store
from tests.conftest import SEASON_START, Token
from tests.platform import elsewhere, eventually, serving

CALL, LAUREATE, REFUSED, OWNER, TRANCHE = (UUID(int=number) for number in range(101, 106))
DIGEST = "0" * 64


def call() -> calls.CallPublished:
    schedule = Schedule(
        zone="Europe/Paris", opens_at=SEASON_START, closes_at=SEASON_START + timedelta(days=30),
        evaluation_opens_at=SEASON_START + timedelta(days=31), evaluation_closes_at=SEASON_START + timedelta(days=60),
        announcement_at=SEASON_START + timedelta(days=90),
    )  # fmt: skip
    return calls.CallPublished(
        call_id=CALL, number="AIC-2021", kind="panel", schedule=schedule, criteria=(), colleges=(),
        evaluation=EvaluationRules(places=1, reserve=1), programme=SupportProgramme(), envelope_cents=1_000_000_000,
        funding_source="state_budget",
    )  # fmt: skip


def submitted(key: UUID, kind: Any) -> applications.ApplicationSubmitted:
    return applications.ApplicationSubmitted(
        application_id=key, call_id=CALL, owner_id=OWNER, number=f"AIC-2021-{key.int:06d}", applicant_kind=kind,
        theme="health", needs=("funding",), requested_cents=14_000_000, departement="2A", content_digest=DIGEST,
        submitted_at=SEASON_START, synthetic=True,
    )  # fmt: skip


def season() -> list[tuple[Event, UUID]]:
    """The events of a very small season, each with the aggregate that told it."""
    one = {"application_id": LAUREATE, "call_id": CALL}
    number = f"AIC-2021-{LAUREATE.int:06d}"
    paid = {"tranche_id": TRANCHE, "agreement_id": LAUREATE}
    return [
        (call(), CALL),
        (applications.ApplicationDrafted(**one, owner_id=OWNER), LAUREATE),
        (submitted(LAUREATE, "person"), LAUREATE),
        (submitted(REFUSED, "association"), REFUSED),
        (applications.ApplicationFoundEligible(**one, rule="complete"), LAUREATE),
        (
            applications.ApplicationFoundIneligible(
                application_id=REFUSED, call_id=CALL, owner_id=OWNER, number="AIC-2021-000001", rule="budget_balanced"
            ),
            REFUSED,
        ),
        (
            evaluation.RoundClosed(
                round_id=CALL, call_id=CALL, expected=10, counted=8, abstained=1, set_aside=1, below_quorum=0,
                draw_seed=DIGEST,
            ),
            CALL,
        ),
        (
            applications.ApplicationSelected(
                initiative_id=LAUREATE, **one, owner_id=OWNER, number=number, theme="health", departement="2A",
                from_reserve=False, accept_by=SEASON_START, programme=SupportProgramme(), applicant_kind="person",
            ),
            LAUREATE,
        ),
        (
            applications.InitiativePublished(
                initiative_id=LAUREATE, call_id=CALL, number=number, title="Titre", purpose="Objet",
                applicant_kind="person", organisation_name="canary", siret=None, rna=None, commune="2A004",
                departement="2A", theme="health", synthetic=True,
            ),
            LAUREATE,
        ),
        (
            coaching.CycleOpened(
                initiative_id=LAUREATE, call_id=CALL, owner_id=OWNER, theme="health", departement="2A",
                starts_at=SEASON_START, ends_at=SEASON_START + timedelta(weeks=13),
            ),
            LAUREATE,
        ),
        *((value(kind, milli), LAUREATE) for kind, milli in (("initial", 0), ("target", 8_000), ("current", 2_000))),
        (coaching.CheckInRecorded(initiative_id=LAUREATE, week=1, weather="cloud", late=False), LAUREATE),
        (
            funding.AgreementSigned(
                agreement_id=LAUREATE, envelope_id=CALL, amount_cents=14_000_000, signed_at=SEASON_START,
                theme="health", departement="2A",
            ),
            LAUREATE,
        ),
        (
            funding.GrantPublished(
                agreement_id=LAUREATE, call_id=CALL, agreed_on="2022-03-20", reference="CONV-1",
                beneficiary_name="canary", beneficiary_siret=None, beneficiary_rna=None, purpose="Objet",
                amount_cents=14_000_000, nature="aide en numéraire", conditions="Deux versements",
                payment_period="2022-03-20/2022-09-20", eu_notification=False, share=1.0, scheme="Accélérateur",
            ),
            LAUREATE,
        ),
        (payments.TrancheOpened(**paid, code="first", amount_cents=8_000_000, advance=True, owner_id=OWNER), LAUREATE),
        (
            payments.PaymentSettled(
                **paid, envelope_id=CALL, payment_id=uuid4(), amount_cents=8_000_000, settled_at=SEASON_START,
                owner_id=OWNER,
            ),
            LAUREATE,
        ),
    ]  # fmt: skip


def value(kind: Any, milli: int) -> coaching.IndicatorValue:
    return coaching.IndicatorValue(
        initiative_id=LAUREATE, indicator="users", kind=kind, value_milli=milli, valued_at=SEASON_START
    )


async def got(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_happened_is_shown(service_environment: Mapping[str, str], token: Token, tmp_path: Path) -> None:
    service = await build()
    operator = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
    async with serving(service) as client, elsewhere(service_environment["KAFKA_BOOTSTRAP_SERVERS"]) as others:
        happened = season()
        for index, (event, subject) in enumerate(happened):
            await others.happened(event, subject, SEASON_START + timedelta(minutes=index))

        async def entries() -> int:
            found = (await client.get("/internal/digest", headers=operator)).json()
            assert found["rebuilding"] is False
            return int(found["entries"])

        await eventually(entries, lambda count: count == len(happened))

        figures = await got(client, f"/calls/{CALL}/figures")
        assert figures["applications"]["submitted"] == 2
        assert figures["applications"]["ineligible"] == 1
        assert figures["applications"]["laureates"] == 1
        assert figures["by"]["applicant_kind"] == {"association": 1, "person": 1}
        assert figures["evaluation"]["ballots"]["counted"] == 8
        assert figures["money"] == {
            "envelope_cents": 1_000_000_000,
            "agreements": 1,
            "tranches_paid": 1,
            "committed_cents": 14_000_000,
            "paid_cents": 8_000_000,
            "recovery_ordered_cents": 0,
            "recovered_cents": 0,
        }
        earlier = (SEASON_START + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
        assert (await got(client, f"/calls/{CALL}/figures?at={earlier}"))["applications"]["laureates"] == 0
        assert (await client.get(f"/calls/{uuid4()}/figures")).status_code == 404
        by_departement = await got(client, "/figures/departements")
        assert by_departement["departements"] == [
            {
                "departement": "2A", "submitted": 2, "laureates": 1, "committed_cents": 14_000_000,
                "paid_cents": 8_000_000,
            }
        ]  # fmt: skip
        assert (await got(client, f"/figures/themes?call_id={CALL}"))["themes"][0]["theme"] == "health"

        shown = await got(client, f"/initiatives/{LAUREATE}")
        assert (shown["state"], shown["organisation_name"], shown["commune"]) == ("open", None, None)
        assert shown["money"]["tranches"][0]["state"] == "settled"
        timeline = await got(client, f"/initiatives/{LAUREATE}/timeline")
        assert [item["event"] for item in timeline["events"]][:3] == [
            "ApplicationDrafted",
            "ApplicationSubmitted",
            "ApplicationFoundEligible",
        ]
        assert (await client.get(f"/initiatives/{REFUSED}")).status_code == 404
        assert (await client.get(f"/initiatives/{REFUSED}/timeline")).status_code == 404
        (indicator,) = await got(client, "/indicators?departement=2A")
        assert (indicator["progress_percent"], indicator["weather"]) == (25.0, "NUAGE")
        assert indicator["territory"]["zone_id"] == "D2A"
        (laureate,) = await got(client, "/laureates")
        assert (laureate["title"], laureate["state"]) == ("Titre", "open")

        await _check_open_data(client, tmp_path)
        everything = [shown, timeline, laureate, figures, await got(client, "/open-data/grants.json")]
        assert "canary" not in str(everything)
        assert str(OWNER) not in str(everything)


async def _check_open_data(client: httpx.AsyncClient, tmp_path: Path) -> None:
    catalogue = await got(client, "/open-data")
    assert catalogue["licence"]["id"] == "etalab-2.0"
    for dataset in catalogue["datasets"]:
        rows = await got(client, f"/open-data/{dataset['name']}.json")
        text = await client.get(f"/open-data/{dataset['name']}.csv")
        assert text.headers["content-type"] == "text/csv; charset=utf-8"
        lines = text.text.splitlines()
        assert lines[0].split(",") == [column["name"] for column in dataset["columns"]]
        assert len(lines) == len(rows) + 1
        if dataset["name"] in validation.SCHEMAS:
            path = tmp_path / "published.csv"
            path.write_bytes(text.content)
            assert validation.problems(dataset["name"], path) == []
    assert (await client.get("/open-data/secrets.csv")).json()["code"] == "not_found"


async def test_the_published_record_stands_beside_the_season(service_environment: Mapping[str, str]) -> None:
    async with serving(await build()) as client:
        record = await got(client, "/programme/record")
        assert record["total"]["projects"] == 53
        assert sum(row["amount_eur"] for row in record["by_priority"]) == record["total"]["amount_eur"]
        assert sum(record["sums_by_priority_cents"].values()) == record["total"]["amount_eur"] * 100
        assert record["source"]["synthetic"] is False
        assert record["season"]["laureates"] == 0


async def test_any_order_gives_the_same_content(service_environment: Mapping[str, str]) -> None:
    settings = read(CommonSettings)
    happened = [(event, received(event, subject, index)) for index, (event, subject) in enumerate(season())]
    digests = set()
    for seed in range(3):
        database = make_database(settings, f"observatory{seed}", make_clock(settings))
        store = Store(database)
        await store.prepare()
        order = happened + happened[:5] if seed else list(happened)
        if seed:
            random.Random(seed).shuffle(order)  # noqa: S311  an order of arrival, no secret
        await asyncio.gather(*(handlers.note_event(event, one, store) for event, one in order))
        digests.add((await store.digest())["digest"])
        database.close()
    assert len(digests) == 1


def received(event: Event, subject: UUID, index: int) -> Received:
    at = SEASON_START + timedelta(minutes=index)
    return Received(f"event-{index}", event.service, str(subject), at, index + 1, 1, None)


async def test_a_rebuild_gives_the_same_content_and_says_when_it_is_done(
    service_environment: Mapping[str, str], token: Token
) -> None:
    operator = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
    source, service = await build_coaching(), await build()
    bootstrap = service_environment["KAFKA_BOOTSTRAP_SERVERS"]
    async with serving(source), serving(service) as client, elsewhere(bootstrap) as others:
        initiatives = [uuid4() for _ in range(6)]
        for each in initiatives:
            command = coaching.OpenCycle(
                command_id=uuid4(), requester="w", initiative_id=each, call_id=CALL, owner_id=OWNER, theme="health",
                departement="75", starts_at=SEASON_START, ends_at=SEASON_START + timedelta(weeks=13),
            )  # fmt: skip
            await others.ask(command, each, SEASON_START)
            for week in (1, 2):
                due = SEASON_START + timedelta(weeks=week)
                check_in = coaching.OpenCheckIn(
                    command_id=uuid4(), requester="w", initiative_id=each, week=week, due_at=due
                )
                await others.ask(check_in, each, SEASON_START)

        async def digest() -> Any:
            return (await client.get("/internal/digest", headers=operator)).json()

        before = await eventually(digest, lambda found: found["entries"] == 18)
        assert (await client.post("/internal/reset")).status_code == 401
        assert (await client.post("/internal/reset", headers=operator)).json()["digest"] == before["digest"]
        emptied = await digest()
        assert (emptied["entries"], emptied["rebuilding"]) == (0, True)
        rewound = await client.post("/internal/replay", json={"source": "coaching", "after": {}}, headers=operator)
        assert rewound.status_code == 200
        after = await eventually(digest, lambda found: not found["rebuilding"])
        assert after["digest"] == before["digest"]
        assert after["rebuild"]["done"] is True
