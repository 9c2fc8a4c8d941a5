"""Settings of the portal, from the environment."""

import socket
from pathlib import Path

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

SERVICES = (
    "people", "applications", "evaluation", "coaching", "funding", "observatory", "notifications", "feedback", "workflows",
)  # fmt: skip


class Settings(BaseSettings):
    """``url`` is where browsers find the portal; it decides whether cookies are for HTTPS only."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, extra="ignore", frozen=True)

    mongodb_uri: str
    port: int = Field(validation_alias="TREMPLIN_PORTAL_PORT")
    metrics_port: int | None = Field(None, validation_alias="TREMPLIN_PORTAL_METRICS_PORT")
    """Where metrics are read, if anywhere; nothing that faces the network may lead there."""
    url: HttpUrl = Field(validation_alias="TREMPLIN_PORTAL_URL")
    host: str = Field("127.0.0.1", validation_alias="TREMPLIN_HOST")
    instance: str = Field(default_factory=socket.gethostname, validation_alias="TREMPLIN_INSTANCE")
    database_prefix: str = Field("tremplin_", validation_alias="TREMPLIN_DATABASE_PREFIX")
    clock_file: Path | None = Field(None, validation_alias="TREMPLIN_CLOCK_FILE")
    master_key_file: Path = Field(validation_alias="TREMPLIN_MASTER_KEY_FILE")

    issuer: str = Field(validation_alias="TREMPLIN_ISSUER")
    issuer_key_file: Path = Field(validation_alias="TREMPLIN_ISSUER_KEY_FILE")

    people_url: str = Field(validation_alias="TREMPLIN_PEOPLE_URL")
    applications_url: str = Field(validation_alias="TREMPLIN_APPLICATIONS_URL")
    evaluation_url: str = Field(validation_alias="TREMPLIN_EVALUATION_URL")
    coaching_url: str = Field(validation_alias="TREMPLIN_COACHING_URL")
    funding_url: str = Field(validation_alias="TREMPLIN_FUNDING_URL")
    observatory_url: str = Field(validation_alias="TREMPLIN_OBSERVATORY_URL")
    notifications_url: str = Field(validation_alias="TREMPLIN_NOTIFICATIONS_URL")
    feedback_url: str = Field(validation_alias="TREMPLIN_FEEDBACK_URL")
    workflows_url: str = Field(validation_alias="TREMPLIN_WORKFLOWS_URL")

    people_issuer: str = Field(validation_alias="TREMPLIN_OIDC_PEOPLE_ISSUER")
    people_client_id: str = Field(validation_alias="TREMPLIN_OIDC_PEOPLE_CLIENT_ID")
    people_secret_file: Path = Field(validation_alias="TREMPLIN_OIDC_PEOPLE_CLIENT_SECRET_FILE")
    agents_issuer: str = Field(validation_alias="TREMPLIN_OIDC_AGENTS_ISSUER")
    agents_client_id: str = Field(validation_alias="TREMPLIN_OIDC_AGENTS_CLIENT_ID")
    agents_secret_file: Path = Field(validation_alias="TREMPLIN_OIDC_AGENTS_CLIENT_SECRET_FILE")
    agents_acr: str = Field("eidas1", validation_alias="TREMPLIN_OIDC_AGENTS_ACR")
    """The levels of assurance that are asked for and taken, between spaces; an eIDAS level above one of them is taken too."""
    demonstration: bool = Field(False, validation_alias="TREMPLIN_DEMONSTRATION")
    """The providers' subjects are person ids, and every page says that nothing here is real."""

    publisher: str = Field("", validation_alias="TREMPLIN_PUBLISHER")
    """Who is responsible for the site, in the legal notice; ``contact`` is an e-mail address, ``hosting`` a name and an address."""
    contact: str = Field("", validation_alias="TREMPLIN_CONTACT")
    hosting: str = Field("", validation_alias="TREMPLIN_HOSTING")

    register_url: HttpUrl = Field(
        HttpUrl("https://recherche-entreprises.api.gouv.fr"), validation_alias="TREMPLIN_PORTAL_REGISTER_URL"
    )
    """Where organisations are looked up by SIRET or RNA; a demonstration has its own, recorded."""

    forms_a_minute: int = Field(600, ge=60, validation_alias="TREMPLIN_PORTAL_FORMS_A_MINUTE")
    """How many forms one person may send: far more than some tabs that save by themselves every second, and bulk work."""

    idle_seconds: int = Field(1_800, ge=60, validation_alias="TREMPLIN_PORTAL_IDLE_SECONDS")
    absolute_seconds: int = Field(43_200, ge=300, validation_alias="TREMPLIN_PORTAL_ABSOLUTE_SECONDS")

    @property
    def urls(self) -> dict[str, str]:
        """Where each service answers."""
        return {name: getattr(self, f"{name}_url") for name in SERVICES}

    @property
    def origin(self) -> str:
        """Scheme, host and port of the portal, as browsers send them in ``Origin``."""
        return str(self.url).rstrip("/")

    @property
    def secure(self) -> bool:
        return self.url.scheme == "https"
