"""The settings of the worker and gateway."""

from pydantic import Field

from services.chassis.settings import CommonSettings


class Settings(CommonSettings):
    port: int = Field(validation_alias="TREMPLIN_WORKFLOWS_PORT")
    temporal_address: str = Field(validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field("default", validation_alias="TREMPLIN_TEMPORAL_NAMESPACE")
