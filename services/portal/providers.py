"""The two OpenID Connect providers: people (FranceConnect's shape) and agents (ProConnect's shape).

OpenID Connect Core 1.0 with code flow and PKCE (RFC 7636); the user's claims come from userinfo, which for agents has to be signed,
and the log-in is as sure (``acr``) as was asked, or more.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "ES256"]
PATIENCE_SECONDS = 10.0
LEEWAY_SECONDS = 60
REMEMBERED_SECONDS = 600.0
NONCE_LENGTH = 48
VERIFIER_LENGTH = 64
EIDAS = ("eidas1", "eidas2", "eidas3")
"""The eIDAS levels of assurance as both providers name them, the least sure first."""


class ProviderDown(Exception):
    """The provider does not answer in time, or not as a provider does."""


NO_COOKIE = "no cookie"
"""The reason when the browser did not bring back the cookie with which the log-in began: it may refuse cookies."""


class ProviderLies(Exception):
    """What the provider answered does not hold. ``reason``: a word or two for the log, never what was answered."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the settings name it. ``acr``: the levels that are asked for, between spaces.

    ``subjects_are_persons``: only for the embedded platform's own.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str
    scope: str
    acr: str
    subjects_are_persons: bool = False

    def is_sure_enough(self, level: object) -> bool:
        """Whether a log-in of this level is taken: one that is asked for, or an eIDAS level above one of those."""
        asked = self.acr.split()
        lower = EIDAS[: EIDAS.index(level)] if level in EIDAS else ()
        return level in asked or not set(lower).isdisjoint(asked)

    def person_id(self, subject: str) -> str:
        """The id of the person that a subject of this provider is. Raises ``ProviderLies``."""
        if not self.subjects_are_persons:
            return str(uuid5(NAMESPACE_URL, f"{self.issuer}#{subject}"))
        try:
            return str(UUID(subject))
        except ValueError:
            raise ProviderLies("subject") from None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in, as the provider says."""

    person_id: str
    given_name: str
    family_name: str
    email: str
    id_token: str


class Client:
    """The portal as a client of one provider. ``callback`` is the address to which it sends people back."""

    def __init__(self, provider: Provider, callback: str, http: httpx.AsyncBaseTransport | None = None) -> None:
        self.provider, self._callback, self._transport = provider, callback, http
        self._found: tuple[float, dict[str, Any], KeySet] | None = None
        self._trying: asyncio.Task[tuple[dict[str, Any], KeySet]] | None = None

    def login(self) -> dict[str, str]:
        """The secrets of one log-in: state, nonce and PKCE verifier."""
        return {
            "state": generate_token(NONCE_LENGTH),
            "nonce": generate_token(NONCE_LENGTH),
            "verifier": generate_token(VERIFIER_LENGTH),
        }

    async def start(self, login: dict[str, str], language: str) -> str:
        """The provider's address at which a person logs in. Raises ``ProviderDown``."""
        metadata, _ = await self._metadata()
        extra = {"nonce": login["nonce"], "acr_values": self.provider.acr}
        if self.provider.name == "people":
            extra["ui_locales"] = language
        async with self._oauth() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=login["state"], code_verifier=login["verifier"], **extra
            )
        return str(url)

    async def finish(self, code: str, login: dict[str, Any]) -> Identity:
        """Who logged in, from the code that they came back with. Raises ``ProviderDown`` or ``ProviderLies``."""
        metadata, keys = await self._metadata()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._oauth() as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    code=code,
                    code_verifier=login["verifier"],
                    grant_type="authorization_code",
                )
                answer = await client.get(metadata["userinfo_endpoint"])
                answer.raise_for_status()
        except OAuthError:
            raise ProviderLies("code") from None
        except (httpx.HTTPError, TimeoutError, ValueError):
            raise ProviderDown from None
        id_token = str(token.get("id_token", ""))
        claims = self._checked(id_token, keys, login["nonce"])
        if not self.provider.is_sure_enough(claims.get("acr")):
            raise ProviderLies("acr")
        user = self._user(answer, keys)
        if user.get("sub") != claims["sub"]:
            raise ProviderLies("subject")
        return self._identity(user, id_token)

    async def end(self, id_token: str, state: str, back: str) -> str | None:
        """The provider's address that ends its own session too, if it has one and answers."""
        try:
            metadata, _ = await self._metadata()
        except ProviderDown:
            return None
        end = metadata.get("end_session_endpoint")
        query = urlencode({"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back})
        return f"{end}?{query}" if end and id_token else None

    def _oauth(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.provider.client_id, self.provider.client_secret, scope=self.provider.scope, redirect_uri=self._callback,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106
            code_challenge_method="S256", timeout=PATIENCE_SECONDS, leeway=0,
            trust_env=False, transport=self._transport,
        )  # fmt: skip

    async def _metadata(self) -> tuple[dict[str, Any], KeySet]:
        """What the provider says of itself; all who wait for it share one try, and its failure."""
        if self._found and self._found[0] >= time.monotonic():
            return self._found[1], self._found[2]
        if self._trying is None:
            self._trying = asyncio.create_task(self._discover())
            self._trying.add_done_callback(self._tried)
        return await asyncio.shield(self._trying)

    def _tried(self, trying: asyncio.Task[tuple[dict[str, Any], KeySet]]) -> None:
        self._trying = None
        if not trying.cancelled() and not trying.exception():
            self._found = (time.monotonic() + REMEMBERED_SECONDS, *trying.result())

    async def _discover(self) -> tuple[dict[str, Any], KeySet]:
        url = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False, transport=self._transport) as client,
            ):
                metadata = (await client.get(url)).raise_for_status().json()
                keys = KeySet.import_key_set((await client.get(metadata["jwks_uri"])).raise_for_status().json())
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError, JoseError):
            raise ProviderDown from None
        if metadata.get("issuer") != self.provider.issuer:
            raise ProviderDown
        return metadata, keys

    def _checked(self, token: str, keys: KeySet, nonce: str | None = None) -> dict[str, Any]:
        rules: dict[str, Any] = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
            "sub": {"essential": True},
        }
        if nonce is not None:
            rules |= {"exp": {"essential": True}, "nonce": {"essential": True, "value": nonce}}
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **rules).validate(decoded.claims)
        except (JoseError, ValueError, TypeError):
            self._found = None
            raise ProviderLies("token") from None
        return dict(decoded.claims)

    def _user(self, answer: httpx.Response, keys: KeySet) -> dict[str, Any]:
        if answer.headers.get("content-type", "").startswith("application/jwt"):
            return self._checked(answer.text, keys)
        if self.provider.name == "agents":
            raise ProviderLies("unsigned")
        try:
            found = answer.json()
        except ValueError:
            raise ProviderLies("userinfo") from None
        return found if isinstance(found, dict) else {}

    def _identity(self, user: dict[str, Any], id_token: str) -> Identity:
        family = str(user.get("usual_name") or user.get("family_name") or "")
        return Identity(
            person_id=self.provider.person_id(str(user["sub"])),
            given_name=str(user.get("given_name") or "")[:100],
            family_name=family[:100],
            email=str(user.get("email") or "")[:254],
            id_token=id_token,
        )
