"""Composition root of notifications."""

from prometheus_client import Gauge

from services.chassis.clock import Clock
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import SettingsError, read
from services.notifications.api import make_api
from services.notifications.channels.files import MailDirectory, TextDirectory
from services.notifications.channels.mails import Sender
from services.notifications.channels.port import Channel
from services.notifications.channels.smtp import SmtpMail
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
        channels["email"] = SmtpMail(settings.smtp_url, sender, clock)
    else:
        raise SettingsError("Settings: TREMPLIN_SMTP_URL: a mail server is needed, or TREMPLIN_MAIL_DIR")
    if settings.sms_dir:
        channels["sms"] = TextDirectory(settings.sms_dir)
    return channels


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
