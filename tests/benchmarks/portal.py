"""Public pages: how fast against an empty template of the same process, and what a first load weighs."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median

import httpx
import psutil
from playwright.async_api import async_playwright
from rich.console import Console

from deploy.local import ports
from tests.benchmarks.figures import Effort, Figure
from tests.benchmarks.load import gets
from tests.benchmarks.report import FOLDER
from tests.benchmarks.sides import HALF
from tests.browser.checks import weight
from tests.browser.season import Played, played

PAGES = ("/fr/", "/fr/calls", "/fr/laureates", "/fr/laureates/map", "/fr/barometer", "/fr/quality", "/fr/open-data")
SECONDS = 1.5
"""Of a round."""


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """By page: answers a second, the ratio to the empty template, processor time, bytes of a first load."""
    figures = []
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        async for season in played(Path(folder)):
            console.print("A small season is played; its portal is measured.")
            async with _portal(season) as (url, process):
                weights = await _weights(url)
                figures = [await _speed(url, page, process, weights[page] / 1_000, effort) for page in PAGES]
    return figures


async def _speed(url: str, page: str, process: psutil.Process, kilobytes: float, effort: Effort) -> Figure:
    """The empty template and the page in turn."""
    seconds, rounds = SECONDS * effort.share, []
    for _ in range(effort.rounds):
        empty = await gets(f"{url}/fr/empty", process, seconds=seconds)
        rounds.append((empty, await gets(f"{url}{page}", process, seconds=seconds)))
    more = {
        "processor µs each": median(kept.cpu_us for _, kept in rounds),
        "empty: processor µs each": median(empty.cpu_us for empty, _ in rounds),
        "first load, kB": kilobytes,
    }
    ours, limits = [kept.per_second for _, kept in rounds], [empty.per_second for empty, _ in rounds]
    return Figure(page, "/s", ours, "an empty template", limits, HALF, more)


async def _weights(url: str) -> dict[str, int]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=False)
        found = {}
        for page in PAGES:
            reader = await (await browser.new_context()).new_page()
            found[page] = (await weight(reader, f"{url}{page}")).total
        await browser.close()
    return found


@contextlib.asynccontextmanager
async def _portal(season: Played) -> AsyncIterator[tuple[str, psutil.Process]]:
    """A portal beside the season's own, in a process that does nothing else."""
    port = ports.free_port()
    url = f"http://{ports.LOOPBACK}:{port}"
    with _process({**_environment(season), "TREMPLIN_PORTAL_PORT": str(port), "TREMPLIN_PORTAL_URL": url}) as process:
        async with httpx.AsyncClient(trust_env=False, transport=httpx.AsyncHTTPTransport(retries=20)) as client:
            while not (await client.get(f"{url}/health/live")).is_success:
                pass
        yield url, psutil.Process(process.pid)


def _environment(season: Played) -> dict[str, str]:
    described = json.loads((season.platform / "run" / "platform.json").read_text())
    process = next(iter(described["processes"].values()))
    return psutil.Process(process["pid"]).environ()


@contextlib.contextmanager
def _process(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.portal_process"], env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
