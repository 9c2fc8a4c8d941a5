"""``make bench``: every benchmark, or those named; figures below var/bench/, a table here.

Measure on a machine that does nothing else.
"""

import asyncio
import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

NAMES = ("portal", "lists")
FOLDER = Path("var/bench")
_VERSIONS = ("fastapi", "uvicorn", "jinja2", "pymongo", "motor", "aiokafka", "temporalio", "pydantic")


def main(names: list[str]) -> None:
    """Run them in order. Raises ``SystemExit`` for a name that is none."""
    if unknown := set(names) - set(NAMES):
        raise SystemExit(f"No benchmark of that name: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    console = Console()
    for name in names or NAMES:
        figures = asyncio.run(importlib.import_module(f"tests.benchmarks.{name}").measure(console))
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.json").write_text(json.dumps({**_where(), "figures": figures}, indent=2) + "\n")
        console.print(_table(name, figures))


def _where() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_before": os.getloadavg()[0],
        "versions": {name: version(name) for name in _VERSIONS},
    }


def _table(name: str, figures: dict[str, dict[str, float]]) -> Table:
    columns = list(dict.fromkeys(column for figure in figures.values() for column in figure))
    table = Table("what", *columns, title=name)
    for label, figure in figures.items():
        table.add_row(
            label, *(f"{figure[column]:,.2f}".rstrip("0").rstrip(".") if column in figure else "" for column in columns)
        )
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
