"""The documents that the raw limit finds and updates, as large as an application."""

from random import Random

from tests.benchmarks.load import request
from tests.benchmarks.raw import DATABASE
from tests.benchmarks.sides import Side
from tests.benchmarks.stand import Stand

ITEMS = 5_000
ITEM_BYTES, SENT_BYTES = 1_500, 300


class Items:
    def __init__(self, stand: Stand) -> None:
        self._stand, self._random = stand, Random(1)  # noqa: S311

    @classmethod
    async def of(cls, stand: Stand) -> "Items":
        """Fill the raw limit's collection."""
        items = stand.database("raw").client[DATABASE]["items"]
        await items.insert_many([{"_id": f"{number:032d}", "kept": "x" * ITEM_BYTES} for number in range(ITEMS)])
        return cls(stand)

    def side(self, count: int) -> Side:
        """``count`` requests a round, each of a document drawn at random."""
        return Side(self._stand, None, lambda: [self._one() for _ in range(count)])

    def _one(self) -> bytes:
        key = self._random.randrange(ITEMS)
        return request("PUT", f"/items/{key:032d}", body={"sent": "x" * SENT_BYTES})
