"""Months and quarters as people in Paris have them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
QUARTER = r"^(19|20|21)[0-9]{2}-Q[1-4]$"
"""A quarter of a year, such as ``2022-Q1``."""


def month_of(moment: datetime) -> str:
    """The month in which an instant lies, such as ``2022-03``."""
    return moment.astimezone(PARIS).strftime("%Y-%m")


def quarter_of(moment: datetime) -> str:
    local = moment.astimezone(PARIS)
    return f"{local.year}-Q{(local.month + 2) // 3}"


def begin(quarter: str) -> datetime:
    """The first instant of a quarter. Raises ``ValueError`` for what is none."""
    if not re.match(QUARTER, quarter):
        raise ValueError(quarter)
    year, number = int(quarter[:4]), int(quarter[-1])
    return datetime(year, 3 * number - 2, 1, tzinfo=PARIS).astimezone(UTC)


def following(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year + number // 4}-Q{number % 4 + 1}"


def preceding(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year - (number == 1)}-Q{(number + 2) % 4 + 1}"


def quarters(first: datetime, last: datetime) -> list[str]:
    """Every quarter from that of ``first`` to that of ``last``."""
    found = [quarter_of(first)]
    while begin(following(found[-1])) <= last:
        found.append(following(found[-1]))
    return found
