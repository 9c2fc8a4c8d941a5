"""What a season comes to: the figures, the invariants, and the files it leaves."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.season.checks import invariants
from deploy.local.season.ledgers import settled
from deploy.local.season.memory import MEGABYTE
from deploy.local.season.stage import Stage
from services.observatory.validation import problems

OPEN_DATA = ("applications", "laureates", "grants")


async def summarise(
    stage: Stage, directory: Path, seconds: float, peak_bytes: int, faults: Mapping[str, Any]
) -> dict[str, Any]:
    """Check every invariant, write ``summary.json`` and the open data below ``directory``; the summary."""
    files = await _open_data(stage, directory / "open-data")
    found = await asyncio.to_thread(problems, "grants", directory / "open-data" / "grants.csv")
    checked = {**await invariants(stage), "grants_fit_their_schema": not found}
    ledgers = await settled(stage.door)
    figures = await stage.door.get(None, "observatory", f"/calls/{stage.call_id}/figures")
    mails = await stage.door.operator("notifications", "/outbox/summary")
    summary = {
        "scale": stage.size.scale,
        "applications_submitted": figures["applications"]["submitted"],
        "applications_refused": sum(stage.refused.values()),
        "refusals": dict(sorted(stage.refused.items())),
        "applications_in_pool": len(stage.pool),
        "ballots_counted": stage.counted,
        "laureates": len(stage.laureates),
        "initiatives": sorted(str(each) for each in stage.laureates),
        **await _cycles(stage),
        **await _money(stage),
        "record_projects": len((await stage.door.get(None, "observatory", "/programme/record"))["projects"]),
        "events_archived": ledgers.events,
        "events_unconfirmed": ledgers.unconfirmed,
        "dead_letters": ledgers.dead_letters,
        "mails": mails["states"].get("sent", 0),
        "requests": stage.door.requests,
        "faults": faults,
        "invariants": checked,
        "files": files,
        "seconds": round(seconds, 1),
        "peak_rss_mb": round(peak_bytes / MEGABYTE),
    }
    (directory / "summary.json").write_bytes(_json(summary))
    return summary


async def _cycles(stage: Stage) -> dict[str, int]:
    states = list((await stage.cycles()).values())
    return {"cycles_completed": states.count("closed"), "cycles_stopped": states.count("stopped")}


async def _money(stage: Stage) -> dict[str, int]:
    envelope = await stage.door.get(stage.cast.accountant, "funding", f"/envelopes/{stage.call_id}")
    return {
        "tranches_paid": stage.notes["tranches_paid"],
        "envelope_cents": envelope["amount_cents"],
        "committed_cents": envelope["committed_cents"],
        "paid_cents": envelope["paid_cents"],
        "clawed_back_cents": envelope["recovered_cents"],
    }


async def _open_data(stage: Stage, directory: Path) -> list[str]:
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    written = []
    for name in OPEN_DATA:
        for kind in ("csv", "json"):
            content = await stage.door.get(None, "observatory", f"/open-data/{name}.{kind}")
            path = directory / f"{name}.{kind}"
            raw = content if isinstance(content, bytes) else _json(content)
            await asyncio.to_thread(path.write_bytes, raw)
            written.append(path.name)
    return written


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
