"""What the programme officers' desk refuses, each with its stable code."""

from contracts.decision import Refusal


class OfficerUnknown(Refusal):
    code, status, title = "officer_unknown", 422, "This person is not known as a programme officer"


class OwnApplication(Refusal):
    code, status, title = "own_application", 409, "Nobody instructs or enters an application that they edit"


class PeriodInvalid(Refusal):
    code, status, title = "period_invalid", 422, "A delegation ends after it starts, and not in the past"


class DelegationToOneself(Refusal):
    code, status, title = "delegation_to_oneself", 422, "Nobody stands in for themselves"


class DelegationOverlaps(Refusal):
    code, status, title = "delegation_overlaps", 409, "Someone stands in for this officer at that time already"


class DelegationOver(Refusal):
    code, status, title = "delegation_over", 409, "This delegation has ended"


class AuthorOnly(Refusal):
    code, status, title = "author_only", 403, "Only who wrote the note may delete it"


class NoteDeleted(Refusal):
    code, status, title = "note_deleted", 409, "This note was deleted before"


class CursorInvalid(Refusal):
    code, status, title = "cursor_invalid", 422, "This place in a list comes from another list or order"


class ReceivedOutsideCall(Refusal):
    code, status, title = (
        "received_outside_call",
        422,
        "What is entered was received since the call opened, and not later than now",
    )


class NothingToConfirm(Refusal):
    code, status, title = "nothing_to_confirm", 409, "This application was entered by its own applicant"


class AlreadyConfirmed(Refusal):
    code, status, title = "already_confirmed", 409, "This application is confirmed already"
