"""Words of a person's own space."""

from services.portal.words import N_

WORDS = {
    "told_by": {"email": N_("E-mail"), "sms": N_("Text message (SMS)")},
    "reason": {
        "joining_invited": N_("A link to an application that was entered for you"),
        "call_closing_soon": N_("I have a draft, and its call closes soon"),
        "call_deadline_extended": N_("The deadline of a call is extended"),
        "application_received": N_("My application has arrived"),
        "correction_requested": N_("My application is to be completed"),
        "application_withdrawn": N_("My application is withdrawn"),
        "application_inadmissible": N_("My application is not admissible"),
        "application_ineligible": N_("My application is not eligible"),
        "decision_corrected": N_("A decision on my application is corrected"),
        "application_selected": N_("My application is selected"),
        "application_reserved": N_("My application is on the reserve list"),
        "application_not_selected": N_("My application is not selected"),
        "selection_declined": N_("My answer to a place is recorded"),
        "selection_lapsed": N_("The time to answer for a place has passed"),
        "message_from_programme": N_("The programme has written to me about my application"),
        "message_from_applicant": N_("An applicant has written to the programme"),
        "applications_assigned": N_("Applications are given to me to evaluate"),
        "round_reminded": N_("Ballots of mine are still empty"),
        "ballots_awaited": N_("The programme reminds me of my ballots"),
        "cycle_message": N_("Somebody has written about an initiative in acceleration"),
        "cycle_opened": N_("My acceleration begins"),
        "check_in_reminded": N_("My check-in of the week is to be made"),
        "check_in_missed": N_("A check-in of mine was missed"),
        "check_in_escalated": N_("A check-in is missing in spite of a reminder"),
        "review_overdue": N_("A review waits for its decision"),
        "cycle_stopped": N_("My acceleration is stopped"),
        "cycle_closed": N_("My acceleration is completed"),
        "agreement_to_sign": N_("An agreement waits for my signature"),
        "tranche_opened": N_("A payment can be requested"),
        "payment_settled": N_("A payment was made"),
        "payment_rejected": N_("A payment did not succeed"),
        "agreement_closed": N_("My agreement is closed"),
        "recovery_ordered": N_("Money is to be paid back"),
        "tranche_overdue": N_("A step of a payment is late"),
        "mailing": N_("Letters of the programme to several people"),
    },
}

PROBLEMS = {
    "phone_required": N_("Text messages need a telephone number."),
    "channel_unavailable": N_("This installation sends no text messages: choose e-mail."),
}
