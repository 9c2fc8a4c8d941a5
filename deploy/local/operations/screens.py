"""What the operator's commands print."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local.operations.archives import Verified
from deploy.local.operations.following import Followed
from deploy.local.operations.letters import Letter


def archives(console: Console, found: Sequence[Verified]) -> None:
    table = Table("service", "events", "chains")
    for each in found:
        table.add_row(
            each.service, "–" if each.broken_at else str(each.events), each.broken_at or "intact", style=_style(each)
        )
    console.print(table)


def _style(each: Verified) -> str | None:
    return "red" if each.broken_at else None


def letters(console: Console, found: Sequence[Letter]) -> None:
    if not found:
        console.print("No dead letters.")
        return
    for letter in found:
        kept = letter.content
        kind = str(kept.get("type") or "of no type").removeprefix("tremplin.")
        times = "once" if kept["attempts"] == 1 else f"{kept['attempts']} times"
        console.print(f"[bold]{letter.service}[/bold]  {escape(letter.id)}", soft_wrap=True)
        console.print(
            escape(f"    {kind}: {kept['reason']}, tried {times}, here since {str(kept['buried_at'])[:19]}"),
            soft_wrap=True,
        )


def letter(console: Console, shown: Letter) -> None:
    table = Table("field", "value", title=shown.service)
    for name, value in shown.content.items():
        if name != "headers":
            table.add_row(name, str(value))
    for name, value in shown.content["headers"].items():
        table.add_row(f"header {name}", str(value))
    console.print(table)


def followed(console: Console, found: Followed) -> None:
    if found.events:
        table = Table("when", "service", "event", "details")
        for event in found.events:
            details = ", ".join(f"{name}: {value}" for name, value in event["details"].items())
            table.add_row(str(event["at"])[:19], event["service"], event["event"], details)
        console.print(table)
    else:
        console.print("Nothing is public of this initiative yet.")
    if found.workflow:
        shown = {name: value for name, value in found.workflow.items() if value is not None}
        console.print("Workflow: " + ", ".join(f"{name} {value}" for name, value in shown.items()), soft_wrap=True)
