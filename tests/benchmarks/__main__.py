"""``make bench``: every benchmark but the season, or those named; figures below var/bench/, a table here, a page in docs/.

Measure on a machine that does nothing else. A missed aim is told and is no failure.
"""

import importlib
from typing import Annotated

import typer
from rich.console import Console

from deploy.local.loops import run
from tests.benchmarks import report
from tests.benchmarks.figures import TINY, Effort, Figure
from tests.benchmarks.machine import here

DEFAULT = ("submissions", "ballots", "events", "latency", "cycles", "memory", "growth", "portal", "lists")
ALL = (*DEFAULT, "season")


def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(ALL)}; by default all but season.")] = None,
    scale: Annotated[
        list[float] | None, typer.Option(min=0.05, help="A size of the season, in its part; may be repeated.")
    ] = None,
    tiny: Annotated[bool, typer.Option("--tiny", help="In seconds, to see that it runs; nothing is written.")] = False,
) -> None:
    """Measure, as ratios to the raw limit in the same run."""
    if unknown := set(parts or ()) - set(ALL):
        raise typer.BadParameter(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    effort = TINY if tiny else Effort(scales=tuple(scale)) if scale else Effort()
    console, found = Console(), list[Figure]()
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    for part in parts or DEFAULT:
        where = here()
        console.print(f"[bold]{part}[/bold]")
        figures = run(importlib.import_module(f"tests.benchmarks.{part}").measure(console, effort))
        if not tiny:
            report.keep(part, where, figures)
            report.update_page(part, where, figures)
        found += figures
    console.print(report.table(found, "Tiny: these figures mean nothing" if tiny else "Medians of all rounds"))


if __name__ == "__main__":
    typer.run(main)
