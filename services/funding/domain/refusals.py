"""What funding says no with. Codes are stable; texts never repeat what was sent."""

from contracts.decision import NotFound, Refusal


class EnvelopeExceeded(Refusal):
    code, title = "envelope_exceeded", "The envelope does not hold this amount any more"


class BelowCommitted(Refusal):
    code, status, title = "below_committed", 422, "An envelope cannot fall below what is committed"


class DecisionInFuture(Refusal):
    code, status, title = "decision_in_future", 422, "A decision cannot be dated in the future"


class AlreadyPrepared(Refusal):
    code, title = "already_prepared", "The agreement is prepared already"


class NothingToGrant(Refusal):
    code, status, title = "nothing_to_grant", 422, "An agreement needs tranches, each with its own code and an amount"


class DocumentNotAllowed(Refusal):
    code, status, title = "document_not_allowed", 422, "This document cannot be kept"


class DocumentsTooMany(Refusal):
    code, title = "documents_too_many", "No more documents are kept for this agreement"


class PlaceInvalid(Refusal):
    code, status, title = "cursor_invalid", 422, "This is not the place of a page in this list"


class NotYetSupported(Refusal):
    code, status, title = "not_yet_supported", 501, "This is not supported yet"


class RecordNotHere(Refusal):
    code, status, title = (
        "record_not_here",
        503,
        "The public record or the envelope has not arrived here yet; try again",
    )


class AgreementNotSigned(Refusal):
    code, title = "agreement_not_signed", "The agreement is not signed by both"


class AgreementStopped(Refusal):
    code, title = "agreement_stopped", "The agreement was stopped"


class AgreementEnded(Refusal):
    code, title = "agreement_closed", "The agreement is closed"


class TranchesUnderWay(Refusal):
    code, title = "tranches_under_way", "Tranches are under way: they are paid or cancelled first"


class OutOfTurn(Refusal):
    code, title = "out_of_turn", "This step is not the next one"


class AdvanceNeedsNoCertification(Refusal):
    code, title = "advance_needs_no_certification", "An advance is paid before service fait"


class TrancheUnknown(NotFound):
    code, title = "tranche_unknown", "There is no such tranche"


class TrancheBeingCancelled(Refusal):
    code, title = "tranche_being_cancelled", "The tranche is being cancelled"


class TrancheDone(Refusal):
    code, title = "tranche_done", "The tranche is settled or cancelled"


class PaymentAtTheBank(Refusal):
    code, title = "payment_at_the_bank", "The payment is at the bank and its answer is not here"


class AlreadyPaid(Refusal):
    code, title = "already_paid", "The tranche is paid; what must come back is a recovery order"


class SeparationOfFunctions(Refusal):
    code, status, title = (
        "separation_of_functions",
        403,
        "Who orders does not pay, and nobody acts on a grant of their own",
    )


class IncompatibleRoles(Refusal):
    code, status, title = "incompatible_roles", 403, "Nobody is authorising officer and accountant"


class BankDetailsMissing(Refusal):
    code, title = "bank_details_missing", "There are no bank details"


class BankDetailsUnconfirmed(Refusal):
    code, title = "bank_details_unconfirmed", "The bank details wait for the confirmation of two agents"


class BankDetailsNotRenewed(Refusal):
    code, title = "bank_details_not_renewed", "The bank rejected a payment to these details: new ones are needed"


class BankDetailsChanged(Refusal):
    code, title = "bank_details_changed", "The bank details were replaced since"


class AlreadyConfirmed(Refusal):
    code, title = "already_confirmed", "These bank details need another agent's confirmation, or none"


class HolderMismatch(Refusal):
    code, status, title = "holder_mismatch", 422, "The account's holder is not the beneficiary"


class IbanInvalid(Refusal):
    code, status, title = "iban_invalid", 422, "This is no IBAN of the SEPA area"


class BicInvalid(Refusal):
    code, status, title = "bic_invalid", 422, "This is no BIC, or of another country than the IBAN"


class FinancialReportOverdue(Refusal):
    code, title = "financial_report_overdue", "A financial report is late: no new payment before it is here"


class PaymentUnknown(Refusal):
    code, status, title = "payment_unknown", 422, "There is no such payment"


class PaymentAlreadySettled(Refusal):
    code, title = "payment_already_settled", "The payment is settled already"


class PaymentAlreadyRejected(Refusal):
    code, title = "payment_already_rejected", "The payment is rejected already"


class PaymentNotSent(Refusal):
    code, status, title = "payment_not_sent", 503, "The payment cannot leave now; it is kept and will be sent"


class AmountMismatch(Refusal):
    code, status, title = "amount_mismatch", 422, "The bank speaks of another amount"


class XmlForbidden(Refusal):
    code, status, title = "xml_forbidden", 422, "Document types and entities are forbidden"


class XmlMalformed(Refusal):
    code, status, title = "xml_malformed", 422, "This is not well-formed XML"


class StatementInvalid(Refusal):
    code, status, title = "statement_invalid", 422, "This is not a payment status report (pain.002) that is understood"


class RecoveryExceedsPaid(Refusal):
    code, status, title = "recovery_exceeds_paid", 422, "No more than what was paid can come back"


class AlreadyCollected(Refusal):
    code, title = "already_collected", "The recovery is collected already"


class ReportRefused(Refusal):
    code, status, title = "report_not_due", 422, "No report is due for this year"
