"""The control topic: archives say how far they go, and a consumer that misses a part asks for it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Notice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Heads(_Notice):
    """A source's shards and the last position of each."""

    kind: Literal["heads"] = "heads"
    source: str
    heads: dict[int, int]


class Missing(_Notice):
    """A consumer's request: publish the shard again from the position after ``after``."""

    kind: Literal["missing"] = "missing"
    source: str
    shard: int
    after: int


def read(value: bytes) -> Heads | Missing | None:
    """The notice in a record's value, or nothing when it is not one."""
    for kind in (Heads, Missing):
        try:
            return kind.model_validate_json(value)
        except ValueError:
            continue
    return None
