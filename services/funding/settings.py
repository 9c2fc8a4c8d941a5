"""The settings of funding: its port, where payment files go, and the account that pays."""

from pathlib import Path

from pydantic import Field

from services.chassis.settings import CommonSettings
from services.funding.payments.pain001 import Debtor


class Settings(CommonSettings):
    """The default debtor is an example: an installation that pays sets its own."""

    port: int = Field(validation_alias="TREMPLIN_FUNDING_PORT")
    data_directory: Path = Field(Path("var"), validation_alias="TREMPLIN_VAR")
    payments_directory: Path | None = Field(None, validation_alias="TREMPLIN_PAYMENTS_DIR")
    debtor_name: str = Field("Programme Tremplin (exemple)", validation_alias="TREMPLIN_DEBTOR_NAME")
    debtor_iban: str = Field("FR7630006000011234567890189", validation_alias="TREMPLIN_DEBTOR_IBAN")
    debtor_bic: str = Field("AGRIFRPP", validation_alias="TREMPLIN_DEBTOR_BIC")

    @property
    def payments(self) -> Path:
        return self.payments_directory or self.data_directory / "payments"

    @property
    def debtor(self) -> Debtor:
        return Debtor(name=self.debtor_name, iban=self.debtor_iban, bic=self.debtor_bic)
