"""``python -m tests.kafka``: fetch Apache Kafka with Maven, once, and run on it the tests that use a broker.

Without Java 17, Maven or a repository within its reach it says so in a sentence and ends with 0. Arguments go to pytest;
``KAFKA_VERSION`` chooses another version than ``pom.xml`` does, ``WORKERS`` the number of processes.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.kafka.apache import JARS

ROOT = Path(__file__).parents[2]
POM = Path(__file__).with_name("pom.xml")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
NEEDED_JAVA = 17
TESTS = ("tests/kafka", "tests/integration", "tests/faults/test_relay_faults.py")


def missing() -> str | None:
    """What is not there to run Apache Kafka with, in words."""
    java = shutil.which("java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""  # noqa: S603
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < NEEDED_JAVA:
        return f"Java {NEEDED_JAVA} or newer is not on PATH"
    return None if shutil.which("mvn") else "Maven (mvn) is not on PATH"


def wanted_version() -> str:
    """The version that the environment asks for, or the one in ``pom.xml``."""
    (fixed,) = re.findall(r"<kafka.version>([\d.]+)</kafka.version>", POM.read_text())
    return os.environ.get("KAFKA_VERSION") or str(fixed)


def fetched(version: str) -> Path | None:
    """The folder with everything to run that version, filled by Maven if it is not there; nothing when Maven cannot."""
    folder = ROOT / "var" / "kafka" / version
    if folder.is_dir():
        return folder
    unfinished = folder.with_name(f"{version}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    print(f"Fetching Apache Kafka {version} with Maven (once; about 45 MB) ...", flush=True)  # noqa: T201
    command = ["mvn", "-q", "-B", "-f", str(POM), f"-Dkafka.version={version}", f"-DoutputDirectory={unfinished}", COPY]
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        return None
    unfinished.rename(folder)
    return folder


def main(arguments: list[str]) -> int:
    """The exit code of pytest, or 0 when there is nothing to run it with."""
    if reason := missing():
        print(f"Apache Kafka is not tried here: {reason}.")  # noqa: T201
        return 0
    folder = fetched(version := wanted_version())
    if folder is None:
        print(f"Apache Kafka is not tried here: Maven cannot fetch {version}; is a repository within reach?")  # noqa: T201
        return 0
    environment = {**os.environ, JARS: str(folder), "TREMPLIN_BROKER_PROFILE": "rehearsal"}
    named = any((ROOT / each.partition("::")[0]).exists() for each in arguments)
    chosen = arguments if named else [*arguments, *TESTS]
    workers = ["-n", os.environ.get("WORKERS", "2"), "--dist", "loadfile", "--no-loadscope-reorder", "--timeout", "300"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.kafka.selection", *workers, *chosen]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
