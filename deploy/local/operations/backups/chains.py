"""Archives in a backup: every shard's chain recomputed, from a file as from a database, and how far each one goes."""

from collections.abc import AsyncIterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.chassis.archive import Broken, Head, follow


class Chain(BaseModel):
    """One shard's archive: the hash of its first entry, its last position and the hash there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: str
    position: int
    hash: str


class Chains(BaseModel):
    """A service's archive by shard; ``broken`` says where a chain does not hold, if one does not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shards: dict[int, Chain] = {}
    broken: str | None = None

    @property
    def events(self) -> int:
        return sum(chain.position for chain in self.shards.values())

    def continues(self, earlier: "Chains") -> bool:
        """Whether this is the same archive, as far on as ``earlier`` or further."""
        return all(
            (mine := self.shards.get(shard)) is not None
            and mine.first == chain.first
            and mine.position >= chain.position
            and (mine.position > chain.position or mine.hash == chain.hash)
            for shard, chain in earlier.shards.items()
        )


async def read(entries: AsyncIterable[Mapping[str, Any]]) -> Chains:
    """Follow the chains through ``entries``, which are in order within each shard; it ends where one breaks."""
    heads: dict[int, Head] = {}
    firsts: dict[int, str] = {}
    broken = None
    async for entry in entries:
        shard = int(entry["place"].split(":")[0])
        try:
            heads[shard] = follow(shard, heads.get(shard, Head()), entry)
        except Broken as error:
            broken = str(error)
            break
        firsts.setdefault(shard, heads[shard].hash)
    chains = {
        shard: Chain(first=firsts[shard], position=head.position, hash=head.hash) for shard, head in heads.items()
    }
    return Chains(shards=chains, broken=broken)
