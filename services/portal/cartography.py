"""The map of the départements, coloured by a number: what a template needs to draw it as SVG."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.portal.places import MAP_FILE

LEVELS = 4
LEAST_TARGET = 52
"""How wide and high, in the map's units, a shape must be to be a link: 24 CSS pixels where the map is drawn at its smallest."""
_COMMAND = re.compile(r"([Mmlz])([^Mmlz]*)")
"""All that the map's paths are made of."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One département. ``level`` 0 is none; ``reachable``: large enough to be pressed with a finger."""

    code: str
    name: str
    path: str
    frame: tuple[int, int, int, int] | None
    value: int
    level: int
    reachable: bool


@dataclass(frozen=True, slots=True)
class Choropleth:
    """``legend`` has level, least and greatest value for each level in use above 0."""

    view_box: str
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[int, int, int], ...]


def choropleth(values: Mapping[str, int]) -> Choropleth:
    """The map for numbers by the code of the département; one that is missing counts as 0."""
    greatest = max(values.values(), default=0)
    view_box, drawn = _drawn()
    shapes = tuple(
        Shape(
            each["code"],
            each["name"],
            each["path"],
            tuple(each["frame"]) if "frame" in each else None,
            values.get(each["code"], 0),
            level(values.get(each["code"], 0), greatest),
            wide,
        )
        for each, wide in drawn
    )
    return Choropleth(view_box, shapes, legend(greatest))


def level(value: int, greatest: int) -> int:
    """The colour class of a value from 0 to 4, in equal steps up to the greatest."""
    return math.ceil(value * LEVELS / greatest) if value > 0 else 0


def legend(greatest: int) -> tuple[tuple[int, int, int], ...]:
    """Each level that a value can have, with its least and greatest value."""
    if greatest <= LEVELS:
        return tuple((level(value, greatest), value, value) for value in range(1, greatest + 1))
    ends = [greatest * step // LEVELS for step in range(LEVELS + 1)]
    return tuple((step, ends[step - 1] + 1, ends[step]) for step in range(1, LEVELS + 1))


@cache
def _drawn() -> tuple[str, tuple[tuple[dict[str, Any], bool], ...]]:
    data = json.loads(MAP_FILE.read_text(encoding="utf-8"))
    return data["viewBox"], tuple((each, min(extent(each["path"])) >= LEAST_TARGET) for each in data["departements"])


def extent(path: str) -> tuple[int, int]:
    """Width and height of a path of straight lines."""
    x = y = 0
    begin = (0, 0)
    seen: list[tuple[int, int]] = []
    for command, text in _COMMAND.findall(path):
        if command == "z":
            x, y = begin
            continue
        numbers = [int(found) for found in re.findall(r"-?\d+", text)]
        for index, (right, down) in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            x, y = (right, down) if command == "M" and index == 0 else (x + right, y + down)
            seen.append((x, y))
            begin = (x, y) if command in "Mm" and index == 0 else begin
    across, along = [each[0] for each in seen], [each[1] for each in seen]
    return max(across) - min(across), max(along) - min(along)
