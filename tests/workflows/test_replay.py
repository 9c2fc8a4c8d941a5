"""Today's workflows go on with the histories of yesterday's, and no history holds what it must not."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.acceleration_cycle.activities import CycleActivities
from workflows.activities import Activities
from workflows.call_for_projects.activities import CallActivities
from workflows.disbursement.activities import DisbursementActivities
from workflows.worker import WORKFLOWS

ACTIVITY = "__temporal_activity_definition"
HISTORIES = sorted(Path(__file__).with_name("histories").glob("*.json"))
PRIVATE = (
    "title",
    "purpose",
    "text",
    "comment",
    "email",
    "iban",
    "first_name",
    "last_name",
    "organisation_name",
    "score",
)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_saved_history_replays(path: Path) -> None:
    history = WorkflowHistory.from_json(path.stem, path.read_text())  # noqa: ASYNC240
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)


def test_every_workflow_and_everything_it_asks_for_is_in_a_history() -> None:
    """What no history holds, no replay tells: whoever adds a step records a story with it."""
    kinds, asked = set(), set()
    for path in HISTORIES:
        for event in json.loads(path.read_text())["events"]:
            if started := event.get("workflowExecutionStartedEventAttributes"):
                kinds.add(started["workflowType"]["name"])
            asked |= {payload["activity_type"] for payload in _payloads(event) if "activity_type" in payload}
    assert kinds == {kind.__name__ for kind in WORKFLOWS}
    groups = (Activities, CallActivities, CycleActivities, DisbursementActivities)
    assert asked == {name for group in groups for name, found in vars(group).items() if hasattr(found, ACTIVITY)}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_a_history_holds_ids_dates_and_states_only(path: Path) -> None:
    keys: set[str] = set()
    for payload in _payloads(json.loads(path.read_text())):
        keys |= _keys(payload)
    assert keys
    assert not keys & set(PRIVATE)


def _payloads(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [found for item in value for found in _payloads(item)]
    if not isinstance(value, dict):
        return []
    if "data" in value and "metadata" in value:
        try:
            return [json.loads(base64.b64decode(value["data"]))]
        except ValueError:
            return []
    return [found for item in value.values() for found in _payloads(item)]


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(_keys(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(_keys(item) for item in value))
    if isinstance(value, str) and value.startswith("{"):
        return _keys(json.loads(value))
    return set()
