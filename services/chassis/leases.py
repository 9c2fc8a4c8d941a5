"""One relay per shard: a lease in the service's database, kept by renewing it, lost by silence.

A lease is a courtesy that saves work; what keeps the archive from forking is its unique positions.
"""

import time

from pymongo.errors import DuplicateKeyError

from services.chassis.database import Collection

TTL_SECONDS = 10.0


class Leases:
    """The leases of one process, which is ``owner``."""

    def __init__(self, collection: Collection, owner: str) -> None:
        self._collection = collection
        self._owner = owner

    async def hold(self, name: str) -> bool:
        """Take or renew the lease ``name`` for ``TTL_SECONDS``; whether it is ours now."""
        now = time.time()
        mine = {"_id": name, "$or": [{"owner": self._owner}, {"until": {"$lt": now}}]}
        change = {"$set": {"owner": self._owner, "until": now + TTL_SECONDS}}
        try:
            await self._collection.update_one(mine, change, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def release(self, name: str) -> None:
        await self._collection.update_one({"_id": name, "owner": self._owner}, {"$set": {"until": 0.0}})
