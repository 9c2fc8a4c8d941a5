"""``tremplin demo``: the season in a terminal."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table

from deploy.local.loops import run
from deploy.local.refusals import PlatformRefusal
from deploy.local.season.faults import ROUND, plan
from deploy.local.season.size import Size
from deploy.local.season.watching import Watcher

EUROS = {
    "envelope_cents": "Envelope",
    "committed_cents": "Committed",
    "paid_cents": "Paid",
    "clawed_back_cents": "To be recovered, booked apart",
}
COUNTS = {
    "applications_submitted": "Applications with a number",
    "applications_refused": "Refused, each for its reason",
    "applications_in_pool": "In the frozen pool",
    "ballots_counted": "Ballots counted",
    "laureates": "Laureates",
    "cycles_completed": "Cycles completed",
    "cycles_stopped": "Cycles stopped",
    "tranches_paid": "Tranches paid",
    "record_projects": "Projects of the published record, real",
    "events_archived": "Events archived",
    "mails": "Mails",
}


def demo(
    scale: Annotated[float, typer.Option(min=0.05, max=100, help="Times the reference season.")] = 1.0,
    week_seconds: Annotated[
        float | None, typer.Option(min=0.05, max=604_800, help="Let weeks be seen passing, at so many seconds each.")
    ] = None,
    processes: Annotated[bool, typer.Option("--processes", help="One process for each service.")] = False,
    var: Annotated[Path, typer.Option("--var", help="The season is written below it, in season/.")] = Path("var"),
    chaos: Annotated[
        int | None, typer.Option(help="Do faults to the platform meanwhile, the same for the same number.")
    ] = None,
    faults: Annotated[int, typer.Option(min=1, max=1_000, help="With --chaos: how many.")] = len(ROUND),
) -> None:
    """Play a whole season on the embedded platform, and check it."""
    from deploy.local.season.door import SeasonFailure
    from deploy.local.season.running import Season, play

    console = Console()
    struck = () if chaos is None else plan(chaos, faults, Size(scale))
    season = Season(var / "season", scale, week_seconds, processes or bool(struck), struck)
    try:
        with Screen(console) as screen:
            summary = run(play(season, screen))
    except SeasonFailure as failure:
        console.print(f"[red]The season failed.[/red] {failure}", soft_wrap=True)
        console.print(f"The logs are in {season.directory}/platform/log.", soft_wrap=True)
        sys.exit(1)
    except PlatformRefusal as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(2)
    show(console, summary, season.directory)
    broken = [name for name, holds in summary["invariants"].items() if not holds]
    if broken:
        console.print("[red]Broken:[/red] " + ", ".join(broken))
        sys.exit(1)


def season_played(var: Path, scale: float, processes: bool) -> Path:
    """Where the platform of the season below ``var`` is; the season is played first when there is none. May end the process."""
    if not (var / "season" / "summary.json").exists():
        demo(scale, None, processes, var, None, 1)
    return var / "season" / "platform"


class Screen(Watcher):
    """Progress by phase, as bars in a terminal and as lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(*columns, console=console, transient=True)
        self._bar: TaskID | None = None

    def __enter__(self) -> "Screen":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def begin(self, phase: str) -> None:
        self._bar = self._bars.add_task(phase, total=None)

    def told(self, what: str, done: int, of: int) -> None:
        if self._bar is not None:
            self._bars.update(self._bar, completed=done, total=of)

    def struck(self, fault: str, during: str | None, seconds: float) -> None:
        told = f"{fault:<34} {seconds:6.1f} s until all was well, {during or 'after the play'}"
        self._console.print(f"[yellow]⚡[/yellow] {told}", highlight=False, soft_wrap=True)

    def end(self, phase: str, seconds: float) -> None:
        if self._bar is not None:
            self._bars.remove_task(self._bar)
        self._console.print(f"[green]✓[/green] {phase:<34} {seconds:6.1f} s", highlight=False)


def show(console: Console, summary: Mapping[str, Any], directory: Path) -> None:
    """Print the summary that a person wants to read."""
    figures = Table("The season", "", show_header=True, title="Accélérateur d'initiatives citoyennes (synthetic)")
    for name, label in COUNTS.items():
        figures.add_row(label, f"{summary[name]:,}".replace(",", " "))
    for name, label in EUROS.items():
        figures.add_row(label, f"{summary[name] / 100:,.0f} €".replace(",", " "))
    console.print(figures)
    checks = Table("Invariant", "", title="Checked")
    for name, holds in summary["invariants"].items():
        checks.add_row(name.replace("_", " "), "[green]true[/green]" if holds else "[red]FALSE[/red]")
    console.print(checks)
    if survived := summary["faults"]["survived"]:
        median, worst = (summary["faults"][name] for name in ("median_seconds", "worst_seconds"))
        played = summary["faults"]["during_play"]
        console.print(f"{survived} faults survived, {played} of them while the season was played;", highlight=False)
        console.print(f"all was well again after {median} s (median), {worst} s (worst).", highlight=False)
    console.print(f"{summary['seconds']} s, at most {summary['peak_rss_mb']} MB for all processes together.")
    console.print(f"Written: {directory}/summary.json, open-data/, platform/mail/, platform/payments/", soft_wrap=True)
    first = summary["initiatives"][0]
    console.print(f"To look around: tremplin up --var {directory}/platform, then in another terminal", soft_wrap=True)
    console.print(f"tremplin follow {first} --var {directory}/platform", soft_wrap=True, highlight=False)
