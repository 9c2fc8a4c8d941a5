"""One function per command: load, decide, save."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from contracts.feedback import Source
from contracts.model import Model
from services.chassis.clock import Clock
from services.feedback.commands import AnswerOpinion, ForgetWords, GiveOpinion, MarkRead
from services.feedback.domain import opinions
from services.feedback.store import Store

Answer = dict[str, Any]
NAMESPACE = UUID("5f0c6f5e-7f6a-4c55-9a59-b5d0c2c1c0de")


class Giver(Model):
    """Who gives an opinion: the person who is signed in, else the token of a link, else nobody in particular.

    ``key`` is what a form that is sent twice repeats.
    """

    person_id: UUID | None = None
    token: str | None = None
    key: str | None = None

    @property
    def source(self) -> Source:
        return "person" if self.person_id else "token" if self.token else "anonymous"

    @property
    def who(self) -> str:
        """What tells this giver from all others; somebody new each time when there is nothing by which to tell."""
        told = self.person_id or self.token or self.key
        return f"{self.source} {told or uuid4()}"


async def give_opinion(given: Model, giver: Giver, retention: timedelta, store: Store, clock: Clock) -> Answer:
    """Note the opinion ``given``; sent again just as it was, it gets the first answer. Raises ``OpinionGivenAlready``."""
    content = given.model_dump(exclude={"token"})
    about = opinions.subject(content["step"], content["initiative_id"], content["call_id"], giver.who)
    opinion_id = uuid5(NAMESPACE, store.tag(about))
    command = GiveOpinion(
        command_id=uuid5(opinion_id, store.tag(given.model_dump_json().encode())),
        opinion_id=opinion_id,
        source=giver.source,
        person_id=giver.person_id,
        **content,
    )
    return await store.opinions.decide(
        str(opinion_id), command, lambda opinion: opinions.give(opinion, command, clock.now(), retention)
    )


async def mark_read(command: MarkRead, store: Store, clock: Clock) -> Answer:
    return await store.opinions.decide(
        str(command.opinion_id), command, lambda opinion: opinions.mark_read(opinion, command, clock.now())
    )


async def answer_opinion(command: AnswerOpinion, store: Store, clock: Clock) -> Answer:
    return await store.opinions.decide(
        str(command.opinion_id), command, lambda opinion: opinions.answer(opinion, command, clock.now())
    )


async def forget_words(opinion_id: UUID, store: Store, clock: Clock) -> None:
    """The key first: should the process die between, the mark is still there and it is done again."""
    await store.forget(opinion_id)
    command = ForgetWords(command_id=uuid5(opinion_id, "forget words"), opinion_id=opinion_id)
    await store.opinions.decide(
        str(opinion_id), command, lambda opinion: opinions.forget(opinion, command, clock.now())
    )


async def forget_person(person_id: UUID, store: Store, clock: Clock) -> None:
    """Forget what the person wrote, and that it was them."""
    for opinion in await store.of_person(person_id):
        await forget_words(opinion.opinion_id, store, clock)


async def forget_expired(store: Store, clock: Clock) -> int:
    """Forget words that have been kept long enough; how many opinions that were."""
    expired = await store.expired(clock.now())
    for opinion_id in expired:
        await forget_words(opinion_id, store, clock)
    return len(expired)
