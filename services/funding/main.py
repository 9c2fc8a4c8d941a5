"""The composition root of funding."""

import asyncio

import structlog
from pymongo.errors import PyMongoError

from contracts.decision import Refusal
from contracts.funding import FundingCommandRefused
from contracts.topics import events_of
from services.chassis.clock import Clock
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from services.funding.api.app import body_limit, make_api
from services.funding.consumer import subscriptions
from services.funding.handlers.agreements import resume_commitments
from services.funding.payments.files import PaymentFiles
from services.funding.settings import Settings
from services.funding.store import Store

log = structlog.get_logger()
SWEEP_SECONDS = 5.0


async def build() -> Service:
    """The service of funding, from the environment."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "funding", clock, shards=events_of("funding").partitions)
    store = Store(database)
    adapter = PaymentFiles(settings.payments, settings.debtor)

    async def sweep() -> None:
        await _sweep(store, clock)

    return Service(
        name="funding",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings), adapter),
        subscriptions=subscriptions(store, clock, adapter),
        refused=FundingCommandRefused,
        prepare=store.prepare,
        body_limit=body_limit,
        tasks=(sweep,),
    )


async def _sweep(store: Store, clock: Clock) -> None:
    """Carry countersignatures that a crash left in between to their end, for as long as the service runs."""
    while True:
        try:
            await resume_commitments(store, clock)
        except (PyMongoError, Refusal) as error:
            log.warning("sweep.failed", service="funding", error=type(error).__name__)
        await asyncio.sleep(SWEEP_SECONDS)
