"""The ``tremplin`` command. Each command is thin; other groups of commands are added in ``_add_groups``."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.operations.backups.commands import app as backups
from deploy.local.operations.commands import app as operations
from deploy.local.refusals import PlatformRefusal
from deploy.local.season.command import demo as play_demo
from deploy.local.season.command import season_played
from deploy.local.terminal import instant, refuse

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
clock = typer.Typer(no_args_is_help=True, help="Read and move the season's clock.")

Var = Annotated[Path, typer.Option("--var", help="The data directory.", show_default=True)]
_VAR = Path("var")


def _add_groups() -> None:
    """Commands that live in modules of their own: one line for each."""
    app.add_typer(clock, name="clock")
    app.add_typer(operations)
    app.add_typer(backups)
    app.command("demo")(play_demo)


_add_groups()


@app.command()
def up(
    var: Var = _VAR,
    processes: Annotated[bool, typer.Option("--processes", help="One process for each service.")] = False,
    start: Annotated[str | None, typer.Option(help="The season instant to start at, RFC 3339.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.001, max=10_000_000, help="Season seconds per second.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Run this service only; may be repeated.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Look around in a season, played first if there is none.")
    ] = False,
    scale: Annotated[float, typer.Option(min=0.05, max=100, help="With --demo: times the reference season.")] = 1.0,
) -> None:
    """Start everything on this machine and watch it until Ctrl-C."""
    from deploy.local import services
    from deploy.local.directory import DataDirectory
    from deploy.local.foreground import run_in_foreground
    from deploy.local.installation import Options

    try:
        served = services.expand(only or [services.ALL, *services.FOR_DEMONSTRATION])
        options = Options(processes, instant(start) if start else None, rate, served)
        place = season_played(var, scale, processes) if demo else var
        asyncio.run(run_in_foreground(DataDirectory(place.absolute()), options))
    except PlatformRefusal as refusal:
        refuse(refusal)


@app.command()
def serve(names: Annotated[list[str], typer.Argument(help="Services, `worker`, or `all`.")]) -> None:
    """Run services in this process, with their settings from the environment."""
    from deploy.local import serving

    try:
        serving.serve(names, dict(os.environ))
    except PlatformRefusal as refusal:
        refuse(refusal)


@app.command()
def prepare(names: Annotated[list[str], typer.Argument(help="Services, `worker`, or `all`.")]) -> None:
    """Create the topics, and the indexes of these services, where they are not there yet; then end."""
    from deploy.local import serving

    try:
        serving.prepare(names)
    except PlatformRefusal as refusal:
        refuse(refusal)


@app.command()
def status(var: Var = _VAR) -> None:
    """Say what runs where, how far each consumer is and what waits in the dead letters."""
    from rich.console import Console

    from deploy.local import screens
    from deploy.local.directory import DataDirectory
    from deploy.local.status import read_status

    try:
        screens.show_status(Console(), asyncio.run(read_status(DataDirectory(var))))
    except PlatformRefusal as refusal:
        refuse(refusal)


@app.command()
def recompute(file: Annotated[Path, typer.Argument(help="The published ballots of a round, as JSON.")]) -> None:
    """Recompute a ranking from its published ballots; code 1 when the published one does not follow from them."""
    from services.evaluation.recompute import main

    raise typer.Exit(main([str(file)]))


@clock.command("show")
def clock_show(var: Var = _VAR) -> None:
    """Print the season's instant and its rate."""
    _print_clock(var)


@clock.command("move")
def clock_move(
    var: Var = _VAR,
    to: Annotated[str | None, typer.Option(help="A season instant, RFC 3339.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.001, max=10_000_000, help="Season seconds per second.")] = None,
) -> None:
    """Move the season's clock, for every process at once."""
    from deploy.local.directory import DataDirectory

    try:
        shared = DataDirectory(var).running_clock()
        shared.move(instant(to) if to else None, shared.pace().rate if rate is None else rate)
    except PlatformRefusal as refusal:
        refuse(refusal)
    _print_clock(var)


def _print_clock(var: Path) -> None:
    from deploy.local.directory import DataDirectory

    try:
        shared = DataDirectory(var).running_clock()
    except PlatformRefusal as refusal:
        refuse(refusal)
    typer.echo(f"{shared.now().isoformat(timespec='seconds')}  rate {shared.pace().rate:g}")
