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
from tests.benchmarks import memory
from tests.benchmarks.figures import Aim, Effort, Figure
from tests.benchmarks.load import gets
from tests.benchmarks.report import FOLDER
from tests.benchmarks.sides import HALF
from tests.browser.checks import weight
from tests.browser.proof.reader import reader
from tests.browser.proof.table import Table
from tests.browser.proof.walk import walk
from tests.browser.season import Played, played

PAGES = ("/fr/", "/fr/calls", "/fr/laureates", "/fr/laureates/map", "/fr/barometer", "/fr/quality", "/fr/open-data")
NO_PAGES = (
    "/callback/ended", "/callback/{provider}", "/language/{language}", "/login/{provider}",
    "/open-data/{name}.{form}", "/robots.txt",
)  # fmt: skip
"""Public addresses that lead elsewhere, or to a file."""
SECONDS = 1.5
"""Of a round."""
LIGHT = Aim(most=150)


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Of some pages: answers a second, the ratio to the empty template, processor time. Of all: kilobytes of a first load.

    And the process' memory, before and at its most.
    """
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        async for season in played(Path(folder)):
            console.print("A small season is played; its portal is measured.")
            async with _portal(season) as (url, process):
                started = memory.now(process)
                weights = await _weights(url, await _public(season))
                speeds = [await _speed(url, page, process, effort) for page in PAGES]
                kept = Figure("memory of the portal", "MB", [memory.most(process)], more={"just started": started})
                figures = [*speeds, *weights, kept]
    return figures


async def _speed(url: str, page: str, process: psutil.Process, effort: Effort) -> Figure:
    """The empty template and the page in turn."""
    seconds, rounds = SECONDS * effort.share, []
    for _ in range(effort.rounds):
        empty = await gets(f"{url}/fr/empty", process, seconds=seconds)
        rounds.append((empty, await gets(f"{url}{page}", process, seconds=seconds)))
    more = {
        "processor µs each": median(kept.cpu_us for _, kept in rounds),
        "empty: processor µs each": median(empty.cpu_us for empty, _ in rounds),
    }
    ours, limits = [kept.per_second for _, kept in rounds], [empty.per_second for empty, _ in rounds]
    return Figure(page, "/s", ours, "an empty template", limits, HALF, more)


async def _public(season: Played) -> dict[str, str]:
    """An address of every public page, by its route: what an address needs comes from the first link to such a page."""
    table = Table()
    async with reader(season) as public:
        seen = {
            each.route: each.answer.url.removeprefix(season.url) for each in await walk(public, table) if each.first
        }
    paths = [route.path for route, admit in table.admissions if admit.public and "GET" in (route.methods or ())]
    return {path: seen[path] if "{" in path else f"/fr{path}" for path in paths if path not in NO_PAGES}


async def _weights(url: str, pages: dict[str, str]) -> list[Figure]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=False)
        found = []
        for route, address in pages.items():
            page = await (await browser.new_context()).new_page()
            kilobytes = (await weight(page, f"{url}{address}")).total / 1_000
            found.append(Figure(f"first load of {route}", "kB", [kilobytes], aim=LIGHT))
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
