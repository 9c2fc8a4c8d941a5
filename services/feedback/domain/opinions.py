"""Opinions: given once, read, answered once, and their words forgotten when their time is over."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.decision import Decision, NotFound
from contracts.feedback import Grade, OpinionAnswered, OpinionGiven, Satisfaction, Source, Step
from contracts.model import Id, Instant, Model
from services.feedback.commands import AnswerOpinion, ForgetWords, GiveOpinion, Language, MarkRead
from services.feedback.domain import refusals


class Opinion(Model):
    """The aggregate. ``place`` orders opinions by time; ``words`` and ``answer`` are sealed under a key of the opinion's own."""

    opinion_id: Id
    place: str
    step: Step
    initiative_id: Id | None = None
    call_id: Id | None = None
    satisfaction: Satisfaction
    clarity: Grade | None = None
    help: Grade | None = None
    language: Language
    source: Source
    person_id: Id | None = None
    given_at: Instant
    words: str | None = None
    words_until: Instant | None = None
    forgotten_at: Instant | None = None
    read_by: Id | None = None
    read_at: Instant | None = None
    answer: str | None = None
    answered_by: Id | None = None
    answered_at: Instant | None = None


def instant(moment: datetime) -> str:
    """An instant of one length, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def subject(step: Step, initiative_id: Id | None, call_id: Id | None, who: str) -> bytes:
    """What there is one opinion of: a step of an initiative or a call, as ``who`` went through it."""
    return "\n".join((step, str(initiative_id or ""), str(call_id or ""), who)).encode()


def give(opinion: Opinion | None, command: GiveOpinion, now: datetime, kept: timedelta) -> Decision[Opinion]:
    """Note an opinion, whose words are ``kept`` for so long.

    Raises ``OpinionGivenAlready``: there is one for each step, subject and person or token.
    """
    if opinion is not None:
        raise refusals.OpinionGivenAlready
    given = Opinion(
        **command.model_dump(exclude={"command_id", "requester", "type", "version"}),
        place=f"{instant(now)}/{command.opinion_id}",
        given_at=now,
        words_until=now + kept,
    )
    told = ("opinion_id", "step", "initiative_id", "call_id", "satisfaction", "clarity", "help", "source", "given_at")
    event = OpinionGiven(**{name: getattr(given, name) for name in told})
    return Decision(given, (event,), _answer(given))


def mark_read(opinion: Opinion | None, command: MarkRead, now: datetime) -> Decision[Opinion]:
    """Note who read it first, and when. Raises ``NotFound``."""
    if opinion is None:
        raise NotFound
    if opinion.read_at is not None:
        return Decision(opinion, (), _answer(opinion))
    read = opinion.model_copy(update={"read_by": command.by, "read_at": now})
    return Decision(read, (), _answer(read))


def answer(opinion: Opinion | None, command: AnswerOpinion, now: datetime) -> Decision[Opinion]:
    """Answer it, once; whoever answers has read it. Raises ``NotFound``, ``AnsweredAlready``, ``WordsForgotten``."""
    if opinion is None:
        raise NotFound
    if opinion.forgotten_at is not None:
        raise refusals.WordsForgotten
    if opinion.answered_at is not None:
        raise refusals.AnsweredAlready
    read = {} if opinion.read_at else {"read_by": command.by, "read_at": now}
    written = {"answer": command.words, "answered_by": command.by, "answered_at": now}
    answered = opinion.model_copy(update={**read, **written})
    event = OpinionAnswered(opinion_id=opinion.opinion_id, owner_id=opinion.person_id, answered_at=now)
    return Decision(answered, (event,), _answer(answered))


def forget(opinion: Opinion | None, command: ForgetWords, now: datetime) -> Decision[Opinion]:
    """Leave the numbers and the dates only. Raises ``NotFound``."""
    if opinion is None:
        raise NotFound
    if opinion.forgotten_at is not None:
        return Decision(opinion, (), _answer(opinion))
    nothing = dict.fromkeys(("words", "words_until", "answer", "person_id"))
    forgotten = opinion.model_copy(update={**nothing, "forgotten_at": now})
    return Decision(forgotten, (), _answer(forgotten))


def _answer(opinion: Opinion) -> dict[str, Any]:
    names = {"opinion_id", "given_at", "read_at", "answered_at", "forgotten_at"}
    return opinion.model_dump(mode="json", include=names, exclude_none=True)
