"""What an operator copies from a screen is whole on a terminal of eighty columns: addresses, and the ids of dead letters."""

from io import StringIO
from uuid import uuid4

from rich.console import Console

from deploy.local import screens
from deploy.local.operations import screens as operations
from deploy.local.operations.letters import Letter
from deploy.local.status import PlatformStatus, ServiceStatus

COLUMNS = 80


def narrow() -> tuple[Console, StringIO]:
    return Console(width=COLUMNS, file=(written := StringIO())), written


def test_the_status_shows_whole_names_and_addresses() -> None:
    progress = {"dead_letters": 12, "outbox": {"depth": 12_345, "age_seconds": 86_400}}
    part = {"label": "MongoDB protocol", "address": "mongodb://127.0.0.1:26611/?w=1", "pid": 123_456}
    service = ServiceStatus("notifications", "http://127.0.0.1:22732", live=True, ready=False, progress=progress)
    console, written = narrow()
    screens.show_status(console, PlatformStatus({"parts": {"mongodb": part}}, {"mongodb": False}, (service,)))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in written.getvalue().splitlines()]
    assert ["MongoDB protocol", "mongodb://127.0.0.1:26611", "123456", "no answer"] in rows
    assert ["notifications", "http://127.0.0.1:22732", "not ready", "0", "12", "12345", "86400 s"] in rows
    assert max(map(len, written.getvalue().splitlines())) <= COLUMNS


def test_a_dead_letter_is_shown_with_its_whole_id() -> None:
    content = {
        "id": f"{uuid4()}@[bold]",
        "type": "tremplin.applications.ApplicationSubmitted.v1",
        "reason": "event_data_invalid",
        "attempts": 5,
        "buried_at": "2026-11-29T12:00:00+00:00",
    }
    console, written = narrow()
    operations.letters(console, [Letter("notifications", content), Letter("observatory", {**content, "type": None})])
    assert written.getvalue().count(content["id"]) == 2
    said = "event_data_invalid, tried 5 times, here since 2026-11-29T12:00:00"
    assert [line.strip() for line in written.getvalue().splitlines()][1::2] == [
        f"applications.ApplicationSubmitted.v1: {said}",
        f"of no type: {said}",
    ]
