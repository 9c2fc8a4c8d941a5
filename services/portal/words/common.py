"""Words of every area."""

from services.portal.words import N_

WORDS = {
    "role": {
        "applicant": N_("Applicant"),
        "citizen_panellist": N_("Citizen panellist"),
        "expert": N_("Expert"),
        "programme_officer": N_("Programme officer"),
        "mentor": N_("Mentor"),
        "deciding_authority": N_("Deciding authority"),
        "authorising_officer": N_("Authorising officer"),
        "accountant": N_("Accountant"),
        "territory_reader": N_("Territory reader"),
        "sector_reader": N_("Sector reader"),
        "administrator": N_("Administrator"),
        "operator": N_("Operator"),
    },
    "applicant_kind": {
        "person": N_("Natural person"),
        "collective": N_("Collective"),
        "association": N_("Association"),
        "company": N_("Company"),
        "local_authority": N_("Local authority"),
        "state_service": N_("State service"),
        "operator": N_("State operator"),
        "public_interest_group": N_("Public interest group"),
    },
    "weather": {"sun": N_("Sunny"), "overcast": N_("Overcast"), "cloud": N_("Cloudy"), "storm": N_("Stormy")},
}

PROBLEMS = {
    "busy": N_("The service is busy and changed nothing. Try again in a moment."),
    "not_found": N_("There is nothing at this address, or it is not yours to see."),
    "forbidden": N_("Your roles do not allow this."),
    "invalid_request": N_("Some answers cannot be taken as they are: see the fields marked below."),
    "too_large": N_("What you sent is too large."),
    "idempotency_key_reused": N_("This form was sent before with other answers. Open it again."),
    "out_of_range": N_("A number or a date is too large or too small."),
}
