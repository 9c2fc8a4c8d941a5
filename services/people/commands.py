"""What people is asked, always over HTTP. ``by`` is the person who asks."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from contracts.model import Command, Commune, Departement, Digest, Id, Theme
from contracts.people import OrganisationKind, Role
from services.people.identity import Identity

Identifier = Annotated[str, StringConstraints(max_length=24)]
LegalName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Command(Command):
    service: ClassVar[str] = "people"
    version: Literal[1] = 1
    by: Id


class RegisterPerson(_Command):
    """``identity`` is absent for whoever is known by id only, such as the first administrator."""

    type: Literal["RegisterPerson"] = "RegisterPerson"
    person_id: Id
    identity: Identity | None = None
    commune: Commune | None = None
    departement: Departement | None = None
    roles: tuple[Role, ...] = ()
    territory: Departement | None = None
    sector: Theme | None = None
    from_paper: bool = False


class GrantRole(_Command):
    type: Literal["GrantRole"] = "GrantRole"
    person_id: Id
    role: Role
    territory: Departement | None = None
    sector: Theme | None = None


class RevokeRole(_Command):
    type: Literal["RevokeRole"] = "RevokeRole"
    person_id: Id
    role: Role


class RegisterOrganisation(_Command):
    """Identifiers may come with spaces, dots and dashes; ``ridet`` is New Caledonia's, ``tahiti`` French Polynesia's."""

    type: Literal["RegisterOrganisation"] = "RegisterOrganisation"
    organisation_id: Id
    kind: OrganisationKind
    name: LegalName
    departement: Departement
    commune: Commune | None = None
    siren: Identifier | None = None
    siret: Identifier | None = None
    rna: Identifier | None = None
    ridet: Identifier | None = None
    tahiti: Identifier | None = None
    mandatary_id: Id | None = None


class GiveMandate(_Command):
    type: Literal["GiveMandate"] = "GiveMandate"
    person_id: Id
    organisation_id: Id


class EndMandate(_Command):
    type: Literal["EndMandate"] = "EndMandate"
    person_id: Id
    organisation_id: Id


class InvitePerson(_Command):
    """``digest``: SHA-256 of the token of the link that is mailed to the person."""

    type: Literal["InvitePerson"] = "InvitePerson"
    person_id: Id
    invitation_id: Id
    digest: Digest


class JoinPerson(_Command):
    """Whoever shows the token of ``digest`` logs in as the person from now on."""

    type: Literal["JoinPerson"] = "JoinPerson"
    person_id: Id
    login_id: Id
    digest: Digest


class UnlinkLogin(_Command):
    """The log-in that has joined the person is theirs no more: somebody took up the link who is not them."""

    type: Literal["UnlinkLogin"] = "UnlinkLogin"
    person_id: Id
    login_id: Id


class ErasePerson(_Command):
    type: Literal["ErasePerson"] = "ErasePerson"
    person_id: Id
