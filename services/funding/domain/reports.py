"""Financial reports: due six months after the end of a year in which something was paid; late, they hold back new payments.

Decree of 11 October 2006 on the financial report of article 10 of law 2000-321.
"""

from datetime import datetime

from contracts.decision import Decision, NotFound
from services.funding.commands import FileReport
from services.funding.domain.agreement import Agreement, Report, known
from services.funding.domain.paris import PARIS, day_of
from services.funding.domain.refusals import FinancialReportOverdue, ReportRefused


def due_at(year: int) -> datetime:
    """The instant from which the report on ``year`` is late: the end of the following June in Paris."""
    return datetime(year + 1, 7, 1, tzinfo=PARIS)


def paid_years(agreement: Agreement) -> set[int]:
    """The years, as in Paris, in which a payment of the agreement settled."""
    payments = [payment for tranche in agreement.tranches for payment in tranche.payments]
    return {
        day_of(payment.answered_at).year for payment in payments if payment.outcome == "settled" and payment.answered_at
    }


def check_reports(agreement: Agreement, now: datetime) -> None:
    """Raises ``FinancialReportOverdue`` with the years whose report is late."""
    late = [year for year in sorted(paid_years(agreement) - set(agreement.reported_years)) if now >= due_at(year)]
    if late:
        raise FinancialReportOverdue(allowed=late)


def file_report(agreement: Agreement | None, command: FileReport) -> Decision[Agreement]:
    """The beneficiary's report on a year, whose document is kept elsewhere. Raises ``ReportRefused`` with the years paid in."""
    agreement = known(agreement)
    if command.by != agreement.owner_id:
        raise NotFound("There is no such agreement")
    years = paid_years(agreement)
    if command.year not in years:
        raise ReportRefused(field="year", allowed=sorted(years))
    reported = tuple(sorted({*agreement.reported_years, command.year}))
    reports = (*agreement.reports, Report(year=command.year, document=command.document))
    changed = agreement.model_copy(update={"reported_years": reported, "reports": tuple(dict.fromkeys(reports))})
    return Decision(changed, (), {"agreement_id": str(agreement.agreement_id), "reported_years": list(reported)})
