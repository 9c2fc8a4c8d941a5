"""``tremplin backup`` and ``tremplin restore`` at a terminal."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from deploy.local.directory import DataDirectory
from deploy.local.operations.backups.progress import Told
from deploy.local.refusals import PlatformRefusal
from deploy.local.terminal import refuse

if TYPE_CHECKING:
    from deploy.local.operations.backups.restoring import Restored
    from deploy.local.operations.backups.taking import Taken

T = TypeVar("T")
Var = Annotated[Path, typer.Option("--var", help="The data directory.", show_default=True)]
_VAR = Path("var")
_MEGABYTE = 1_000_000
_INTERRUPTED = 130
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

app = typer.Typer(no_args_is_help=True)


@app.command()
def backup(
    place: Annotated[Path, typer.Argument(metavar="DIR", help="The backup; a directory that is not there yet.")],
    var: Var = _VAR,
) -> None:
    """Back up all services, of one moment: a platform that runs stands still for it, and goes on."""
    from deploy.local.operations.backups.taking import take

    place, directory = place.absolute(), DataDirectory(var.absolute())
    taken = _run(lambda told: take(place, directory, dict(os.environ), told))
    _tell_taken(place, taken)
    if taken.broken:
        raise typer.Exit(1)


@app.command()
def restore(
    place: Annotated[Path, typer.Argument(metavar="DIR", help="The backup.")],
    keys: Annotated[
        Path | None, typer.Option(help="A later backup, or its keys: whoever was erased since stays erased.")
    ] = None,
    var: Var = _VAR,
) -> None:
    """Restore a backup into an empty data directory, or into the empty database that MONGODB_URI names."""
    from deploy.local.operations.backups import restoring

    place, named = place.absolute(), keys.absolute() if keys else None
    directory = DataDirectory(var.absolute())
    restored = _run(lambda told: restoring.restore(place, named, directory, dict(os.environ), told))
    _tell_restored(directory.root, restored)


def _run(work: Callable[[Told], Awaitable[T]]) -> T:
    """Do ``work`` and show how far it is; a refusal ends the command with code 2, a signal with code 130."""
    from rich.progress import Progress

    async def interruptible(told: Told) -> T:
        task = asyncio.current_task()
        assert task  # noqa: S101
        for number in _ENDING:
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        return await work(told)

    try:
        with Progress(transient=True, disable=not sys.stdout.isatty()) as progress:
            bar = progress.add_task("", total=None)
            return asyncio.run(
                interruptible(lambda what, done, of: progress.update(bar, description=what, completed=done, total=of))
            )
    except PlatformRefusal as refusal:
        refuse(refusal)
    except asyncio.CancelledError:
        typer.echo("Interrupted: what was begun has been taken away again.", err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _tell_taken(place: Path, taken: "Taken") -> None:
    documents = taken.data.documents + taken.keys.documents
    megabytes = (taken.data.bytes + taken.keys.bytes) / _MEGABYTE
    stood = f" The services stood still for {taken.stood_seconds:.1f} s." if taken.stood_seconds is not None else ""
    typer.echo(f"{place}: {documents} documents, {taken.data.events} of them events, {megabytes:.1f} MB.{stood}")
    if not taken.workflows:
        typer.echo("Temporal runs elsewhere: copy its own database now, before anything is started again.")
    typer.echo(
        f"{place}/keys opens what is sealed: keep it elsewhere, and only the newest, so that the erased stay erased."
    )
    for sentence in taken.broken:
        typer.echo(f"The archive of {sentence}. It was like this before: see `tremplin verify-archive`.", err=True)


def _tell_restored(root: Path, restored: "Restored") -> None:
    data = restored.backup.data
    where = f" on {root}" if restored.backup.local else ""
    typer.echo(
        f"Restored{where}: {restored.documents} documents as of {data.taken_at:%Y-%m-%d %H:%M:%S} UTC; "
        f"the {data.events} events in the archives are those that were backed up."
    )
    for name, found in data.archives.items():
        if found.broken:
            typer.echo(f"The archive of {name} was broken already: {found.broken}.", err=True)
    if restored.erased:
        typer.echo(
            f"{len(restored.erased)} persons were erased after this backup and cannot be read. Ask for their erasure again, "
            f"so that their ids are known for it, too: {', '.join(restored.erased)}"
        )
