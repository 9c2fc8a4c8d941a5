"""The demonstration's identity provider as a process runs it: it starts and stops like a service, on loopback only."""

from pathlib import Path
from uuid import UUID

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.local.portal import PROVIDER
from deploy.local.ports import LOOPBACK
from deploy.local.provider.api import create_api
from deploy.local.provider.issuing import Provider
from deploy.local.provider.persons import Persons
from deploy.local.provider.requests import Client
from deploy.local.provider.shapes import AGENTS, PEOPLE, Shape
from services.chassis.serving import HttpServer
from services.chassis.settings import read
from services.chassis.tokens import signing_key

_LOGIN_PATH = "/callback/{}"
_LOGOUT_PATH = "/callback/ended"


class ProviderSettings(BaseSettings):
    """Settings of the provider, from the environment. The client's are those that the portal reads."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, extra="ignore", frozen=True)

    port: int = Field(validation_alias="TREMPLIN_PROVIDER_PORT")
    portal_url: str = Field(validation_alias="TREMPLIN_PORTAL_URL")
    directory: Path = Field(validation_alias="TREMPLIN_VAR")
    people_client: str = Field(validation_alias="TREMPLIN_OIDC_PEOPLE_CLIENT_ID")
    people_secret_file: Path = Field(validation_alias="TREMPLIN_OIDC_PEOPLE_CLIENT_SECRET_FILE")
    agents_client: str = Field(validation_alias="TREMPLIN_OIDC_AGENTS_CLIENT_ID")
    agents_secret_file: Path = Field(validation_alias="TREMPLIN_OIDC_AGENTS_CLIENT_SECRET_FILE")
    administrator: UUID | None = Field(None, validation_alias="TREMPLIN_BOOTSTRAP_ADMIN")


class IdentityProvider:
    """Both providers behind one port."""

    name = PROVIDER

    def __init__(self, settings: ProviderSettings) -> None:
        persons = Persons(settings.directory / "demo", settings.administrator)
        providers = [
            _provider(PEOPLE, settings, settings.people_client, settings.people_secret_file, persons),
            _provider(AGENTS, settings, settings.agents_client, settings.agents_secret_file, persons),
        ]
        self._server = HttpServer(create_api(providers), LOOPBACK, settings.port, self.name)

    async def start(self) -> None:
        """Listen on loopback; returns when requests are answered."""
        await self._server.start()

    async def stop(self) -> None:
        """Answer what was asked, then close."""
        self._server.close()
        await self._server.closed()


def _provider(shape: Shape, settings: ProviderSettings, client: str, secret_file: Path, persons: Persons) -> Provider:
    portal = settings.portal_url.rstrip("/")
    registered = Client(
        id=client,
        secret=_secret(secret_file),
        redirect_uris=frozenset((portal + _LOGIN_PATH.format(shape.kind),)),
        logout_uris=frozenset((portal + _LOGOUT_PATH,)),
    )
    issuer = f"http://{LOOPBACK}:{settings.port}/{shape.kind}"
    key = signing_key(settings.directory / "run" / f"provider-{shape.kind}.key")
    return Provider(shape, issuer, registered, key, persons)


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        raise SystemExit(f"{path}: the client's secret cannot be read") from None


async def build() -> IdentityProvider:
    """The provider, from the environment; raises ``SystemExit`` naming the setting that is missing or wrong."""
    return IdentityProvider(read(ProviderSettings))
