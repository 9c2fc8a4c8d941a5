"""Words of the pages of a round: for panel members, officers and the deciding authority."""

from services.portal.words import N_

WORDS = {
    "ballot_state": {
        "empty": N_("To do"),
        "cast": N_("Saved"),
        "abstained": N_("Abstention"),
        "conflicted": N_("Conflict of interest"),
    },
    "round_state": {
        "planned": N_("Not open yet"),
        "open": N_("Ballots open"),
        "closing": N_("Being closed"),
        "sealing": N_("Being sealed"),
        "closed": N_("Closed, ballots counted"),
        "deliberated": N_("The panel has given its opinion"),
        "decided": N_("Decided, under embargo"),
        "announced": N_("Announced"),
    },
    "decision_place": {
        "selected": N_("Selected"),
        "reserve": N_("On the reserve list"),
        "not_selected": N_("Not selected"),
    },
    "seat_status": {"sitting": N_("Member"), "waiting": N_("Alternate"), "resigned": N_("Has resigned")},
    "ballot_count": {
        "expected": N_("ballots expected"),
        "counted": N_("ballots counted"),
        "abstained": N_("abstentions"),
        "set_aside": N_("ballots set aside"),
        "missing": N_("ballots never given"),
        "below_quorum": N_("applications without their quorum"),
    },
    "conflict_state": {
        "open": N_("To look at"),
        "confirmed": N_("Confirmed"),
        "declared": N_("Declared, final"),
        "dismissed": N_("Dismissed"),
    },
    "conflict_source": {
        "declared": N_("The member declared it"),
        "own_application": N_("It is the member’s own application"),
        "same_siren": N_("Same organisation (SIREN number)"),
        "same_officer": N_("The member instructed the application"),
        "same_mail_domain": N_("Same e-mail domain"),
        "same_commune": N_("Same commune, for an initiative tied to it"),
    },
}

PROBLEMS = {
    "round_unknown": N_("There is no such round, or it is not yours to see."),
    "pool_not_frozen": N_("The round is not open yet: ballots can be put once its applications are settled."),
    "round_closed": N_(
        "The round is closed: no ballot can be put or changed any more. Yours counts as it was last saved."
    ),
    "round_not_closed": N_("The round is not closed yet: nothing of its results exists before."),
    "member_unknown": N_("You do not sit on the panel of this round."),
    "application_unknown": N_("This application is not in the round."),
    "ballot_unknown": N_("This application is not assigned to you. Go back to your queue."),
    "conflicted": N_(
        "A conflict of interest keeps you from this application. If this is a mistake, write to the programme."
    ),
    "ballot_set_aside": N_("This ballot was set aside and counts no more."),
    "assignment_underway": N_("Applications are being assigned: try again in a minute."),
    "scores_refused": N_("The scores do not fit the criteria: give one for each."),
    "score_missing": N_("Give a score for this criterion."),
    "score_off_scale": N_("This score is off the scale of its criterion."),
    "opinion_not_given": N_("The panel has not given its opinion yet."),
    "decision_already_signed": N_("This decision is signed already."),
    "decision_not_signed": N_("The decision is not signed yet."),
    "embargo": N_("Results are under embargo until the announcement."),
    "may_not_sign": N_("Minutes are signed by who was present, and by who drew them up."),
    "minutes_changed": N_("The minutes have changed since: read them again before you sign."),
    "minutes_already_signed": N_("You have signed these minutes already."),
    "panel_refused": N_("Nobody was appointed: see what is said of each."),
    "college_unknown": N_("The call has no such college."),
    "already_member": N_("One of them has, or had, a seat on this panel already. Nobody was appointed."),
    "role_missing": N_("One of them does not hold this college’s role. Nobody was appointed: ask an administrator."),
    "seats_exceeded": N_(
        "The college has fewer free seats than that. Nobody was appointed: choose fewer, or alternates."
    ),
    "conflict_unknown": N_("There is no such conflict."),
    "conflict_declared": N_("The member declared this conflict: nobody can dismiss it."),
    "conflict_dismissed": N_("This conflict was dismissed meanwhile."),
    "opinion_already_given": N_("The panel’s opinion is recorded already: it changes no more."),
    "move_refused": N_("An application is moved once, to a rank within the list."),
    "presence_refused": N_("Somebody ticked does not sit on the panel any more: open the page again."),
    "decision_changed": N_(
        "The prepared decision has changed since you read it, for example because an application was withdrawn. "
        "Read it again below, then sign."
    ),
    "already_announced": N_("The results are announced already."),
}
