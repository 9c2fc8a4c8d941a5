"""A parcel as an e-mail (RFC 5322), in plain text and HTML."""

from dataclasses import dataclass
from datetime import datetime
from email import charset, policy
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from services.notifications.channels.port import Parcel

_POLICY = policy.compat32.clone(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose name mails carry."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rsplit("@", 1)[-1]


def compose(parcel: Parcel, sender: Sender, now: datetime) -> bytes:
    """The mail as it travels; its Message-ID follows from the notice, so that a copy can be recognised."""
    mail = MIMEMultipart("alternative")
    mail["From"] = formataddr((sender.name, sender.address))
    mail["To"] = parcel.address
    mail["Subject"] = Header(parcel.subject, "utf-8")  # type: ignore[assignment]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{parcel.identity}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = parcel.language
    mail.attach(_part(parcel.text, "plain"))
    mail.attach(_part(parcel.html, "html"))
    return mail.as_bytes(policy=_POLICY)


def _part(text: str, kind: str) -> MIMEText:
    printable = charset.Charset("utf-8")
    printable.body_encoding = charset.QP
    return MIMEText(text, kind, printable)  # type: ignore[arg-type]
