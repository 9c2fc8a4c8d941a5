"""Composition root of feedback."""

from datetime import timedelta
from functools import partial

from contracts.topics import events_of
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from services.feedback import retention
from services.feedback.api import make_api
from services.feedback.consumer import subscriptions
from services.feedback.settings import Settings
from services.feedback.store import Store


async def build() -> Service:
    """feedback, from the environment. Raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "feedback", clock, shards=events_of("feedback").partitions)
    store = Store(database)
    kept = timedelta(days=settings.retention_days)
    return Service(
        name="feedback",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings), kept),
        subscriptions=subscriptions(store, clock),
        prepare=store.prepare,
        tasks=(partial(retention.run, store, clock),),
    )
