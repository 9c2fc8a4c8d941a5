"""Settings of evaluation, from the environment."""

from pydantic import Field

from services.chassis.settings import CommonSettings


class Settings(CommonSettings):
    port: int = Field(validation_alias="TREMPLIN_EVALUATION_PORT")
