"""What has to be true when a season is over, asked of the services and computed again from what they published."""

import csv
import io
from collections.abc import Awaitable, Callable

from deploy.local.season.ledgers import PUBLISHING, settled
from deploy.local.season.stage import Stage
from services.evaluation.domain.publication import Mismatch
from services.evaluation.recompute import recompute


async def invariants(stage: Stage) -> dict[str, bool]:
    """Every invariant of the season by name."""
    ledgers = await settled(stage.door)
    checks: dict[str, Callable[[Stage], Awaitable[bool]]] = {
        "submitted_equals_counted": _submitted,
        "one_ballot_per_pair": _ballots,
        "ranking_recomputed_equals_published": _ranking,
        "archives_chained": _chains,
        "record_sums_equal_source": _record,
    }
    found = {name: await check(stage) for name, check in checks.items()}
    money = await stage.door.operator("funding", "/internal/invariants")
    return {
        **found,
        **{str(name): bool(value) for name, value in money.items()},
        "consumers_at_archive_ends": ledgers.unconfirmed == 0,
        "outboxes_empty": ledgers.waiting == 0,
        "no_dead_letter": ledgers.dead_letters == 0,
    }


async def _chains(stage: Stage) -> bool:
    answers = [await stage.door.operator(name, "/internal/archive/verify", "POST") for name in PUBLISHING]
    return all(answer["intact"] for answer in answers)


async def _submitted(stage: Stage) -> bool:
    figures = await stage.door.get(None, "observatory", f"/calls/{stage.call_id}/figures")
    return bool(figures["applications"]["submitted"] == stage.size.submitted == len(stage.numbers))


async def _ballots(stage: Stage) -> bool:
    """Ballots of small groups are published as their mean only; without any, every counted ballot is there."""
    published = await stage.published_ballots()
    pairs = [(ballot["reader"], ballot["application"]) for ballot in published["ballots"]]
    all_there = len(pairs) == stage.counted or bool(published["small_cells"])
    return len(pairs) == len(set(pairs)) <= stage.counted and all_there


async def _ranking(stage: Stage) -> bool:
    published = await stage.published_ballots()
    try:
        return bool(recompute(published) == published["ranking"])
    except Mismatch:
        return False


async def _record(stage: Stage) -> bool:
    record = await stage.door.get(None, "observatory", "/programme/record")
    sums: dict[str, int] = {}
    for row in csv.DictReader(io.StringIO(stage.record_csv())):
        sums[row["priority"]] = sums.get(row["priority"], 0) + int(row["amount_eur"]) * 100
    return bool(record["sums_by_priority_cents"] == sums)
