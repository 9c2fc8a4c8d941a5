"""The embedded platform's issuer of signed tokens, in the place that FranceConnect or ProConnect has in life.

It believes whoever asks which person they are: it is for demonstrations on one machine and listens on loopback only.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import httpx
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.model import Id
from deploy.local.ports import LOOPBACK
from deploy.local.services import ISSUER
from services.chassis import problems
from services.chassis.problems import problem
from services.chassis.serving import HttpServer
from services.chassis.settings import read
from services.chassis.tokens import LIFETIME_SECONDS, machine_id, mint, public_keys, signing_key

_MACHINE_ROLES = ("operator",)
_PATIENCE_SECONDS = 30.0
_FIRST_ROLES = ("administrator",)


class IssuerSettings(BaseSettings):
    """Settings of the issuer, from the environment."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, extra="ignore", frozen=True)

    issuer: str = Field(validation_alias="TREMPLIN_ISSUER")
    key_file: Path = Field(validation_alias="TREMPLIN_ISSUER_KEY_FILE")
    port: int = Field(validation_alias="TREMPLIN_ISSUER_PORT")
    people_port: int = Field(validation_alias="TREMPLIN_PEOPLE_PORT")
    bootstrap_admin: Id | None = Field(None, validation_alias="TREMPLIN_BOOTSTRAP_ADMIN")


class TokenRequest(BaseModel):
    """Who asks, and the roles they want to act in (all that they hold, when none is named)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    person_id: Id
    roles: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=32)] | None = None


class PeopleRoles:
    """The roles that the people service knows. ``first_administrator`` is one before anybody could give a role."""

    def __init__(
        self, people: httpx.AsyncClient, key: ECKey, issuer: str, first_administrator: Id | None = None
    ) -> None:
        self._people = people
        self._key = key
        self._issuer = issuer
        self._first = first_administrator

    async def held_by(self, person_id: Id) -> set[str]:
        """The roles of a person, none for an unknown one; raises ``httpx.HTTPError`` when people does not answer."""
        machine = mint(self._key, self._issuer, machine_id(ISSUER), _MACHINE_ROLES, datetime.now(UTC))
        first = set(_FIRST_ROLES) if person_id == self._first else set()
        try:
            answer = await self._people.get(
                f"/persons/{person_id}/roles", headers={"Authorization": f"Bearer {machine}"}
            )
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return first
            answer.raise_for_status()
        except httpx.HTTPError:
            if first:
                return first
            raise
        return first | {str(role) for role in answer.json()["roles"]}


def create_api(roles: PeopleRoles, key: ECKey, issuer: str) -> FastAPI:
    """The issuer's HTTP API: ``POST /token`` and ``GET /jwks``."""
    api = FastAPI(title="Tremplin embedded issuer")
    problems.install(api)

    @api.post("/token")
    async def token(request: TokenRequest) -> JSONResponse:
        try:
            held = await roles.held_by(request.person_id)
        except httpx.HTTPError:
            return problem(503, "people_unavailable", "The people service does not answer")
        asked = held if request.roles is None else set(request.roles)
        if not asked <= held:
            return problem(
                403, "role_not_held", "The person does not hold a role asked for", field="roles", allowed=sorted(held)
            )
        signed = mint(key, issuer, str(request.person_id), sorted(asked), datetime.now(UTC))
        return JSONResponse({"access_token": signed, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS})

    @api.get("/health/live", include_in_schema=False)
    @api.get("/health/ready", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ready"}

    @api.get("/jwks")
    async def jwks() -> JSONResponse:
        return JSONResponse(public_keys(key))

    return api


class Issuer:
    """The issuer as a process runs it: it starts and stops like a service."""

    name = ISSUER

    def __init__(self, settings: IssuerSettings) -> None:
        self._port = settings.port
        key = signing_key(settings.key_file)
        url = f"http://{LOOPBACK}:{settings.people_port}"
        self._people = httpx.AsyncClient(base_url=url, timeout=_PATIENCE_SECONDS, trust_env=False)
        roles = PeopleRoles(self._people, key, settings.issuer, settings.bootstrap_admin)
        api = create_api(roles, key, settings.issuer)
        self._server = HttpServer(api, LOOPBACK, self._port, self.name)

    async def start(self) -> None:
        """Listen on loopback; returns when requests are answered."""
        await self._server.start()

    async def stop(self) -> None:
        """Answer what was asked, then close."""
        self._server.close()
        await self._server.closed()
        await self._people.aclose()


async def build() -> Issuer:
    """The issuer, from the environment; raises ``SystemExit`` naming the setting that is missing or wrong."""
    return Issuer(read(IssuerSettings))
