"""What two seasons of the same size have in common, however they were played."""

from collections.abc import Mapping
from typing import Any

MEASURED = ("seconds", "peak_rss_mb", "requests", "files", "faults")
DRAWN = ("initiatives",)
"""Ties are drawn with a seed that commits to labels made anew for each season: neighbours in rank may change places."""


def outcome(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The summary without what was measured or drawn."""
    return {name: value for name, value in summary.items() if name not in MEASURED + DRAWN}
