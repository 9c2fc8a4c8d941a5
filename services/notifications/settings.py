"""Settings of notifications, from the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.chassis.settings import NOTHING, CommonSettings


class Settings(CommonSettings):
    """Mails go into ``mail_dir`` where it is set (the embedded platform), else to the server ``smtp_url``."""

    port: int = Field(validation_alias="TREMPLIN_NOTIFICATIONS_PORT")
    mail_dir: Path | None = Field(None, validation_alias="TREMPLIN_MAIL_DIR")
    sms_dir: Path | None = Field(None, validation_alias="TREMPLIN_SMS_DIR")
    smtp_url: str | None = Field(None, validation_alias="TREMPLIN_SMTP_URL", pattern=r"^smtps?://[^/\s]+/?$")
    smtp_username: Annotated[str | None, NOTHING] = Field(None, validation_alias="TREMPLIN_SMTP_USERNAME")
    smtp_password_file: Annotated[Path | None, NOTHING] = Field(None, validation_alias="TREMPLIN_SMTP_PASSWORD_FILE")
    sender_name: str = Field("Tremplin", validation_alias="TREMPLIN_MAIL_SENDER_NAME")
    sender_address: str = Field("no-reply@tremplin.example", validation_alias="TREMPLIN_MAIL_SENDER_ADDRESS")
    mailings_per_second: float = Field(10.0, validation_alias="TREMPLIN_MAILINGS_PER_SECOND", gt=0, le=1_000)
    public_url: str = Field("https://tremplin.example", validation_alias="TREMPLIN_PUBLIC_URL")
