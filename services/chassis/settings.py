"""Settings that every process has, from the environment. An error names the variable."""

import socket
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

NOTHING = BeforeValidator(lambda value: value or None)
"""An empty variable gives nothing: a Kubernetes overlay cannot take one away."""


class BrokerSettings(BaseSettings):
    """Where the broker is, and what lets a process in there."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, extra="ignore", frozen=True)

    kafka_bootstrap_servers: str
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_sasl_username: Annotated[str | None, NOTHING] = None
    kafka_sasl_password_file: Annotated[Path | None, NOTHING] = None
    kafka_ca_file: Annotated[Path | None, NOTHING] = None


class CommonSettings(BrokerSettings):
    """What every service needs. Each service's own settings extend this with ``<NAME>`` in their variables."""

    mongodb_uri: str
    database_prefix: str = Field("tremplin_", validation_alias="TREMPLIN_DATABASE_PREFIX")
    broker_profile: Literal["kafka", "rehearsal", "embedded"] = Field(
        "kafka", validation_alias="TREMPLIN_BROKER_PROFILE"
    )
    clock_file: Path | None = Field(None, validation_alias="TREMPLIN_CLOCK_FILE")
    issuer: str = Field(validation_alias="TREMPLIN_ISSUER")
    jwks_url: str = Field(validation_alias="TREMPLIN_JWKS_URL")
    master_key_file: Path = Field(validation_alias="TREMPLIN_MASTER_KEY_FILE")
    instance: str = Field(default_factory=socket.gethostname, validation_alias="TREMPLIN_INSTANCE")
    host: str = Field("127.0.0.1", validation_alias="TREMPLIN_HOST")


class SettingsError(SystemExit):
    """A setting is missing or wrong; the message names its variable."""


T = TypeVar("T", bound=BaseSettings)


def read(kind: type[T]) -> T:
    """The settings of ``kind`` from the environment. Raises ``SettingsError``, which ends the process with a sentence."""
    try:
        return kind()
    except ValidationError as error:
        names = [f"{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False)]
        raise SettingsError("Settings: " + "; ".join(names)) from None
