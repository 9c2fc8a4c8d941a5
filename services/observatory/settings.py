"""Settings of the observatory."""

from pydantic import Field

from contracts.model import Siret
from services.chassis.settings import CommonSettings


class Settings(CommonSettings):
    """``grantor_name`` and ``grantor_siret``: who gives the grants, as open data names it. By default nobody real."""

    port: int = Field(validation_alias="TREMPLIN_OBSERVATORY_PORT")
    grantor_name: str = Field(
        "Programme Tremplin (attribuant de démonstration)", validation_alias="TREMPLIN_GRANTOR_NAME"
    )
    grantor_siret: Siret = Field("0" * 14, validation_alias="TREMPLIN_GRANTOR_SIRET")
