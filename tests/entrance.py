"""A portal with the providers that it trusts, real ones that can be told to lie, and ways through them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc.jwk import ECKey
from limits import parse

from deploy.local import ports
from deploy.local.provider.issuing import Grant, Provider
from deploy.local.provider.persons import DemoPerson
from services.chassis.tokens import new_key
from tests.everything import Everything
from tests.portal import Standing, environment, standing
from tests.provider import CLIENT_ID, Clock, providing


class Liar(Provider):
    """A provider that is told how to lie."""

    lie = ""

    def id_token(self, grant: Grant) -> dict[str, Any]:
        claims = super().id_token(grant)
        lies: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "another"},
            "audience": {"aud": "another-client"},
            "issuer": {"iss": "http://elsewhere.example"},
            "expired": {"exp": claims["iat"] - 3_600},
            "level": {"acr": "eidas0"},
            "no level": {"acr": None},
            "levels": {"acr": ["eidas1"]},
            "higher": {"acr": "eidas3"},
        }
        return {**claims, **lies.get(self.lie, {})}

    def userinfo(self, grant: Grant) -> dict[str, Any]:
        claims = super().userinfo(grant)
        return {**claims, "sub": str(uuid4())} if self.lie == "subject" else claims

    def told(self, grant: Grant) -> tuple[str, str]:
        said = super().told(grant)
        return (json.dumps(self.userinfo(grant)), "application/json") if self.lie == "unsigned" else said

    def sign(self, claims: dict[str, Any]) -> str:
        kept = self.key
        if self.lie == "signature":
            self.key = new_key()
        try:
            return super().sign(claims)
        finally:
            self.key = kept

    async def answering(self, door: str) -> None:
        if self.lie == f"late {door}":
            await asyncio.Event().wait()


@dataclass
class Entrance:
    """A portal, the providers that it trusts, and a way through them."""

    standing: Standing
    providers: dict[str, Provider]

    @property
    def origin(self) -> str:
        return str(self.standing.client.base_url).rstrip("/")

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.origin, timeout=30, trust_env=False)

    @staticmethod
    async def back(browser: httpx.AsyncClient, person: DemoPerson, to: str = "/fr/account") -> str:
        """The address at which the provider sends somebody back."""
        start = await browser.get(f"/fr/login/{person.kind}", params={"next": to})
        assert start.status_code == 303, start.text
        page = await browser.get(start.headers["location"], follow_redirects=True)
        chosen = await browser.post(page.url, data={"person": str(person.id)})
        return str(chosen.headers["location"])

    @staticmethod
    async def log_in(browser: httpx.AsyncClient, person: DemoPerson, to: str = "/fr/account") -> httpx.Response:
        return await browser.get(await Entrance.back(browser, person, to))


@contextlib.asynccontextmanager
async def entering(
    everything: Everything, mongodb: str, master_key: Path, issuer: str, issuer_key: ECKey, folder: Path
) -> AsyncIterator[Entrance]:
    """A portal before all services, with two providers of its own; what they keep is in ``folder``.

    All who log in come from one address, more often than one may.
    """
    given = environment(mongodb, master_key, folder, f"login_{uuid4().hex[:8]}_")
    (folder / "issuer.key").write_text(json.dumps(issuer_key.as_dict(private=True)))
    port = ports.free_port()
    given |= {f"TREMPLIN_{name.upper()}_URL": str(client.base_url) for name, client in everything.clients.items()}
    given |= {"TREMPLIN_ISSUER": issuer, "TREMPLIN_DEMONSTRATION": "true"}
    async with providing(port, folder, Clock(), given["TREMPLIN_PORTAL_URL"], (Liar, Liar)) as built:
        for kind, provider in built.items():
            secret = folder / f"{kind}.secret"
            secret.write_text(provider.client.secret)
            prefix = f"TREMPLIN_OIDC_{kind.upper()}"
            given |= {f"{prefix}_ISSUER": provider.issuer, f"{prefix}_CLIENT_ID": CLIENT_ID}
            given |= {f"{prefix}_CLIENT_SECRET_FILE": str(secret)}
        async with standing(given) as found:
            found.portal.parts.rates._limits["login"] = parse("1000/minute")
            yield Entrance(found, built)
