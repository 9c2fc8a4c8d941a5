"""The settings of the worker and gateway."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.chassis.settings import NOTHING, CommonSettings


class Settings(CommonSettings):
    port: int = Field(validation_alias="TREMPLIN_WORKFLOWS_PORT")
    temporal_address: str = Field(validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field("default", validation_alias="TREMPLIN_TEMPORAL_NAMESPACE")
    temporal_tls: bool = Field(False, validation_alias="TEMPORAL_TLS")
    temporal_ca_file: Annotated[Path | None, NOTHING] = Field(None, validation_alias="TEMPORAL_CA_FILE")
    temporal_certificate_file: Annotated[Path | None, NOTHING] = Field(
        None, validation_alias="TEMPORAL_CERTIFICATE_FILE"
    )
    temporal_key_file: Annotated[Path | None, NOTHING] = Field(None, validation_alias="TEMPORAL_KEY_FILE")
    temporal_api_key_file: Annotated[Path | None, NOTHING] = Field(None, validation_alias="TEMPORAL_API_KEY_FILE")
