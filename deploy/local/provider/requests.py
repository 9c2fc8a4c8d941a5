"""What a client asks at the authorisation endpoint (OpenID Connect Core 1.0, 3.1.2), checked."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.local.provider.shapes import OPENID, Shape

_LONGEST = 2_000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
ENGLISH, FRENCH = "en", "fr"


class Untrusted(Exception):
    """The client or the address to answer to is not a registered one: nobody is sent anywhere. ``field`` is what is wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Refused(Exception):
    """An error that the client is told (RFC 6749, 4.1.2.1): its ``code``, and the parameter that it is about."""

    def __init__(self, code: str, about: str = "") -> None:
        super().__init__(code)
        self.code, self.about = code, about


@dataclass(frozen=True, slots=True)
class Client:
    """The only client, as registered: addresses are compared exactly."""

    id: str
    secret: str
    redirect_uris: frozenset[str]
    logout_uris: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorisation request that was found right. ``challenge`` is that of PKCE (RFC 7636), S256, if any."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    level: str
    challenge: str | None
    language: str


def single(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters by name. Raises ``Refused`` for one that comes twice or is too long."""
    found: dict[str, str] = {}
    for name, value in items:
        if name in found or len(value) > _LONGEST:
            raise Refused("invalid_request", name[:64])
        found[name] = value
    return found


def trusted_address(items: Iterable[tuple[str, str]], client: Client) -> str:
    """Where this request may be answered. Raises ``Untrusted``."""
    given = list(items)
    if [value for name, value in given if name == "client_id"] != [client.id]:
        raise Untrusted("client_id")
    addresses = [value for name, value in given if name == "redirect_uri"]
    if len(addresses) != 1 or addresses[0] not in client.redirect_uris:
        raise Untrusted("redirect_uri")
    return addresses[0]


def check(parameters: Mapping[str, str], shape: Shape) -> Asked:
    """The request in ``parameters``, whose client and address are known to be right. Raises ``Refused``."""
    if shape.parameters is not None and (unknown := set(parameters) - shape.parameters):
        raise Refused("invalid_request", min(unknown)[:64])
    if parameters.get("response_type") != "code":
        raise Refused("unsupported_response_type", "response_type")
    for name in ("state", "nonce"):
        if len(parameters.get(name, "")) < shape.least_secret:
            raise Refused("invalid_request", name)
    if "none" in parameters.get("prompt", "").split():
        raise Refused("login_required", "prompt")
    return Asked(
        redirect_uri=parameters["redirect_uri"],
        scopes=_scopes(parameters, shape),
        state=parameters["state"],
        nonce=parameters["nonce"],
        level=_level(parameters, shape),
        challenge=_challenge(parameters),
        language=ENGLISH if parameters.get("ui_locales", "").casefold().startswith(ENGLISH) else FRENCH,
    )


def _scopes(parameters: Mapping[str, str], shape: Shape) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(parameters.get("scope", "").split()))
    if OPENID not in scopes or set(scopes) - set(shape.scopes):
        raise Refused("invalid_scope", "scope")
    return scopes


def _level(parameters: Mapping[str, str], shape: Shape) -> str:
    """The first level asked for that there is, by ``acr_values`` or by ``claims`` (OpenID Connect Core 1.0, 5.5.1.1)."""
    asked = parameters.get("acr_values", "").split() or _claimed_levels(parameters.get("claims", ""))
    if not asked and shape.default_level:
        return shape.default_level
    level = next((each for each in asked if each in shape.levels), None)
    if level is None:
        raise Refused("invalid_request", "acr_values")
    return level


def _claimed_levels(claims: str) -> list[str]:
    if not claims:
        return []
    try:
        asked = json.loads(claims).get("id_token", {}).get("acr") or {}
        return [str(value) for value in asked.get("values") or [asked["value"]] if value]
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise Refused("invalid_request", "claims") from None


def _challenge(parameters: Mapping[str, str]) -> str | None:
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if challenge is None and method is None:
        return None
    if method != "S256" or challenge is None or not _CHALLENGE.fullmatch(challenge):
        raise Refused("invalid_request", "code_challenge")
    return challenge
