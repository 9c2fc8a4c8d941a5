"""Settings of people, from the environment."""

from uuid import UUID

from pydantic import Field

from services.chassis.settings import CommonSettings


class Settings(CommonSettings):
    """``bootstrap_admin`` is the id of the person who gives the first roles."""

    port: int = Field(validation_alias="TREMPLIN_PEOPLE_PORT")
    bootstrap_admin: UUID | None = Field(None, validation_alias="TREMPLIN_BOOTSTRAP_ADMIN")
