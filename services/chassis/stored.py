"""An aggregate as its document holds it, with the answers to the last commands that changed it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from contracts.decision import Refusal
from contracts.model import Command
from services.chassis.turns import Marks

S = TypeVar("S", bound=BaseModel)
Answer = dict[str, Any]


class IdempotencyKeyReused(Refusal):
    code, status, title = "idempotency_key_reused", 422, "This Idempotency-Key was used with another body"


@dataclass(frozen=True, slots=True)
class Stored(Generic[S]):
    """An aggregate as it is kept."""

    key: str
    version: int
    state: S
    answers: list[dict[str, Any]]
    marks: Marks
    tag: Callable[[bytes], str]

    def answered(self, command: Command) -> Answer | None:
        """The first answer to this very command, if it was given. Raises ``IdempotencyKeyReused`` when the content differs."""
        for known in self.answers:
            if known["id"] == str(command.command_id):
                if known["digest"] != self.tag(content_of(command)):
                    raise IdempotencyKeyReused(field="Idempotency-Key")
                answer: Answer = known["answer"]
                return answer
        return None


def content_of(command: Command) -> bytes:
    """A command without its id, to be compared by its tag: what it holds of a person must not outlive their key."""
    return command.model_dump_json(exclude={"command_id"}).encode()
