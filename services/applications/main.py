"""Composition root of applications."""

from contracts.applications import ApplicationsCommandRefused
from contracts.topics import events_of
from services.applications.api.app import body_limit, make_api
from services.applications.consumer import subscriptions
from services.applications.sender import Sender
from services.applications.settings import Settings
from services.applications.store import Store
from services.chassis.leases import Leases
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read


async def build() -> Service:
    """applications, from the environment. Raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "applications", clock, shards=events_of("applications").partitions)
    store = Store(database)
    leases = Leases(database.collection("leases"), f"applications@{settings.instance}")
    return Service(
        name="applications",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings)),
        subscriptions=subscriptions(store, clock),
        refused=ApplicationsCommandRefused,
        prepare=store.prepare,
        body_limit=body_limit,
        tasks=(Sender(store, leases, clock).run,),
    )
