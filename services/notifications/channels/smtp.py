"""E-mail over SMTP (RFC 5321), step by step, so that it is known how far a failed sending went."""

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from services.chassis.clock import Clock
from services.notifications.channels.mails import Sender, compose
from services.notifications.channels.port import NotDelivered, Parcel, Uncertain

STEP_SECONDS = 10.0
IDLE_SECONDS = 20.0


@dataclass(frozen=True)
class Account:
    """What a mail server knows us by. It is shown over TLS only."""

    username: str
    password: str = field(repr=False)


class SmtpMail:
    """Mails through one server, over connections that are kept for a while. Sending twice would deliver twice."""

    repeatable = False
    seconds = 120.0

    def __init__(self, url: str, account: Account | None, sender: Sender, clock: Clock) -> None:
        """``url`` is ``smtp://host[:port]`` (TLS when the server offers it, or there is an account) or ``smtps://``."""
        self._url, self._account, self._sender, self._clock = urlsplit(url), account, sender, clock
        self._kept: list[tuple[SMTP, float]] = []

    async def send(self, parcel: Parcel) -> None:
        mail = compose(parcel, self._sender, self._clock.now())
        client = await self._connected()
        try:
            await self._envelope(client, parcel.address)
            await self._content(client, mail)
        except BaseException:
            client.close()
            raise
        self._kept.append((client, time.monotonic()))

    async def _connected(self) -> SMTP:
        while self._kept:
            client, used_at = self._kept.pop()
            if client.is_connected and time.monotonic() - used_at < IDLE_SECONDS:
                return client
            client.close()
        url, account, at_once = self._url, self._account, self._url.scheme == "smtps"
        client = SMTP(
            hostname=url.hostname,
            port=url.port,
            username=account.username if account else None,
            password=account.password if account else None,
            use_tls=at_once,
            start_tls=True if account and not at_once else None,
            local_hostname=self._sender.domain,
            timeout=STEP_SECONDS,
        )
        try:
            await client.connect()
        except (SMTPException, OSError):
            raise NotDelivered("unreachable") from None
        return client

    async def _envelope(self, client: SMTP, address: str) -> None:
        try:
            await client.mail(self._sender.address)
            await client.rcpt(address)
        except SMTPResponseException as error:
            raise _refused(error) from None
        except (SMTPException, OSError):
            raise NotDelivered("unreachable") from None

    @staticmethod
    async def _content(client: SMTP, content: bytes) -> None:
        try:
            await client.data(content)
        except SMTPResponseException as error:
            raise _refused(error) from None
        except (SMTPException, OSError):
            raise Uncertain from None

    async def close(self) -> None:
        """End the kept connections."""
        while self._kept:
            client, _ = self._kept.pop()
            try:
                await client.quit(timeout=1.0)
            except (SMTPException, OSError):
                client.close()


def _refused(error: SMTPResponseException) -> NotDelivered:
    permanent = error.code >= 500
    return NotDelivered("refused" if permanent else "deferred", permanent=permanent)
