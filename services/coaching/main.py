"""Coaching put together."""

from contracts.coaching import CoachingCommandRefused
from contracts.topics import events_of
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from services.coaching.api.app import make_api
from services.coaching.consumer import subscriptions
from services.coaching.settings import Settings
from services.coaching.store import Store


async def build() -> Service:
    """The service, from the environment; raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "coaching", clock, shards=events_of("coaching").partitions)
    store = Store(database)
    return Service(
        name="coaching",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings), settings),
        subscriptions=subscriptions(store, clock),
        refused=CoachingCommandRefused,
        prepare=store.prepare,
    )
