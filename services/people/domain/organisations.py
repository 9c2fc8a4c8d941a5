"""An organisation that persons act for."""

from datetime import datetime

from contracts.decision import Decision
from contracts.model import Commune, Departement, Id, Instant, Model, Siren, Siret
from contracts.people import OrganisationKind, OrganisationRegistered
from services.people.commands import RegisterOrganisation
from services.people.domain import identifiers, refusals


class Organisation(Model):
    """The aggregate. SIREN is its identity; its SIRET is that of the establishment that applies."""

    organisation_id: Id
    kind: OrganisationKind
    name: str
    departement: Departement
    commune: Commune | None = None
    siren: Siren | None = None
    siret: Siret | None = None
    rna: str | None = None
    ridet: str | None = None
    tahiti: str | None = None
    mandatary_id: Id | None = None
    registered_by: Id
    registered_at: Instant


def register(state: Organisation | None, command: RegisterOrganisation, now: datetime) -> Decision[Organisation]:
    """Register an organisation. Raises ``InvalidOrganisation`` with every problem at once, ``OrganisationExists``."""
    if state is not None:
        raise refusals.OrganisationExists
    found, problems = identifiers.check(command)
    if command.kind == "collective" and command.mandatary_id is None:
        problems.append({"field": "mandatary_id", "code": "required", "detail": "A collective names its mandatary"})
    if problems:
        raise refusals.InvalidOrganisation(field=problems[0]["field"], problems=problems)
    organisation = Organisation(
        organisation_id=command.organisation_id,
        kind=command.kind,
        name=command.name,
        departement=command.departement,
        commune=command.commune,
        siren=found.siren,
        siret=found.siret,
        rna=found.rna,
        ridet=found.ridet,
        tahiti=found.tahiti,
        mandatary_id=command.mandatary_id,
        registered_by=command.by,
        registered_at=now,
    )
    event = OrganisationRegistered(
        organisation_id=organisation.organisation_id,
        kind=organisation.kind,
        siren=organisation.siren,
        siret=organisation.siret,
        departement=organisation.departement,
    )
    return Decision(organisation, (event,), {"organisation_id": str(organisation.organisation_id)})
