"""What applications refuses, each with its stable code."""

from typing import Any

from contracts.decision import Refusal

Problem = dict[str, Any]
"""One thing wrong in a form: ``field``, ``code``, and ``allowed`` where that helps."""


def problem(field: str, code: str, allowed: Any = None) -> Problem:
    found: Problem = {"field": field, "code": code}
    return found if allowed is None else {**found, "allowed": allowed}


class NotYetSupported(Refusal):
    code, status, title = "not_yet_supported", 422, "This is foreseen and not there yet"


class CallInvalid(Refusal):
    code, status, title = "call_invalid", 422, "The call's definition does not hold together"


class CallNumberTaken(Refusal):
    code, status, title = "call_number_taken", 409, "Another call has this number"


class CallNotOpen(Refusal):
    code, status, title = "call_not_open", 409, "The call is not open yet"


class CallAlreadyOpened(Refusal):
    code, status, title = "call_already_opened", 409, "The call was opened before"


class CallAlreadyClosed(Refusal):
    code, status, title = "call_already_closed", 409, "The call was closed before"


class DeadlinePassed(Refusal):
    code, status, title = "deadline_passed", 410, "The deadline has passed"


class DeadlineNotReached(Refusal):
    code, status, title = "deadline_not_reached", 409, "The deadline has not been reached"


class DeadlineShortened(Refusal):
    code, status, title = "deadline_shortened", 409, "A deadline can be extended, never shortened"


class DatesOutOfOrder(Refusal):
    code, status, title = "dates_out_of_order", 409, "The dates of the call would be out of order"


class PoolIsFrozen(Refusal):
    code, status, title = "pool_frozen", 409, "The eligible pool is frozen"


class KindNotAllowed(Refusal):
    code, status, title = "kind_not_allowed", 422, "The call is not for this kind of applicant"


class ApplicationExists(Refusal):
    code, status, title = "application_exists", 409, "This applicant has an application to this call already"


class AnswersInvalid(Refusal):
    code, status, title = "answers_invalid", 422, "Some answers cannot be saved"


class ApplicationInvalid(Refusal):
    code, status, title = "application_invalid", 422, "The application cannot be submitted as it is"


class VersionMismatch(Refusal):
    code, status, title = "version_mismatch", 412, "Somebody saved the application meanwhile"


class WrongState(Refusal):
    code, status, title = "wrong_state", 409, "The application's state does not allow this"


class OwnerOnly(Refusal):
    code, status, title = "owner_only", 403, "Only the application's owner may do this"


class ConsentMissing(Refusal):
    code, status, title = "consent_missing", 403, "The owner has not consented to your submitting"


class FieldNotCorrectable(Refusal):
    code, status, title = "field_not_correctable", 422, "A correction cannot change this field"


class CorrectionOverdue(Refusal):
    code, status, title = "correction_overdue", 410, "The time for the correction has passed"


class CorrectionStillOpen(Refusal):
    code, status, title = "correction_still_open", 409, "The applicant still has time to complete the application"


class RuleUnknown(Refusal):
    code, status, title = "rule_unknown", 422, "The call has no such rule for this decision"


class DecisionUnknown(Refusal):
    code, status, title = "decision_unknown", 404, "There is no such decision"


class DecisionReplaced(Refusal):
    code, status, title = "decision_replaced", 409, "This decision was replaced before"


class AttachmentTooLarge(Refusal):
    code, status, title = "attachment_too_large", 413, "The attachment, or all of them together, are too large"


class AttachmentTypeMismatch(Refusal):
    code, status, title = "attachment_type_mismatch", 415, "The attachment's content is not what it says it is"


class AttachmentTypeNotAllowed(Refusal):
    code, status, title = "attachment_type_not_allowed", 415, "Attachments of this type are not taken"


class UploadMalformed(Refusal):
    code, status, title = "upload_malformed", 422, "The upload is not multipart/form-data with one part named file"


class SlotUnknown(Refusal):
    code, status, title = "attachment_slot_unknown", 422, "The call asks for no such attachment"


class AcceptanceOverdue(Refusal):
    code, status, title = "acceptance_overdue", 410, "The time to accept has passed"


class AcceptanceStillOpen(Refusal):
    code, status, title = "acceptance_still_open", 409, "The time to accept has not passed"


class AlreadyAccepted(Refusal):
    code, status, title = "already_accepted", 409, "The place is accepted already"


class AlreadyDeclined(Refusal):
    code, status, title = "already_declined", 409, "The place is declined already"


class ThreadFull(Refusal):
    code, status, title = "thread_full", 409, "There are too many messages about this application"


class PersonErased(Refusal):
    code, status, title = "person_erased", 410, "This person has been erased"


class InvitationUnknown(Refusal):
    code, status, title = "invitation_unknown", 404, "There is no such invitation"


class InvitationExpired(Refusal):
    code, status, title = "invitation_expired", 410, "The invitation has expired; ask for another"


class InvitationUsed(Refusal):
    code, status, title = "invitation_used", 410, "The invitation was used; ask for another"


class InvitationTakenBack(Refusal):
    code, status, title = "invitation_revoked", 410, "The invitation was taken back"


class AlreadyEditor(Refusal):
    code, status, title = "already_editor", 409, "This person edits the application already"


class TooManyEditors(Refusal):
    code, status, title = "too_many_editors", 409, "The application has as many editors and invitations as it may have"


class BatchTooLarge(Refusal):
    code, status, title = "batch_too_large", 422, "Too many applications for one batch"


class BatchSent(Refusal):
    code, status, title = "batch_sent", 410, "The decisions are being sent, or have been"


class BatchUndone(Refusal):
    code, status, title = "batch_undone", 410, "The batch was given up"


class BatchNotDue(Refusal):
    code, status, title = "batch_not_due", 409, "The batch's time has not come"


class NothingToDecide(Refusal):
    code, status, title = "nothing_to_decide", 409, "No application of the batch can be decided like this"


class TooFarAhead(Refusal):
    code, status, title = "too_far_ahead", 422, "This is too far ahead"
