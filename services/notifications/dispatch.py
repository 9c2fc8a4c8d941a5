"""The task that sends what waits: claim, send, mark. What it was doing when it died is never sent twice.

Waiting and claims are in system time: a mail server does not follow the season's clock.
"""

import asyncio
import time
from collections.abc import Mapping

import structlog

from services.chassis.clock import Clock
from services.notifications.channels.port import Channel, NotDelivered, Parcel
from services.notifications.commands import Language
from services.notifications.domain import notices
from services.notifications.domain.catalogue import INVITATION, MAILING
from services.notifications.domain.contacts import Address, Contact
from services.notifications.domain.notices import Notice
from services.notifications.store import Store
from services.notifications.writer import Writer

log = structlog.get_logger()
AT_ONCE = 8
SWEEP_SECONDS = 1.0
GRACE_SECONDS = 10.0


class Dispatcher:
    """Sends what waits, through the channels of this installation, by name."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], writer: Writer, clock: Clock) -> None:
        self._store, self._channels, self._writer, self._clock = store, channels, writer, clock
        self._repeatable = all(channel.repeatable for channel in channels.values())
        self._sweep_at = 0.0
        self._lifetime = sum(channel.seconds for channel in channels.values())

    async def run(self) -> None:
        """Send until cancelled; what is in hand then is finished first, within ``GRACE_SECONDS``."""
        try:
            while True:
                await self._finishing()
        finally:
            for channel in self._channels.values():
                await channel.close()

    async def _finishing(self) -> None:
        turn = asyncio.ensure_future(self._turn())
        try:
            sent = await asyncio.shield(turn)
        except asyncio.CancelledError:
            await asyncio.wait([turn], timeout=GRACE_SECONDS)
            turn.cancel()
            raise
        except Exception as error:
            log.warning("notices.failed", error=type(error).__name__)
            sent = 0
        if not sent:
            await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._store.waiting.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return

    async def _turn(self) -> int:
        self._store.waiting.clear()
        await self._take_back()
        claim, claimed = await self._store.claim(AT_ONCE, self._lifetime)
        if claimed:
            contacts = await self._store.contacts_of(notice.person_id for notice in claimed)
            sending = (self._deliver(notice, claim, contacts.get(notice.person_id)) for notice in claimed)
            for failure in filter(None, await asyncio.gather(*sending, return_exceptions=True)):
                log.warning("notice.left_in_hand", error=type(failure).__name__)
        return len(claimed)

    async def _take_back(self) -> None:
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + SWEEP_SECONDS
        if lost := await self._store.take_back(repeatable=self._repeatable):
            log.warning("notices.taken_back", notices=lost, repeatable=self._repeatable)

    async def _deliver(self, notice: Notice, claim: str, contact: Contact | None) -> None:
        if state := notices.obstacle(notice, contact):
            await self._store.settle(notice, claim, state)
            if state == "no_contact" and await self._store.contact(notice.person_id):
                await self._store.release(notice.person_id)
            return
        number = notice.number or await self._store.number(notice.about)
        if notices.waits_for_number(notice, number):
            await self._postpone(notice, claim, "number_unknown")
            return
        assert contact is not None  # noqa: S101
        await self._send(notice, claim, contact, number)

    async def _send(self, notice: Notice, claim: str, contact: Contact, number: str | None) -> None:
        assert contact.private is not None  # noqa: S101
        left = [name for name in contact.channels if name not in notice.done and name in self._channels]
        try:
            for name in left:
                address = _address(contact.private, name)
                await self._channels[name].send(await self._written(notice, number, contact.language, address))
                if len(left) > 1:
                    await self._store.note_done(notice, claim, name)
        except NotDelivered as failure:
            await self._postpone(notice, claim, failure.code, permanent=failure.permanent)
        except Exception as error:
            log.warning("notice.interrupted", notice=notice.id, error=type(error).__name__)
            if self._repeatable:
                await self._postpone(notice, claim, "interrupted")
            else:
                await self._store.settle(notice, claim, "failed", code="interrupted")
        else:
            await self._store.settle(notice, claim, "sent", sent_at=self._clock.now().isoformat(), code=None)
            if notice.reason == INVITATION:
                await self._store.links.drop(notice.id)

    async def _written(self, notice: Notice, number: str | None, language: Language, address: str) -> Parcel:
        if notice.reason == INVITATION:
            token = await self._store.links.token(notice.id, notice.person_id)
            if token is None:
                raise NotDelivered("nothing_to_say", permanent=True)
            return self._writer.write(notice, number, language, address, token)
        if notice.reason != MAILING:
            return self._writer.write(notice, number, language, address)
        content = await self._store.mailings.content(notice.subject)
        if content is None:
            raise NotDelivered("nothing_to_say", permanent=True)
        return self._writer.mailing(notice.id, content.words(language), language, address)

    async def _postpone(self, notice: Notice, claim: str, code: str, *, permanent: bool = False) -> None:
        attempts = notice.attempts + 1
        wait = None if permanent else notices.delay(attempts)
        if wait is None:
            log.error("notice.failed", notice=notice.id, reason=notice.reason, code=code)
            await self._store.settle(notice, claim, "failed", code=code, attempts=attempts)
        else:
            due = time.time() + wait
            await self._store.settle(notice, claim, "pending", code=code, attempts=attempts, due=due)


def _address(address: Address, channel: str) -> str:
    return address.phone or "" if channel == "sms" else address.email
