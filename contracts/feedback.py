"""Events of feedback: how a step of the programme went. Who said it and in which words stays in the service."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.model import Event, Id, Instant

Step = Literal["application", "evaluation", "cycle", "payment", "site"]
Satisfaction = Literal[0, 5, 10]
Grade = Annotated[int, Field(strict=True, ge=1, le=5)]
Source = Literal["person", "token", "anonymous"]
"""How the one who gives an opinion is known: signed in, by the token of a link that they were sent, or not at all."""


class _Event(Event):
    service: ClassVar[str] = "feedback"


class OpinionGiven(_Event):
    """``satisfaction`` as "Je donne mon avis" asks for it: 0 bad, 5 middling, 10 good; ``clarity`` and ``help`` from 1 to 5."""

    type: Literal["OpinionGiven"] = "OpinionGiven"
    version: Literal[1] = 1
    opinion_id: Id
    step: Step
    initiative_id: Id | None = None
    call_id: Id | None = None
    satisfaction: Satisfaction
    clarity: Grade | None = None
    help: Grade | None = None
    source: Source
    given_at: Instant


class OpinionAnswered(_Event):
    """``owner_id``: who gave the opinion and may read the answer; nobody when it was given without signing in."""

    type: Literal["OpinionAnswered"] = "OpinionAnswered"
    version: Literal[1] = 1
    opinion_id: Id
    owner_id: Id | None = None
    answered_at: Instant
