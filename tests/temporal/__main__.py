"""``python -m tests.temporal``: build Temporal's server with Go, once, and run the tests that have it on PostgreSQL.

Without Go, PostgreSQL or a module proxy within its reach it says so in a sentence and ends with 0. Arguments go to pytest.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.containers import COMPOSE, ROOT
from tests.temporal.servers import PROGRAMS, installed

MODULE = "go.temporal.io/server"
BUILT = {"cmd/server": "temporal-server", "cmd/tools/sql": "temporal-sql-tool"}
"""What the containers' images have on their path, by its place in the module."""


def missing() -> str | None:
    """What is not there to run Temporal on PostgreSQL with, in words."""
    if shutil.which("go") is None:
        return "Go is not on PATH"
    if installed("initdb") is None:
        return "PostgreSQL's programs are not there (on Debian: apt-get install postgresql)"
    return "setpriv is not on PATH" if os.geteuid() == 0 and shutil.which("setpriv") is None else None


def built(version: str) -> Path | None:
    """The folder with that version's programs and schema, made by Go if it is not there; nothing when Go cannot."""
    folder = ROOT / "var" / "temporal" / version
    if folder.is_dir():
        return folder
    unfinished = folder.with_name(f"{version}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    print(f"Building Temporal {version} with Go (once; some minutes; Go's caches take 4 GB) ...", flush=True)  # noqa: T201
    download = ["go", "mod", "download", "-json", f"{MODULE}@v{version}"]
    told = subprocess.run(download, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if told.returncode:
        return None
    source = Path(json.loads(told.stdout)["Dir"])
    for place, name in BUILT.items():
        command = ["go", "build", "-C", str(source), "-o", str(unfinished / name), f"./{place}"]
        if subprocess.run(command, check=False).returncode:  # noqa: S603
            return None
    shutil.copytree(source / "schema", unfinished / "schema")
    unfinished.rename(folder)
    return folder


def main(arguments: list[str]) -> int:
    """The exit code of pytest, or 0 when there is nothing to run it with."""
    if reason := missing():
        print(f"Temporal on PostgreSQL is not tried here: {reason}.")  # noqa: T201
        return 0
    version = COMPOSE["services"]["temporal"]["image"].rpartition(":")[2]
    folder = built(version)
    if folder is None:
        print(f"Temporal on PostgreSQL is not tried here: Go cannot build {version}; is a proxy within reach?")  # noqa: T201
        return 0
    command = [sys.executable, "-m", "pytest", "-q", "--timeout", "600", "tests/temporal", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, PROGRAMS: str(folder)}, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
