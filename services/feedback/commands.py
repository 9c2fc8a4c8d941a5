"""What feedback is asked, over HTTP; and what it asks itself when words are to be forgotten."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from contracts.feedback import Grade, Satisfaction, Source, Step
from contracts.model import Command, Id

Language = Literal["fr", "en"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class _Command(Command):
    service: ClassVar[str] = "feedback"
    version: Literal[1] = 1
    opinion_id: Id


class GiveOpinion(_Command):
    """``person_id`` is who is signed in."""

    type: Literal["GiveOpinion"] = "GiveOpinion"
    step: Step
    initiative_id: Id | None = None
    call_id: Id | None = None
    satisfaction: Satisfaction
    clarity: Grade | None = None
    help: Grade | None = None
    words: Words | None = None
    language: Language = "fr"
    source: Source
    person_id: Id | None = None


class AnswerOpinion(_Command):
    type: Literal["AnswerOpinion"] = "AnswerOpinion"
    by: Id
    words: Words


class MarkRead(_Command):
    type: Literal["MarkRead"] = "MarkRead"
    by: Id


class ForgetWords(_Command):
    """Whatever was written is to go, and with it who wrote it."""

    type: Literal["ForgetWords"] = "ForgetWords"
