"""The documents that the raw limit finds and updates by key."""

from collections.abc import Sequence
from random import Random

from services.chassis.database import Collection
from tests.benchmarks.load import request
from tests.benchmarks.raw import DATABASE
from tests.benchmarks.sides import Side
from tests.benchmarks.stand import Stand

ITEMS = 5_000
ITEM_BYTES, SENT_BYTES = 1_500, 300


class Items:
    """``keys`` are those of the documents in a collection of the raw limit's."""

    def __init__(self, stand: Stand, collection: str, keys: Sequence[str]) -> None:
        self._stand, self._collection, self._keys = stand, collection, keys
        self._random = Random(1)  # noqa: S311

    @classmethod
    async def of(cls, stand: Stand) -> "Items":
        """Documents without indexes."""
        keys = [f"{number:032d}" for number in range(ITEMS)]
        items = stand.database(DATABASE).collection("items")
        await items.insert_many([{"_id": key, "kept": "x" * ITEM_BYTES} for key in keys])
        return cls(stand, "items", keys)

    @classmethod
    async def like(cls, stand: Stand, kept: Collection) -> "Items":
        """The very documents that a service keeps, with the same indexes."""
        documents = await kept.find({}).to_list(ITEMS)
        items = stand.database(DATABASE).collection("like")
        for name, index in (await kept.index_information()).items():
            given = {option: value for option, value in index.items() if option not in ("key", "v")}
            if name != "_id_":
                await items.create_index(index["key"], name=name, **given)
        await items.insert_many(documents)
        return cls(stand, "like", [each["_id"] for each in documents])

    def side(self, count: int) -> Side:
        """``count`` requests a round, each of a document drawn at random."""
        return Side(self._stand, None, lambda: [self._one() for _ in range(count)])

    def _one(self) -> bytes:
        key = self._random.choice(self._keys)
        return request("PUT", f"/{self._collection}/{key}", body={"sent": "x" * SENT_BYTES})
