"""The rules by which evaluation says no, each with its stable code."""

from contracts.decision import Refusal


class RoundUnknown(Refusal):
    code, status, title = "round_unknown", 404, "There is no such round"


class PoolNotFrozen(Refusal):
    code, title = "pool_not_frozen", "The pool of this round is not frozen yet"


class PoolAlreadyFrozen(Refusal):
    code, title = "pool_already_frozen", "The pool of this round is frozen already"


class PoolEmpty(Refusal):
    code, title = "pool_empty", "No application is eligible"


class RoundOver(Refusal):
    code, title = "round_closed", "The round is closed"


class RoundNotClosed(Refusal):
    code, title = "round_not_closed", "The round is not closed yet"


class RoundNotOver(Refusal):
    code, title = "round_not_over", "The round's time has not passed; it is never shortened"


class ExtensionUsed(Refusal):
    code, title = "extension_used", "The round has had its one extension"


class ExtensionNotNeeded(Refusal):
    code, title = "extension_not_needed", "No quorum is missing"


class NeverShortened(Refusal):
    code, status, title = "never_shortened", 422, "The round can only be extended"


class Underway(Refusal):
    code, status, title = "assignment_underway", 503, "Another assignment is being carried out; try again"


class CollegeUnknown(Refusal):
    code, status, title = "college_unknown", 422, "The call has no such college"


class PanelRefused(Refusal):
    code, status, title = "panel_refused", 422, "The panel cannot be made of these members; nobody was appointed"


class MemberUnknown(Refusal):
    code, status, title = "member_unknown", 404, "There is no such member of the panel"


class ApplicationUnknown(Refusal):
    code, status, title = "application_unknown", 404, "There is no such application in the round"


class ConflictUnknown(Refusal):
    code, status, title = "conflict_unknown", 404, "There is no such conflict"


class ConflictDeclared(Refusal):
    code, title = "conflict_declared", "The member declared this conflict; nobody can dismiss it"


class ConflictDismissedAlready(Refusal):
    code, title = "conflict_dismissed", "This conflict was dismissed"


class BallotUnknown(Refusal):
    code, status, title = "ballot_unknown", 404, "There is no ballot for you here"


class Conflicted(Refusal):
    code, status, title = "conflicted", 403, "A conflict of interest keeps you from this application"


class BallotSetAside(Refusal):
    code, title = "ballot_set_aside", "This ballot was set aside and counts no more"


class ScoresRefused(Refusal):
    code, status, title = "scores_refused", 422, "The scores do not fit the call's criteria"


class ScoreOffScale(Refusal):
    code, status, title = "score_off_scale", 422, "A score is off its criterion's scale"


class OpinionMissing(Refusal):
    code, title = "opinion_not_given", "The panel has not given its opinion"


class OpinionGivenAlready(Refusal):
    code, title = "opinion_already_given", "The panel has given its opinion"


class MoveRefused(Refusal):
    code, status, title = "move_refused", 422, "An application cannot be moved like this"


class PresenceRefused(Refusal):
    code, status, title = "presence_refused", 422, "Somebody named present is not on the panel"


class MinutesChanged(Refusal):
    code, title = "minutes_changed", "These are other minutes than those that you have read"


class MayNotSign(Refusal):
    code, status, title = "may_not_sign", 403, "Minutes are signed by who was present, and by who drew them up"


class MinutesSignedAlready(Refusal):
    code, title = "minutes_already_signed", "You have signed these minutes"


class DecisionNotSigned(Refusal):
    code, title = "decision_not_signed", "The authority has not signed its decision"


class DecisionSignedAlready(Refusal):
    code, title = "decision_already_signed", "The authority has signed its decision"


class DecisionChanged(Refusal):
    code, title = "decision_changed", "The prepared decision is not the one that you have read"


class Embargo(Refusal):
    code, title = "embargo", "Results are under embargo until the announcement"


class AnnouncedAlready(Refusal):
    code, title = "already_announced", "Results have been announced"


class AppealsRunning(Refusal):
    code, title = "appeals_running", "Sealed ballots are kept until appeals have lapsed"
