"""Words of the administrator's pages: the trail, services and their parts, messages and why they failed."""

from services.portal.words import N_

WORDS = {
    "audit_action": {
        "registered": N_("Person registered"),
        "role_granted": N_("Role given"),
        "role_revoked": N_("Role taken away"),
        "mandate_given": N_("Mandate for an organisation given"),
        "mandate_ended": N_("Mandate for an organisation ended"),
        "invited": N_("Link to an account sent"),
        "joined": N_("Account taken over by the link"),
        "unlinked": N_("Log-in taken away"),
        "erased": N_("Person erased"),
    },
    "service": {
        "people": N_("People"),
        "applications": N_("Applications"),
        "evaluation": N_("Evaluation"),
        "coaching": N_("Acceleration"),
        "funding": N_("Funding"),
        "observatory": N_("Observatory"),
        "notifications": N_("Notifications"),
        "feedback": N_("Opinions"),
        "workflows": N_("Workflows"),
    },
    "service_part": {
        "database": N_("database"),
        "broker": N_("message broker"),
        "tasks": N_("tasks"),
        "relay": N_("sending of messages"),
        "temporal": N_("workflow engine"),
    },
    "notice_state": {
        "failed": N_("failed"),
        "pending": N_("waiting to be sent"),
        "sending": N_("being sent"),
        "sent": N_("sent"),
        "no_contact": N_("without an address to send to"),
        "muted": N_("not wanted by the person"),
        "cancelled": N_("cancelled"),
    },
    "notice_code": {
        "interrupted": N_("Interrupted: it may have arrived"),
        "number_unknown": N_("The number of what it is about is not known yet"),
        "nothing_to_say": N_("Its text does not exist any more"),
        "refused": N_("The mail server refused it"),
        "deferred": N_("The mail server put it off"),
        "unreachable": N_("The mail server did not answer"),
        "cannot_write": N_("It could not be written to the disk"),
    },
}

PROBLEMS = {
    "role_not_held": N_("They do not hold this role any more."),
    "territory_required": N_("Choose the territory that they may read."),
    "sector_required": N_("Choose the sector that they may read."),
    "search_refused": N_("Write a whole e-mail address, or a person’s id: names are sealed and cannot be searched."),
    "still_failing": N_("It failed again and stays here, with those behind it. Nothing was changed."),
    "letter_cut": N_("It was too large to be kept whole: it can only be discarded."),
}
