"""Mailings: drafted, looked at, sent. The notices of one that leaves are made by a task, which any restart takes up again."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

import structlog

from contracts.decision import NotFound
from services.chassis.clock import Clock
from services.notifications.commands import CancelMailing, DraftMailing, QueueMailing, SendMailing
from services.notifications.domain import mailings
from services.notifications.domain.catalogue import MAILING
from services.notifications.domain.mailings import Mailing, Reach
from services.notifications.store import Store

log = structlog.get_logger()
Answer = dict[str, Any]
SWEEP_SECONDS = 2.0


async def draft_mailing(command: DraftMailing, store: Store, clock: Clock) -> Answer:
    """Recipients first: a mailing that is there has all of them."""
    await store.mailings.keep_recipients(command.command_id, command.recipients)
    return await store.mailings.mailings.decide(
        str(command.command_id), command, lambda state: mailings.draft(state, command, clock.now())
    )


async def send_mailing(command: SendMailing, store: Store, clock: Clock) -> Answer:
    answer = await store.mailings.mailings.decide(
        str(command.mailing_id), command, lambda state: mailings.send(state, command, clock.now())
    )
    store.mailings.waiting.set()
    return answer


async def cancel_mailing(command: CancelMailing, store: Store) -> Answer:
    return await store.mailings.mailings.decide(
        str(command.mailing_id), command, lambda state: mailings.cancel(state, command)
    )


async def mailing(mailing_id: UUID, store: Store) -> Mailing:
    """The mailing. Raises ``NotFound``."""
    found = await store.mailings.find(mailing_id)
    if found is None:
        raise NotFound
    return found


async def audience(mailing_id: UUID, store: Store) -> Answer:
    """How many would be told in which language, and how many not, by what keeps them from it."""
    found: Counter[str] = Counter()
    async for part in store.mailings.recipients(mailing_id):
        reached = await store.reach(part)
        found.update(_reached(reached.get(each)) for each in part)
    languages = {"fr": found["fr"], "en": found["en"]}
    kept_from = {name: found[name] for name in ("no_contact", "opted_out", "erased")}
    return {"languages": languages, "told": sum(languages.values()), **kept_from}


def _reached(reach: Reach | None) -> str:
    if reach is None:
        return "no_contact"
    if reach.erased:
        return "erased"
    return "opted_out" if reach.muted else reach.language


class Mailer:
    """Makes the notices of mailings that were let go, so many a second of system time."""

    def __init__(self, store: Store, clock: Clock, per_second: float) -> None:
        self._store, self._clock, self._pace = store, clock, 1.0 / per_second

    async def run(self) -> None:
        """Work until cancelled; what a crash left half made is made whole first."""
        while True:
            self._store.mailings.waiting.clear()
            try:
                for each in await self._store.mailings.queueing():
                    await self._queue(each)
            except Exception as error:
                log.warning("mailings.failed", error=type(error).__name__)
            await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._store.mailings.waiting.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return

    async def _queue(self, leaving: Mailing) -> None:
        number = 0
        async for part in self._store.mailings.recipients(leaving.mailing_id):
            made = [mailings.notice(leaving.mailing_id, each) for each in part]
            await self._store.add(made, self._clock.now(), pace=self._pace, before=number)
            number += len(part)
        command = QueueMailing(
            command_id=uuid5(leaving.mailing_id, "queued"), by=leaving.drafted_by, mailing_id=leaving.mailing_id
        )
        await self._store.mailings.mailings.decide(str(leaving.mailing_id), command, mailings.queued)
        log.info("mailing.queued", mailing=str(leaving.mailing_id), recipients=number)


async def sent(mailings: Iterable[Mailing], store: Store) -> set[UUID]:
    """Those of the mailings that have left, none of whose notices is still to be sent."""
    left = [each.mailing_id for each in mailings if each.status == "sending"]
    unsent = await store.unsent(map(str, left), MAILING) if left else set()
    return {each for each in left if str(each) not in unsent}


async def progress(found: Mailing, store: Store) -> Answer:
    """How far a mailing is: how many notices are in each state, and whether none is left to send."""
    states = await store.told(str(found.mailing_id), MAILING)
    left = states.get("pending", 0) + states.get("sending", 0)
    over = found.status == "sending" and left == 0
    return {"status": "sent" if over else found.status, "states": states, "left": left}
