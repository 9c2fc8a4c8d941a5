"""Every reason for which notifications says no, each with its stable code."""

from contracts.decision import Refusal


class PersonErased(Refusal):
    code, status, title = "person_erased", 410, "This person has been erased"


class PhoneRequired(Refusal):
    code, status, title = "phone_required", 422, "Text messages need a telephone number"


class ChannelUnavailable(Refusal):
    code, status, title = "channel_unavailable", 422, "Messages are not sent this way here"


class MandatoryReason(Refusal):
    code, status, title = "mandatory_reason", 422, "Receipts, decisions and payments are always told"


class UnknownReason(Refusal):
    code, status, title = "unknown_reason", 422, "Nothing is told for this reason"


class NotFailed(Refusal):
    code, title = "not_failed", "Only a notice that failed is sent again"


class NotDraft(Refusal):
    code, title = "not_draft", "This mailing is on its way, or was cancelled"
