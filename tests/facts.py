"""Events of a season and the facts that they make, for tests of the observatory's rules."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts import applications as told
from contracts import funding
from contracts.model import Event
from contracts.programme import SupportProgramme
from services.observatory.domain.facts import Fact, fact, note

START = datetime(2022, 1, 10, 9, 0, tzinfo=UTC)
CALL, ONE, TWO, OWNER = (UUID(int=number) for number in range(1, 5))


def facts(*events: Event, hours: int = 1) -> dict[tuple[str, str], Fact]:
    """The facts after ``events``, an hour apart."""
    stored: dict[tuple[str, str], dict[str, Any]] = {}
    marks: dict[tuple[str, str], dict[str, Any]] = {}
    for index, event in enumerate(events):
        noted = note(event, START + timedelta(hours=index * hours), index + 1)
        place = (noted.subject, noted.key)
        stored.setdefault(place, {})[f"event-{index}"] = noted.entry
        marks.setdefault(place, {}).update(noted.marks)
    return {place: fact(place[1], marks[place].get("call_id"), entries) for place, entries in stored.items()}


def submitted(key: UUID = ONE, **values: Any) -> told.ApplicationSubmitted:
    facts = {
        "applicant_kind": "association",
        "theme": "health",
        "needs": ("funding", "visibility"),
        "requested_cents": 100,
        "departement": "75",
        "synthetic": True,
    }
    digest = "0" * 64
    return told.ApplicationSubmitted(
        application_id=key, call_id=CALL, owner_id=OWNER, number=f"AIC-2021-{key.int:06d}", content_digest=digest,
        submitted_at=START, mail_domain=digest, siren="123456789", commune="75056", **(facts | values),
    )  # fmt: skip


def selected(key: UUID = ONE, **values: Any) -> told.ApplicationSelected:
    facts = {"from_reserve": False, "applicant_kind": "association", "theme": "health", "departement": "75"}
    return told.ApplicationSelected(
        initiative_id=key, application_id=key, call_id=CALL, owner_id=OWNER, number=f"AIC-2021-{key.int:06d}",
        accept_by=START, programme=SupportProgramme(), **(facts | values),
    )  # fmt: skip


def published(key: UUID = ONE, **values: Any) -> told.InitiativePublished:
    facts = {"applicant_kind": "association", "organisation_name": "Les Jardins", "siret": "1" * 14, "rna": None}
    return told.InitiativePublished(
        initiative_id=key, call_id=CALL, number=f"AIC-2021-{key.int:06d}", title="=Titre", purpose="Objet", commune="75056",
        departement="75", theme="health", synthetic=True, **(facts | values),
    )  # fmt: skip


def granted(key: UUID = ONE, name: str | None = "Les Jardins") -> funding.GrantPublished:
    return funding.GrantPublished(
        agreement_id=key, call_id=CALL, agreed_on="2022-03-20", reference=f"CONV-{key.int}", beneficiary_name=name,
        beneficiary_siret="1" * 14, beneficiary_rna="W123456789", purpose="Objet", amount_cents=14_000_050,
        nature="aide en numéraire", conditions="Deux versements", payment_period="2022-03-20/2022-09-20",
        eu_notification=False, share=0.8, scheme="Accélérateur",
    )  # fmt: skip
