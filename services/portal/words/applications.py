"""Words of the applicant's pages."""

from services.portal.words import N_

WORDS = {
    "application_state": {
        "draft": N_("Draft"),
        "submitted": N_("Submitted"),
        "correction_requested": N_("To be completed"),
        "admissible": N_("Admissible"),
        "inadmissible": N_("Not admissible"),
        "eligible": N_("Eligible"),
        "ineligible": N_("Not eligible"),
        "under_evaluation": N_("Under evaluation"),
        "selected": N_("Selected"),
        "reserve": N_("On the reserve list"),
        "not_selected": N_("Not selected"),
        "declined": N_("Place given back"),
        "withdrawn": N_("Taken back"),
    },
    "application_next": {
        "finish": N_("Finish and submit it"),
        "submit": N_("Check and submit it"),
        "ask_owner": N_("Its owner has to act"),
        "answer_correction": N_("Complete what the programme asks for"),
        "accept_offer": N_("Take the place that is offered, or give it back"),
        "wait": N_("Nothing to do: the programme is working on it"),
        "read_decision": N_("Read the decision and its reasons"),
        "cycle": N_("Follow your cycle"),
        "too_late": N_("The call closed before it was submitted"),
        "none": N_("Nothing to do"),
    },
    "decision_step": {"admissibility": N_("Admissibility"), "eligibility": N_("Eligibility")},
    "invitation_state": {
        "open": N_("Waiting"),
        "accepted": N_("Accepted"),
        "revoked": N_("Withdrawn by you"),
        "expired": N_("Expired"),
    },
    "feedback_band": {
        "first_quarter": N_("In the first quarter of the ranking"),
        "second_quarter": N_("In the second quarter of the ranking"),
        "third_quarter": N_("In the third quarter of the ranking"),
        "last_quarter": N_("In the last quarter of the ranking"),
    },
    "college": {"citizens": N_("Citizens"), "experts": N_("Experts")},
}

PROBLEMS = {
    "link_unknown": N_(
        "This link is not known here, or another one has been sent since: open the latest message that you had."
    ),
    "link_used": N_(
        "This link has been used. If it was you, your application is under “My applications”. If not, tell the programme."
    ),
    "link_expired": N_("This link has expired: ask the programme to send you another one."),
    "login_in_use": N_("You are logged in with an account that has applications or work of its own."),
    "wrong_type": N_("This is not one of the answers that the question takes."),
    "not_an_option": N_("This is not one of the answers that the question takes."),
    "chosen_twice": N_("The same answer is given twice."),
    "not_a_number": N_("Give a whole number, in digits."),
    "not_an_amount": N_("Give an amount in euros, in digits, such as 12000 or 12000,50."),
    "invalid_date": N_("Give a date that exists, such as 31/12/2027."),
    "invalid_email": N_("Give an e-mail address, such as name@example.org."),
    "invalid_departement": N_("Choose a département of the list."),
    "invalid_commune": N_("Give the commune's INSEE code: five characters, such as 35238 for Rennes."),
    "invalid_siret": N_("This SIRET is not right: it has 14 digits, the last of which checks the others."),
    "invalid_siren": N_("This SIREN is not right: it has 9 digits, the last of which checks the others."),
    "invalid_rna": N_("This RNA number is not right: W, then nine characters, such as W353099001."),
    "invalid_ridet": N_("This RIDET number is not right: it has 7 or 10 digits."),
    "invalid_tahiti": N_("This TAHITI number is not right: it has 6 or 9 characters."),
    "invalid_text": N_("This text has characters that cannot be kept: type it again."),
    "invalid_long_text": N_("This text has characters that cannot be kept: type it again."),
    "commune_outside_departement": N_("The commune is not in the département that you chose."),
    "not_for_this_applicant": N_("An applicant of this kind has no such number: empty this field."),
    "unknown_field": N_("The form has changed: open the application again."),
    "field_not_asked_for": N_("The programme did not ask to change this."),
    "call_not_open": N_("This call is not open yet."),
    "deadline_passed": N_("The deadline of this call has passed: nothing can be submitted to it any more."),
    "kind_not_allowed": N_("This call is not for this kind of applicant: choose another."),
    "application_exists": N_(
        "You, or this organisation, have an application to this call already: see “My applications”."
    ),
    "application_invalid": N_("Some answers keep the application from being submitted: they are listed below."),
    "answers_invalid": N_("Some answers cannot be saved as they are."),
    "version_mismatch": N_("Somebody else is saving this application at the same time. Save again."),
    "wrong_state": N_("The application is not in a state that allows this any more. Open it again to see where it is."),
    "owner_only": N_("Only the owner of the application may do this. Ask them."),
    "consent_missing": N_("The owner has not let you submit: ask them to do it, or to let you."),
    "correction_overdue": N_("The time to complete the application has passed. Write to the programme."),
    "field_not_correctable": N_("The programme did not ask to change this."),
    "attachment_too_large": N_(
        "This file is too large: 10 MB at most for a file, 50 MB and 50 files for all together."
    ),
    "attachment_type_mismatch": N_(
        "This file is not what its name says, or it is cut off. Export it again, then attach it."
    ),
    "attachment_type_not_allowed": N_("Files of this kind are not taken: attach a PDF, PNG, JPEG, ODT, DOCX or XLSX."),
    "upload_malformed": N_("The file did not arrive whole. Attach it again."),
    "attachment_slot_unknown": N_("The call asks for no such piece."),
    "acceptance_overdue": N_("The time to take the place has passed. Write to the programme."),
    "already_accepted": N_("The place is taken already."),
    "already_declined": N_("The place was given back already."),
    "thread_full": N_("There are too many messages about this application: telephone the programme."),
    "person_erased": N_("This person asked for their data to be erased."),
    "invitation_unknown": N_("This link leads to no invitation: check that it is whole, or ask for another."),
    "invitation_expired": N_("This invitation has expired: ask for another."),
    "invitation_used": N_("This invitation was used already: ask for another."),
    "invitation_revoked": N_("This invitation was taken back by the owner of the application."),
    "already_editor": N_("You edit this application already."),
    "too_many_editors": N_("An application has 20 editors and invitations at most: take one back first."),
    "already_confirmed": N_("This application is confirmed already."),
    "nothing_to_confirm": N_("There is nothing to confirm."),
}
