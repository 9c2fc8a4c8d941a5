"""Who calls: a signed token (JWT, RFC 7519) with person and roles. Who may do what is declared at each route; default is deny.

Token times are checked against the system's clock, never against the season's.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import httpx
from fastapi import Depends, FastAPI, Header, Request
from fastapi.routing import APIRoute
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contracts.decision import Refusal

AUDIENCE = "tremplin"
ALGORITHMS = ["ES256", "RS256"]
_CACHE = 5_000
_LEEWAY_SECONDS = 30
_REFRESH_SECONDS = 10.0


class Unauthenticated(Refusal):
    code, status, title = "unauthenticated", 401, "A valid access token is needed"


class Forbidden(Refusal):
    code, status, title = "forbidden", 403, "Your roles do not allow this"


class IdentityUnavailable(Refusal):
    code, status, title = "identity_unavailable", 503, "The identity provider does not answer; try again"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the person (token ``sub``) and the roles that the token carries."""

    person_id: UUID
    roles: frozenset[str]

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


class Verifier:
    """Checks tokens against the issuer's published keys; a token once checked is remembered until it expires."""

    def __init__(self, issuer: str, jwks_url: str) -> None:
        self._url = jwks_url
        self._keys: KeySet | None = None
        self._asked_at = 0.0
        self._lock = asyncio.Lock()
        self._checked: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )

    async def caller(self, token: str) -> Caller:
        """The caller that ``token`` names. Raises ``Unauthenticated``, or ``IdentityUnavailable`` without the issuer's keys."""
        known = self._checked.get(token)
        if known and known[0] > time.time():
            return known[1]
        claims = await self._decode(token)
        try:
            caller = Caller(UUID(claims["sub"]), frozenset(map(str, claims.get("roles", ()))))
        except (ValueError, TypeError):
            raise Unauthenticated from None
        self._checked[token] = (float(claims["exp"]), caller)
        if len(self._checked) > _CACHE:
            self._checked.popitem(last=False)
        return caller

    async def _decode(self, token: str) -> dict[str, Any]:
        keys = await self._key_set(refresh=False)
        for refresh in (False, True):
            if refresh:
                keys = await self._key_set(refresh=True)
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
                self._claims.validate(decoded.claims)
            except (JoseError, ValueError, TypeError):
                continue
            return dict(decoded.claims)
        raise Unauthenticated

    async def _key_set(self, refresh: bool) -> KeySet:
        if self._keys and not refresh:
            return self._keys
        async with self._lock:
            if self._keys is None or time.monotonic() - self._asked_at > _REFRESH_SECONDS:
                self._asked_at = time.monotonic()
                try:
                    async with httpx.AsyncClient(timeout=5) as client:
                        answer = (await client.get(self._url)).raise_for_status()
                    self._keys = KeySet.import_key_set(answer.json())
                except (httpx.HTTPError, ValueError, JoseError):
                    if self._keys is None:
                        raise IdentityUnavailable from None
            return self._keys


class Allow:
    """A route's declaration of who may call it: any of ``roles``; no role means any person with a valid token."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated
        caller: Caller = await request.app.state.verifier.caller(token)
        if self.roles and not caller.has(*self.roles):
            raise Forbidden(allowed=sorted(self.roles))
        request.state.caller = caller
        return caller


def allow(*roles: str) -> Any:
    """``caller: Caller = allow("accountant")`` in a route's signature."""
    return Depends(Allow(*roles))


def public(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that a route is open to everyone."""
    function.__public__ = True  # type: ignore[attr-defined]
    return function


async def _command_id(request: Request, idempotency_key: Annotated[str | None, Header(max_length=200)] = None) -> UUID:
    caller: Caller | None = getattr(request.state, "caller", None)
    if idempotency_key is None or caller is None:
        return uuid4()
    return uuid5(caller.person_id, f"{request.method} {request.url.path} {idempotency_key}")


CommandId = Annotated[UUID, Depends(_command_id)]
"""The command's id, from the person and the ``Idempotency-Key`` header; declare it after the caller."""


def check_declared(api: FastAPI) -> None:
    """Raise ``RuntimeError`` for a route that declares nobody: nothing is open by forgetting."""
    for route in api.routes:
        if not isinstance(route, APIRoute) or getattr(route.endpoint, "__public__", False):
            continue
        if not any(isinstance(item.call, Allow) for item in route.dependant.dependencies):
            raise RuntimeError(f"{sorted(route.methods or ())} {route.path} declares nobody who may call it")
