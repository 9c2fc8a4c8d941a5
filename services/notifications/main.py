"""Composition root of notifications."""

from prometheus_client import Gauge

from services.chassis.clock import Clock
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.security import read_secret
from services.chassis.settings import SettingsError, read
from services.notifications.api import make_api
from services.notifications.channels.files import MailDirectory, TextDirectory
from services.notifications.channels.mails import Sender
from services.notifications.channels.port import Channel
from services.notifications.channels.smtp import Account, SmtpMail
from services.notifications.consumer import subscriptions
from services.notifications.dispatch import Dispatcher
from services.notifications.mailer import Mailer
from services.notifications.settings import Settings
from services.notifications.store import Store
from services.notifications.writer import Writer

FAILED = Gauge("tremplin_notices_failed", "Notices that did not leave and are not tried again", ["service"])
OVERDUE = Gauge("tremplin_notices_overdue", "Notices that have been due for more than a minute", ["service"])


def make_channels(settings: Settings, clock: Clock) -> dict[str, Channel]:
    """The ways by which this installation tells people. Raises ``SettingsError`` when there is none for mails."""
    sender = Sender(settings.sender_name, settings.sender_address)
    channels: dict[str, Channel] = {}
    if settings.mail_dir:
        channels["email"] = MailDirectory(settings.mail_dir, sender, clock)
    elif settings.smtp_url:
        channels["email"] = SmtpMail(settings.smtp_url, _account(settings), sender, clock)
    else:
        raise SettingsError("Settings: TREMPLIN_SMTP_URL: a mail server is needed, or TREMPLIN_MAIL_DIR")
    if settings.sms_dir:
        channels["sms"] = TextDirectory(settings.sms_dir)
    return channels


def _account(settings: Settings) -> Account | None:
    """What the mail server knows us by, if anything. Raises ``SettingsError`` for half of it, or for one in the address."""
    user, secret = settings.smtp_username, settings.smtp_password_file
    if "@" in (settings.smtp_url or ""):
        raise SettingsError(
            "Settings: TREMPLIN_SMTP_URL: an account is given by TREMPLIN_SMTP_USERNAME and TREMPLIN_SMTP_PASSWORD_FILE"
        )
    if user and secret:
        return Account(user, read_secret(secret, "TREMPLIN_SMTP_PASSWORD_FILE"))
    if user or secret:
        raise SettingsError("Settings: TREMPLIN_SMTP_USERNAME, TREMPLIN_SMTP_PASSWORD_FILE: an account needs both")
    return None


async def build() -> Service:
    """notifications, from the environment. Raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "notifications", clock)
    store = Store(database)
    channels = make_channels(settings, clock)
    writer = Writer(settings.public_url)
    dispatcher = Dispatcher(store, channels, writer, clock)
    mailer = Mailer(store, clock, settings.mailings_per_second)
    return Service(
        name="notifications",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings), frozenset(channels), writer),
        subscriptions=subscriptions(store, clock),
        publishes=False,
        prepare=store.prepare,
        tasks=(dispatcher.run, mailer.run),
        counts={FAILED: store.failed, OVERDUE: store.overdue},
    )
