"""Events of people: who exists, for whom they act, which roles they hold. Names and contacts stay in the service."""

from typing import Any, ClassVar, Literal

from contracts.model import (
    Code,
    Commune,
    Departement,
    Digest,
    Event,
    Id,
    Instant,
    Siren,
    Siret,
    Theme,
)
from contracts.model import CommandRefused as _CommandRefused

Role = Literal[
    "applicant",
    "citizen_panellist",
    "expert",
    "programme_officer",
    "mentor",
    "deciding_authority",
    "authorising_officer",
    "accountant",
    "territory_reader",
    "sector_reader",
    "administrator",
    "operator",
]
OrganisationKind = Literal[
    "association",
    "company",
    "local_authority",
    "state_service",
    "operator",
    "public_interest_group",
    "collective",
]


class _Event(Event):
    service: ClassVar[str] = "people"


class PersonRegistered(_Event):
    """``mail_domain`` is a digest of the person's mail domain, absent for public providers and State domains."""

    type: Literal["PersonRegistered"] = "PersonRegistered"
    version: Literal[1] = 1
    person_id: Id
    mail_domain: Digest | None = None
    commune: Commune | None = None
    departement: Departement | None = None


class OrganisationRegistered(_Event):
    type: Literal["OrganisationRegistered"] = "OrganisationRegistered"
    version: Literal[1] = 1
    organisation_id: Id
    kind: OrganisationKind
    siren: Siren | None = None
    siret: Siret | None = None
    departement: Departement | None = None


class MandateGiven(_Event):
    """The person acts for the organisation from now on."""

    type: Literal["MandateGiven"] = "MandateGiven"
    version: Literal[1] = 1
    person_id: Id
    organisation_id: Id
    siren: Siren | None = None


class MandateEnded(_Event):
    type: Literal["MandateEnded"] = "MandateEnded"
    version: Literal[1] = 1
    person_id: Id
    organisation_id: Id


class RoleGranted(_Event):
    """``territory`` and ``sector`` are what a reader's role is held for. A role that a consumer does not know is no error."""

    type: Literal["RoleGranted"] = "RoleGranted"
    version: Literal[2] = 2
    person_id: Id
    role: Code
    granted_by: Id
    granted_at: Instant
    territory: Departement | None = None
    sector: Theme | None = None


class RoleRevoked(_Event):
    type: Literal["RoleRevoked"] = "RoleRevoked"
    version: Literal[2] = 2
    person_id: Id
    role: Code
    revoked_by: Id
    revoked_at: Instant


class PersonInvited(_Event):
    """A link was mailed to somebody known from paper; whoever opens it and logs in is that person from then on."""

    type: Literal["PersonInvited"] = "PersonInvited"
    version: Literal[1] = 1
    person_id: Id
    invitation_id: Id
    invited_by: Id
    expires_at: Instant


class PersonJoined(_Event):
    """``login_id`` is the log-in that is the person's from now on; a person of that id is erased."""

    type: Literal["PersonJoined"] = "PersonJoined"
    version: Literal[1] = 1
    person_id: Id
    login_id: Id


class LoginUnlinked(_Event):
    """``login_id`` is not the person's any more; nobody logs in as them until somebody joins anew."""

    type: Literal["LoginUnlinked"] = "LoginUnlinked"
    version: Literal[1] = 1
    person_id: Id
    login_id: Id
    unlinked_by: Id


class PersonErased(_Event):
    """Every service deletes the key of this person, and with it all that it holds of them."""

    type: Literal["PersonErased"] = "PersonErased"
    version: Literal[1] = 1
    person_id: Id


class PeopleCommandRefused(_CommandRefused):
    service: ClassVar[str] = "people"
    type: Literal["PeopleCommandRefused"] = "PeopleCommandRefused"
    version: Literal[1] = 1


def upcast_role_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """A role's event of version 1, whose roles were a closed list: every one of them is a code."""
    return {**data, "version": 2}
