"""The operator's commands: check, replay, dead letters, a call from a file, one initiative."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console

from deploy.local.directory import DataDirectory
from deploy.local.refusals import PlatformRefusal, SettingInvalid
from deploy.local.terminal import instant, refuse

if TYPE_CHECKING:
    from deploy.local.operations.platform import Platform
    from deploy.local.operations.replaying import Replay

T = TypeVar("T")
Var = Annotated[Path, typer.Option("--var", help="The data directory.", show_default=True)]
Service = Annotated[str | None, typer.Option("--service", help="Only this service.")]
Letter = Annotated[str, typer.Argument(help="The dead letter's id.")]
_VAR = Path("var")

app = typer.Typer(no_args_is_help=True)
dead_letters = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
call = typer.Typer(no_args_is_help=True, help="Calls for projects.")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(call, name="call")


@app.command("verify-archive")
def verify_archive(var: Var = _VAR, service: Service = None) -> None:
    """Recompute the hash chains of the archives; code 1 and the place when one does not hold."""
    from deploy.local.operations import archives, screens

    found = _within(var, lambda platform: archives.verify(platform, service))
    screens.archives(Console(), found)
    if any(each.broken_at for each in found):
        raise typer.Exit(1)


@app.command()
def replay(
    consumer: Annotated[str, typer.Option("--for", help="The one service that consumes again.")],
    var: Var = _VAR,
    source: Annotated[str | None, typer.Option(help="Only what this service published.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this season instant on, RFC 3339.")] = None,
) -> None:
    """Let one service consume events again; the observatory, without --source and --since, is rebuilt."""
    from deploy.local.operations import replaying

    async def work(platform: "Platform") -> tuple[int, bool | None]:
        begun = await replaying.begin(
            platform, platform.require(consumer), source, instant(since, "--since") if since else None
        )
        await _show_progress(platform, begun)
        return begun.total, await replaying.same_content(platform, begun)

    events, same = _within(var, work)
    typer.echo(f"{consumer} is at the end of every archive again, {events} events later.")
    if same is not None:
        typer.echo(
            "It holds what it held before." if same else "It holds something else than before: see the decision 0032."
        )


async def _show_progress(platform: "Platform", replay: "Replay") -> None:
    from rich.progress import Progress

    from deploy.local.operations.replaying import follow

    with Progress() as progress:
        task = progress.add_task(f"Replay for {replay.service}", total=replay.total)
        await follow(platform, replay, lambda left: progress.update(task, completed=replay.total - left))


@dead_letters.command("list")
def letters_list(var: Var = _VAR, service: Service = None) -> None:
    """List what waits, service by service."""
    from deploy.local.operations import letters, screens

    screens.letters(Console(), _within(var, lambda platform: letters.find(platform, service)))


@dead_letters.command("show")
def letters_show(identity: Letter, var: Var = _VAR, service: Service = None) -> None:
    """Show one letter: its reason and its headers, never its data."""
    from deploy.local.operations import letters, screens

    screens.letter(Console(), _within(var, lambda platform: letters.show(platform, identity, service)))


@dead_letters.command("replay")
def letters_replay(
    identity: Annotated[str | None, typer.Argument(help="The dead letter's id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All letters, aggregate by aggregate.")] = False,
    var: Var = _VAR,
    service: Service = None,
) -> None:
    """Handle a letter again, with all that waits behind it in order; code 1 when one fails again."""
    from deploy.local.operations import letters

    if (identity is None) is not every:
        refuse(SettingInvalid("The letter", "either an id or --all"))
    if identity is not None:
        released = _within(var, partial(letters.replay, identity=identity, service=service))
        typer.echo(f"{released} released.")
        return
    released, refused = _within(var, lambda platform: letters.replay_all(platform, service))
    typer.echo(f"{released} released.")
    for refusal in refused:
        typer.echo(str(refusal), err=True)
    if refused:
        raise typer.Exit(1)


@dead_letters.command("discard")
def letters_discard(
    identity: Letter,
    var: Var = _VAR,
    service: Service = None,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Drop one letter for good, and release what waits behind it."""
    from deploy.local.operations import letters

    if not sure:
        typer.confirm(f"Drop {identity} for good?", abort=True)
    released = _within(var, lambda platform: letters.discard(platform, identity, service))
    typer.echo(f"Discarded; {released} released from behind it.")


@call.command("create")
def call_create(
    file: Annotated[Path, typer.Argument(help="The call, in YAML or JSON.")],
    person: Annotated[UUID, typer.Option(help="The programme officer who creates it.")],
    var: Var = _VAR,
) -> None:
    """Create a call from a file; the same file again changes nothing."""
    from deploy.local.operations import calls

    answer = _within(var, lambda platform: calls.create(platform, file, person))
    typer.echo(", ".join(f"{name} {value}" for name, value in answer.items()))


@app.command()
def follow(initiative: Annotated[UUID, typer.Argument(help="The initiative's id.")], var: Var = _VAR) -> None:
    """Show what happened to one initiative, and where its cycle is."""
    from deploy.local.operations import following, screens

    screens.followed(Console(), _within(var, lambda platform: following.follow(platform, initiative)))


def _within(var: Path, work: "Callable[[Platform], Awaitable[T]]") -> T:
    """Do ``work`` with the platform of ``var``; a refusal is told and ends the command with code 2."""
    from deploy.local.operations.platform import Platform

    async def run() -> T:
        async with Platform(DataDirectory(var)) as platform:
            return await work(platform)

    try:
        return asyncio.run(run())
    except PlatformRefusal as refusal:
        refuse(refusal)
