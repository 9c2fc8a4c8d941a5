"""What libraries log keeps its place and its class, and loses everything that somebody may have put in."""

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from services.chassis.telemetry import Discreet


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the root logger writes in a process of ours."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(Discreet())
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    assert "canary" not in written.getvalue()
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_message_keeps_its_template_only(written: io.StringIO) -> None:
    logging.getLogger("library").warning("cannot use %s", "canary")
    logging.getLogger("library").error(ValueError("canary"))
    logging.getLogger("library").error("first line\ncanary")
    first, second, third = lines(written)
    assert first == {"event": "cannot use %s", "logger": "library", "level": "warning"}
    assert (second["event"], third["event"]) == ("ValueError", "first line")


def test_an_error_keeps_its_class_and_place_only(written: io.StringIO) -> None:
    try:
        int("canary")
    except ValueError:
        logging.getLogger("library").exception("failed")
    (line,) = lines(written)
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_discreet_logs.py:")


async def test_a_task_that_nobody_awaits_tells_the_class_of_its_error_only(written: io.StringIO) -> None:
    async def fails() -> None:
        raise ValueError("canary")

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    del task
    gc.collect()
    (line,) = lines(written)
    assert (line["event"], line["error"]) == ("Task exception was never retrieved", "ValueError")
