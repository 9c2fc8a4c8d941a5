"""The demonstration's identity provider inside a test, and a client of it that does what a portal would."""

import base64
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.provider.api import create_api
from deploy.local.provider.issuing import Provider
from deploy.local.provider.persons import DemoPerson, Persons, write_people
from deploy.local.provider.requests import Client
from deploy.local.provider.shapes import AGENTS, PEOPLE
from services.chassis.serving import HttpServer
from services.chassis.tokens import new_key

CITIZEN = DemoPerson(
    id=UUID(int=11), given_name="Synthétique", family_name="Porteuse Élan", email="porteuse@tremplin.example",
    kind="people", roles=("applicant",), note="AIC-2021-000042 · Initiative synthétique",
)  # fmt: skip
PANELLIST = DemoPerson(
    id=UUID(int=12), given_name="Synthétique", family_name="Citoyen 1", email="citoyen@tremplin.example", kind="people",
    roles=("citizen_panellist",),
)  # fmt: skip
OFFICER = DemoPerson(
    id=UUID(int=13), given_name="Synthétique", family_name="Officer 1", email="officer@tremplin.example", kind="agents",
    roles=("programme_officer",),
)  # fmt: skip
CAST = (CITIZEN, PANELLIST, OFFICER)
PORTAL = "http://127.0.0.1:8080"
CLIENT_ID = "tremplin-portal"
Time = Callable[[], float]


@dataclass
class Clock:
    """Seconds that a test lets pass."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@contextlib.asynccontextmanager
async def providing(
    port: int,
    directory: Path,
    clock: Time,
    portal: str = PORTAL,
    kinds: tuple[type[Provider], type[Provider]] = (Provider, Provider),
) -> AsyncIterator[dict[str, Provider]]:
    """The two providers on ``port``, by kind; ``kinds`` are the classes of those for people and for agents."""
    write_people(directory / "people.json", CAST)
    persons, built = Persons(directory), {}
    for shape, kind in zip((PEOPLE, AGENTS), kinds, strict=True):
        client = Client(
            CLIENT_ID,
            secrets.token_urlsafe(24),
            frozenset({f"{portal}/callback/{shape.kind}"}),
            frozenset({f"{portal}/"}),
        )
        issuer = f"http://127.0.0.1:{port}/{shape.kind}"
        built[shape.kind] = kind(shape, issuer, client, new_key(), persons, clock)
    server = HttpServer(create_api(built.values()), "127.0.0.1", port, "provider")
    await server.start()
    try:
        yield built
    finally:
        server.close()
        await server.closed()


SCOPES = {
    "people": "openid given_name family_name birthdate gender birthplace birthcountry email",
    "agents": "openid given_name usual_name email uid siret idp_id",
}


@dataclass
class Portal:
    """A client of ``provider`` in the middle of one login."""

    http: httpx.AsyncClient
    provider: Provider
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def kind(self) -> str:
        return self.provider.shape.kind

    def parameters(self, **changes: str | None) -> dict[str, str]:
        """A right authorisation request, changed; ``None`` leaves a parameter out."""
        challenge = hashlib.sha256(self.verifier.encode()).digest()
        given: dict[str, str | None] = {
            "client_id": CLIENT_ID,
            "redirect_uri": f"{PORTAL}/callback/{self.kind}",
            "response_type": "code",
            "scope": SCOPES[self.kind],
            "state": self.state,
            "nonce": self.nonce,
            "acr_values": "eidas1",
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    async def ask(self, **changes: str | None) -> httpx.Response:
        return await self.http.get(f"{self.provider.issuer}/authorize", params=self.parameters(**changes))

    async def page(self, **changes: str | None) -> str:
        """The address of the page on which a person is chosen."""
        answer = await self.ask(**changes)
        assert answer.status_code == 303, answer.text
        return str(httpx.URL(self.provider.issuer).join(answer.headers["location"]))

    async def code(self, person: DemoPerson, **changes: str | None) -> str:
        """The code that comes back when ``person`` is chosen."""
        answer = await self.http.post(await self.page(**changes), data={"person": str(person.id)})
        found = returned(answer)
        assert (found["state"], found["iss"]) == (self.state, self.provider.issuer)
        return found["code"]

    async def redeem(self, code: str, **changes: str | None) -> httpx.Response:
        given: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"{PORTAL}/callback/{self.kind}",
            "client_id": CLIENT_ID,
            "client_secret": self.provider.client.secret,
            "code_verifier": self.verifier,
            **changes,
        }
        form = {name: value for name, value in given.items() if value is not None}
        return await self.http.post(f"{self.provider.issuer}/token", data=form)

    async def tokens(self, person: DemoPerson, **changes: str | None) -> dict[str, Any]:
        answer = await self.redeem(await self.code(person, **changes))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def userinfo(self, access_token: str) -> httpx.Response:
        return await self.http.get(
            f"{self.provider.issuer}/userinfo", headers={"Authorization": f"Bearer {access_token}"}
        )

    async def claims(self, signed: str) -> dict[str, Any]:
        """What a token says, checked with the keys that the provider publishes."""
        keys = KeySet.import_key_set((await self.http.get(f"{self.provider.issuer}/jwks")).json())
        return dict(jwt.decode(signed, keys, algorithms=["ES256"]).claims)


def returned(answer: httpx.Response) -> dict[str, str]:
    """What a redirect back to the portal carries."""
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}" == PORTAL
    return {name: values[0] for name, values in parse_qs(address.query).items()}
