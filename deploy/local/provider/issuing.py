"""One OpenID provider: what is asked of it, who was chosen, the codes and tokens that follow.

It gives its methods to be overridden: tests make providers that answer late, wrongly, or not at all.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from deploy.local.provider.keeping import Kept
from deploy.local.provider.persons import DemoPerson, Persons
from deploy.local.provider.requests import Asked, Client, Refused
from deploy.local.provider.shapes import Shape

CODE_SECONDS = 60.0
TOKEN_SECONDS = 60
CHOOSING_SECONDS = 1_800.0
ALGORITHM = "ES256"


@dataclass
class Grant:
    """Somebody was chosen for a request. A code is ``spent`` at its first use, right or wrong; ``token`` is what it gave."""

    asked: Asked
    person: DemoPerson
    chosen_at: int
    spent: bool = False
    token: str = ""


class Provider:
    """An issuer of one shape, at ``issuer`` (its URL), for one client. ``clock`` counts seconds for codes and tokens."""

    def __init__(
        self,
        shape: Shape,
        issuer: str,
        client: Client,
        key: ECKey,
        persons: Persons,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shape, self.issuer, self.client, self.key, self.persons = shape, issuer, client, key, persons
        self.choosing: Kept[Asked] = Kept(CHOOSING_SECONDS, clock)
        self._codes: Kept[Grant] = Kept(CODE_SECONDS, clock)
        self._tokens: Kept[Grant] = Kept(TOKEN_SECONDS, clock)

    async def answering(self, endpoint: str) -> None:
        """Called before ``discovery``, ``jwks``, ``token`` and ``userinfo`` are answered."""

    def choose(self, asked: Asked, person: DemoPerson) -> str:
        """Somebody was chosen: the code for the client."""
        return self._codes.put(Grant(asked, person, int(time.time())))

    def redeem(self, code: str, redirect_uri: str, verifier: str | None) -> dict[str, Any]:
        """The tokens for a code. Raises ``Refused``; a code that comes again takes back what it gave (RFC 6749, 4.1.2)."""
        grant = self._codes.get(code)
        if grant is None:
            raise Refused("invalid_grant", "code")
        if grant.spent:
            self._tokens.drop(grant.token)
            raise Refused("invalid_grant", "code")
        grant.spent = True
        if redirect_uri != grant.asked.redirect_uri:
            raise Refused("invalid_grant", "redirect_uri")
        if not _proven(grant.asked.challenge, verifier):
            raise Refused("invalid_grant", "code_verifier")
        grant.token = self._tokens.put(grant)
        return {
            "access_token": grant.token,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": " ".join(grant.asked.scopes),
            "id_token": self.sign(self.id_token(grant)),
        }

    def granted(self, token: str) -> Grant | None:
        """What an access token stands for, while it is good."""
        return self._tokens.get(token)

    def id_token(self, grant: Grant) -> dict[str, Any]:
        """The claims of the ID token (OpenID Connect Core 1.0, 2)."""
        return {
            **self._stamped(grant),
            "auth_time": grant.chosen_at,
            "nonce": grant.asked.nonce,
            "acr": grant.asked.level,
            "amr": ["pwd"],
        }

    def userinfo(self, grant: Grant) -> dict[str, Any]:
        """The claims about the person, for the scopes asked."""
        return {**self._stamped(grant), **self.shape.claims(grant.asked.scopes, grant.person)}

    def told(self, grant: Grant) -> tuple[str, str]:
        """What userinfo answers, and its media type."""
        return self.sign(self.userinfo(grant)), "application/jwt"

    def sign(self, claims: dict[str, Any]) -> str:
        """The claims as a signed JWT."""
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid, "typ": "JWT"}, claims, self.key)

    def may_leave(self, id_token_hint: str) -> bool:
        """Whether the hint is an ID token that this provider gave to the client, be it expired."""
        try:
            claims = jwt.decode(id_token_hint, self.key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError):
            return False
        return bool(claims.get("iss") == self.issuer and claims.get("aud") == self.client.id)

    def _stamped(self, grant: Grant) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": str(grant.person.id),
            "aud": self.client.id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }


def _proven(challenge: str | None, verifier: str | None) -> bool:
    """Whether ``verifier`` is that of the S256 ``challenge`` (RFC 7636, 4.6); neither, when there was none."""
    if challenge is None:
        return verifier is None
    digest = hashlib.sha256((verifier or "").encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)
