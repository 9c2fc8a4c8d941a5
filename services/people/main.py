"""Composition root of people."""

from contracts.people import PeopleCommandRefused
from contracts.topics import events_of
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from services.people import handlers
from services.people.api import make_api
from services.people.consumer import subscriptions
from services.people.settings import Settings
from services.people.store import Store


async def build() -> Service:
    """people, from the environment. Raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "people", clock, shards=events_of("people").partitions)
    store = Store(database)

    async def prepare() -> None:
        await store.prepare()
        if settings.bootstrap_admin:
            await handlers.ensure_administrator(settings.bootstrap_admin, store, clock)

    return Service(
        name="people",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings)),
        subscriptions=subscriptions(store, clock),
        refused=PeopleCommandRefused,
        prepare=prepare,
    )
