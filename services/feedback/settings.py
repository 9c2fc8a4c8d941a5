"""Settings of feedback, from the environment."""

from pydantic import Field

from services.chassis.settings import CommonSettings


class Settings(CommonSettings):
    """``retention_days``: for how long the words of an opinion are kept; its numbers stay."""

    port: int = Field(validation_alias="TREMPLIN_FEEDBACK_PORT")
    retention_days: int = Field(365, validation_alias="TREMPLIN_FEEDBACK_RETENTION_DAYS", ge=1, le=3_650)
