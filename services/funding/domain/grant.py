"""The public record of a grant, as the schema scdl/subventions 2.1.1 of the open data asks for it."""

from datetime import datetime

from dateutil.relativedelta import relativedelta

from contracts.funding import GrantPublished
from services.funding.domain.agreement import Agreement
from services.funding.domain.chain import Tranche
from services.funding.domain.paris import day_of

MAX_TEXT = 256
_AFTER = {
    "agreement": "à la signature",
    "mid_term": "après la revue à mi-parcours",
    "acceleration_committee": "après le comité d'accélération",
    "engagement_committee": "après le comité d'engagement",
}


def publication(agreement: Agreement, number: str, months: int, now: datetime) -> GrantPublished:
    """The record of an agreement signed at ``now``; a natural person is unnamed. ``number`` is the call's.

    The period of payment runs from the signature for ``months`` months, dates as in Paris.
    """
    record = agreement.record
    assert record is not None  # noqa: S101
    named = record.applicant_kind != "person"
    day = day_of(now)
    return GrantPublished(
        agreement_id=agreement.agreement_id,
        call_id=agreement.envelope_id,
        agreed_on=day.isoformat(),
        reference=record.number,
        beneficiary_name=record.organisation_name if named else None,
        beneficiary_siret=record.siret if named else None,
        beneficiary_rna=record.rna if named else None,
        purpose=record.purpose[:MAX_TEXT],
        amount_cents=agreement.amount_cents,
        nature="aide en numéraire",
        conditions=_conditions(agreement.tranches),
        payment_period=f"{day.isoformat()}/{(day + relativedelta(months=months)).isoformat()}",
        eu_notification=False,
        share=1.0,
        scheme=number,
    )


def _conditions(tranches: tuple[Tranche, ...]) -> str:
    parts = [f"{_euros(each.amount_cents)} {_AFTER[each.after]}" for each in tranches]
    return "; ".join(parts)[:MAX_TEXT]


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} EUR"
