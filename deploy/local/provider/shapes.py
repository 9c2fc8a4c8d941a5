"""The two identity providers whose behaviour is shown here: FranceConnect for people, ProConnect for agents.

From their public documentation: what is asked of a client, which claims there are, which levels of assurance (eIDAS).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from deploy.local.provider.persons import DemoPerson, Kind

OPENID = "openid"
_SECRET_CHARACTERS = 32
_DEMO_IDP = str(uuid5(NAMESPACE_URL, "urn:tremplin:demo:idp"))
_DEMO_SIRET = "00000000000018"
_STANDARD = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "acr_values", "claims", "prompt",
    "login_hint", "ui_locales", "code_challenge", "code_challenge_method",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """What one provider asks and tells.

    ``scopes`` maps a scope to its claims; ``least_secret`` is the least length of state and nonce; ``parameters`` are the
    only ones taken at the authorisation endpoint (``None``: others are ignored); ``default_level`` is given when no level
    is asked for (``None``: one has to be asked for).
    """

    kind: Kind
    scopes: Mapping[str, tuple[str, ...]]
    levels: tuple[str, ...]
    default_level: str | None
    least_secret: int
    parameters: frozenset[str] | None
    identity: Callable[[DemoPerson], dict[str, str]]

    def claims(self, scopes: tuple[str, ...], person: DemoPerson) -> dict[str, str]:
        """What is told of ``person`` to a client that has asked for ``scopes``."""
        told = {claim for scope in scopes for claim in self.scopes[scope]}
        return {claim: value for claim, value in self.identity(person).items() if claim in told}


def _citizen(person: DemoPerson) -> dict[str, str]:
    """A pivot identity. The birth is the same for all and nobody's: 1 January 1970, in Paris (INSEE codes)."""
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birthdate": "1970-01-01",
        "gender": "female" if person.id.int % 2 else "male",
        "birthplace": "75056",
        "birthcountry": "99100",
        "email": person.email,
    }


def _agent(person: DemoPerson) -> dict[str, str]:
    return {
        "given_name": person.given_name,
        "usual_name": person.family_name,
        "email": person.email,
        "uid": str(person.id),
        "siret": _DEMO_SIRET,
        "idp_id": _DEMO_IDP,
    }


def _one_each(*claims: str) -> dict[str, tuple[str, ...]]:
    return {OPENID: (), **{claim: (claim,) for claim in claims}}


_BIRTH = ("birthdate", "birthplace", "birthcountry")
_PIVOT = ("given_name", "family_name", "gender", *_BIRTH)

PEOPLE = Shape(
    kind="people",
    scopes={
        **_one_each(*_PIVOT, "email"),
        "profile": ("given_name", "family_name", "birthdate", "gender"),
        "birth": ("birthplace", "birthcountry"),
        "identite_pivot": _PIVOT,
    },
    levels=("eidas1", "eidas2", "eidas3"),
    default_level=None,
    least_secret=1,
    parameters=None,
    identity=_citizen,
)
AGENTS = Shape(
    kind="agents",
    scopes=_one_each("given_name", "usual_name", "email", "uid", "siret", "idp_id"),
    levels=("eidas1", "eidas2", "eidas3"),
    default_level="eidas1",
    least_secret=_SECRET_CHARACTERS,
    parameters=frozenset((*_STANDARD, "idp_hint", "siret_hint")),
    identity=_agent,
)
