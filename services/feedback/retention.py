"""The task that forgets words when their time is over."""

import asyncio

import structlog

from services.chassis.clock import Clock
from services.feedback import handlers
from services.feedback.store import Store

log = structlog.get_logger()
SWEEP_SECONDS = 30.0


async def run(store: Store, clock: Clock) -> None:
    """Look again and again, until cancelled; a database that does not answer is asked again."""
    while True:
        try:
            if forgotten := await handlers.forget_expired(store, clock):
                log.info("words.forgotten", opinions=forgotten)
                continue
        except Exception as error:
            log.warning("words.not_forgotten", error=type(error).__name__)
        await asyncio.sleep(SWEEP_SECONDS)
