"""What the ``tremplin`` command prints about the platform."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from deploy.local.portal import PORTAL
from deploy.local.status import PlatformStatus, ServiceStatus


def addresses(description: Mapping[str, Any]) -> Table:
    """Where everything listens."""
    table = Table("what", "where", "process", title="Tremplin, embedded platform")
    for part in description["parts"].values():
        table.add_row(part["label"], _without_options(part["address"]), str(part["pid"] or "elsewhere"))
    interface = description["ports"].get("temporal-ui")
    if interface:
        table.add_row("Temporal screens", f"http://127.0.0.1:{interface}", "")
    table.add_section()
    for name, service in description["services"].items():
        pid = description["processes"][service["process"]]["pid"]
        table.add_row(name, service["url"], str(pid or "starting"))
    return table


def invitation(description: Mapping[str, Any]) -> str:
    """What to say once everything is ready: where a browser finds the portal."""
    portal = description["services"].get(PORTAL)
    return f"Ready. The portal: {portal['url']}/" if portal else "Ready."


def show_status(console: Console, status: PlatformStatus) -> None:
    """Print what runs where, then how far each service is."""
    parts = Table("part", "where", "process", "health")
    for name, part in status.description["parts"].items():
        health = "healthy" if status.parts[name] else "[red]no answer[/red]"
        parts.add_row(part["label"], _without_options(part["address"]), str(part["pid"] or "elsewhere"), health)
    whole = [Column(name, no_wrap=True) for name in ("service", "where", "state")]
    figures = [Column(name, justify="right") for name in ("behind", "dead letters", "outbox", "oldest")]
    services = Table(*whole, *figures, padding=0)
    for service in status.services:
        services.add_row(service.name, service.url, _state(service), *_progress(status, service))
    console.print(parts)
    console.print(services)


def _progress(status: PlatformStatus, service: ServiceStatus) -> tuple[str, str, str, str]:
    if service.progress is None:
        return ("–", "–", "–", "–")
    outbox = service.progress.get("outbox", {})
    dead = int(service.progress.get("dead_letters", 0))
    return (
        str(status.lag(service)),
        f"[red]{dead}[/red]" if dead else "0",
        str(outbox.get("depth", 0)),
        f"{float(outbox['age_seconds']):.0f} s" if "age_seconds" in outbox else "–",
    )


def _state(service: ServiceStatus) -> str:
    if service.ready:
        return "ready"
    return "[yellow]not ready[/yellow]" if service.live else "[red]no answer[/red]"


def _without_options(address: str) -> str:
    return address.split("/?")[0]
