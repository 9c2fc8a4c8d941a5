"""Ballots over HTTP, against a bare handler that does one find and one update by key on the same database."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle, islice, product
from random import Random
from uuid import UUID, uuid4

from rich.console import Console

from contracts.applications import ApplicationFoundEligible
from contracts.calls import CallClosed
from contracts.evaluation import FreezePool
from contracts.model import Event
from contracts.people import RoleGranted
from tests.benchmarks.figures import Effort, Figure
from tests.benchmarks.load import request
from tests.benchmarks.raw_items import Items
from tests.benchmarks.sides import Side, compared
from tests.benchmarks.stand import Stand, stand
from tests.evaluation import CRITERIA, SCHEDULE, published, submitted
from tests.platform import Elsewhere, elsewhere, eventually

COUNTS = {1: 200, 20: 1_000}
"""Requests in a round, by clients."""

MEMBERS, POOL = 20, 100
LONGEST_COMMENT = 400


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Ballots a second with one client and with twenty; every ballot is cast many times over."""
    async with stand("evaluation") as place, elsewhere(place.address("kafka")) as world:
        items, ballots = await Items.of(place), cycle(await Panel(place, world).ballots(effort.of(POOL)))
        found = []
        for clients, count in ((clients, effort.of(count, clients)) for clients, count in COUNTS.items()):
            console.print(f"Ballots with {clients} at once: {effort.rounds} rounds of {count}.")
            ours = Side(place, "evaluation", partial(_next, ballots, count))
            found.append(await compared(f"ballots, {clients} at once", ours, items.side(count), clients, effort))
        return found


def _next(ballots: Iterator[bytes], count: int) -> Sequence[bytes]:
    return list(islice(ballots, count))


class Panel:
    """A round whose members all read the whole pool; ``world`` stands in for the other services."""

    def __init__(self, place: Stand, world: Elsewhere) -> None:
        self._place, self._world = place, world
        self._officer = place.token(uuid4(), "programme_officer")
        self._call_id = uuid4()
        self._base = f"/rounds/{self._call_id}"

    async def ballots(self, applications: int) -> Sequence[bytes]:
        """Open the round; the requests that cast all its ballots, in no order."""
        pool, members = [uuid4() for _ in range(applications)], [uuid4() for _ in range(MEMBERS)]
        await self._freeze(pool)
        for member in members:
            granted = RoleGranted(
                person_id=member, role="expert", granted_by=uuid4(), granted_at=SCHEDULE.evaluation_opens_at
            )
            await self._happened(granted, member)
        await self._place.until_confirmed("people", MEMBERS, "evaluation")
        body = {"members": [{"member_id": str(member), "college": "experts"} for member in members]}
        await self._place.ask("POST", "evaluation", f"{self._base}/members", self._officer, body)
        await self._place.ask("POST", "evaluation", f"{self._base}/assignments", self._officer)
        requests = list(self._casting(members, pool))
        Random(1).shuffle(requests)  # noqa: S311
        return requests

    async def _freeze(self, pool: Sequence[UUID]) -> None:
        self._place.installation.directory.running_clock().move(SCHEDULE.evaluation_opens_at)
        await self._happened(published(self._call_id), self._call_id)
        for key in pool:
            await self._happened(submitted(self._call_id, key, uuid4()), key)
            await self._happened(
                ApplicationFoundEligible(application_id=key, call_id=self._call_id, rule="all_rules"), key
            )
        await self._happened(CallClosed(call_id=self._call_id, submitted=len(pool)), self._call_id)
        await self._place.until_confirmed("applications", 2 * len(pool) + 2, "evaluation")
        command = FreezePool(command_id=uuid4(), requester="benchmark", call_id=self._call_id)
        await self._world.ask(command, self._call_id, SCHEDULE.evaluation_opens_at)
        asked = ("GET", "evaluation", self._base, self._officer)
        await eventually(lambda: self._place.ask(*asked), lambda told: told["applications"] == len(pool))

    async def _happened(self, event: Event, subject: UUID) -> None:
        await self._world.happened(event, subject, SCHEDULE.evaluation_opens_at)

    def _casting(self, members: Sequence[UUID], pool: Sequence[UUID]) -> Iterator[bytes]:
        random = Random(2)  # noqa: S311
        tokens = {member: self._place.token(member, "expert") for member in members}
        for member, application in product(members, pool):
            scores = {each.code: random.randint(each.minimum, each.maximum) for each in CRITERIA}
            body = {"scores": scores, "comment": "x" * random.randrange(LONGEST_COMMENT)}
            yield request("PUT", f"{self._base}/ballots/{application}", tokens[member], body)
