"""Every reason for which people says no, each with its stable code."""

from contracts.decision import Refusal


class PersonExists(Refusal):
    code, title = "person_exists", "This person is registered already"


class PersonErased(Refusal):
    code, status, title = "person_erased", 410, "This person has been erased"


class IncompatibleRoles(Refusal):
    code, title = "incompatible_roles", "These roles cannot be held by one person"


class RoleNotHeld(Refusal):
    code, title = "role_not_held", "The person does not hold this role"


class TerritoryRequired(Refusal):
    code, status, title = "territory_required", 422, "This role is held for a territory"


class TerritoryNotExpected(Refusal):
    code, status, title = "territory_not_expected", 422, "This role is not held for a territory"


class SectorRequired(Refusal):
    code, status, title = "sector_required", 422, "This role is held for a sector"


class SectorNotExpected(Refusal):
    code, status, title = "sector_not_expected", 422, "This role is not held for a sector"


class SearchRefused(Refusal):
    code, status, title = "search_refused", 422, "Persons are found by their whole e-mail address or their id"


class LogsInAlready(Refusal):
    code, title = "logs_in_already", "This person has an account of their own and logs in with it"


class LinkUnknown(Refusal):
    code, status, title = "link_unknown", 404, "This link is not known, or another one has been sent since"


class LinkUsed(Refusal):
    code, status, title = "link_used", 410, "This link has been used"


class LinkExpired(Refusal):
    code, status, title = "link_expired", 410, "This link has expired"


class LoginInUse(Refusal):
    code, title = "login_in_use", "This log-in is that of somebody who is known for more than this"


class NoLoginJoined(Refusal):
    code, title = "no_login_joined", "This log-in is not, or is no longer, the person's by a link"


class MandateHeld(Refusal):
    code, title = "mandate_held", "The person acts for this organisation already"


class MandateNotHeld(Refusal):
    code, title = "mandate_not_held", "The person does not act for this organisation"


class InvalidOrganisation(Refusal):
    code, status, title = "invalid_organisation", 422, "The organisation's identifiers do not fit its kind"


class OrganisationExists(Refusal):
    code, title = "organisation_exists", "An organisation with this identifier is registered already"


class MayNot(Refusal):
    code, status, title = "forbidden", 403, "Your roles do not allow this"
