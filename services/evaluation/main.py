"""Composition root of evaluation."""

from contracts.evaluation import EvaluationCommandRefused
from contracts.topics import events_of
from services.chassis.leases import Leases
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from services.evaluation.api.app import make_api
from services.evaluation.assigner import Assigner
from services.evaluation.consumer import subscriptions
from services.evaluation.settings import Settings
from services.evaluation.store.store import Store


async def build() -> Service:
    """evaluation, from the environment. Raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "evaluation", clock, shards=events_of("evaluation").partitions)
    store = Store(database)
    leases = Leases(database.collection("leases"), f"evaluation@{settings.instance}")
    return Service(
        name="evaluation",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings)),
        subscriptions=subscriptions(store, clock),
        refused=EvaluationCommandRefused,
        prepare=store.prepare,
        tasks=(Assigner(store, leases).run,),
    )
