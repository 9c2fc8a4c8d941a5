"""An open call and drafts that can be submitted, for benchmarks of submissions."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import uuid4

import orjson

from deploy.local.season import script
from deploy.local.season.cast import cast
from deploy.local.season.size import POOL, Size
from deploy.local.season.stage import Candidature
from tests.benchmarks.load import Connection, request
from tests.benchmarks.stand import Stand

_CLIENTS = 8


@dataclass
class Drafts:
    """Drafts of as many people as there are drafts, each with its owner's token."""

    stand: Stand
    call_id: str
    _candidatures: Iterator[Candidature]

    @classmethod
    async def of(cls, stand: Stand, most: int) -> "Drafts":
        """A call that is open, for at most so many drafts."""
        size = Size(max(1.0, 1.2 * most / POOL))
        plain = (each for each in script.candidatures(size, cast(size)) if each.part == "plain")
        officer = stand.token(uuid4(), "programme_officer")
        call = await stand.ask("POST", "applications", "/calls", officer, script.call(size))
        return cls(stand, call["call_id"], plain)

    async def make(self, count: int) -> list[bytes]:
        """Write so many drafts; the requests that submit them."""
        made = iter(list(islice(self._candidatures, count)))
        parts = await asyncio.gather(*(self._write(made) for _ in range(_CLIENTS)))
        return [sent for part in parts for sent in part]

    async def _write(self, candidatures: Iterator[Candidature]) -> list[bytes]:
        connection, found = await Connection.to(self.stand.port("applications")), list[bytes]()
        for each in candidatures:
            token = self.stand.token(each.applicant.person.id, "applicant")
            body = {
                "kind": each.applicant.kind,
                "applicant": script.presented(each.applicant),
                "answers": script.answers(each),
                "synthetic": True,
            }
            sent = request("POST", f"/calls/{self.call_id}/applications", token, body)
            key = orjson.loads(await connection.ask(sent))["application_id"]
            found.append(request("POST", f"/applications/{key}/submit", token))
        connection.close()
        return found
