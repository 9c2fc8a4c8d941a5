"""Settings of coaching."""

from pydantic import Field

from contracts.model import Code
from services.chassis.settings import CommonSettings

LEVERS = (
    "methodological_support",
    "technical_support",
    "legal_support",
    "administrative_support",
    "financial_support",
    "public_data",
    "growth_strategy",
    "network",
    "communication",
)


class Settings(CommonSettings):
    """``levers``: what the programme offers, a JSON list of codes."""

    port: int = Field(validation_alias="TREMPLIN_COACHING_PORT")
    levers: tuple[Code, ...] = Field(LEVERS, validation_alias="TREMPLIN_COACHING_LEVERS")
