"""The observatory put together."""

from services.chassis.broker import PROFILES
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from services.observatory.api.app import make_api
from services.observatory.consumer import subscriptions
from services.observatory.settings import Settings
from services.observatory.store.store import Store


async def build() -> Service:
    """The service, from the environment; raises ``SystemExit`` naming the setting that is missing or wrong."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "observatory", clock)
    store = Store(database, PROFILES[settings.broker_profile].groups)
    return Service(
        name="observatory",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, clock, make_verifier(settings), settings),
        subscriptions=subscriptions(store),
        publishes=False,
        prepare=store.prepare,
    )
