"""What happens in a small season, for tests of the observatory."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts import applications, calls, coaching, evaluation, funding, payments
from contracts.model import Event
from contracts.programme import EvaluationRules, Schedule, SupportProgramme
from tests.conftest import SEASON_START

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
