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

import httpx
import psutil
from playwright.async_api import async_playwright
from rich.console import Console

from deploy.local import ports
from tests.benchmarks.load import gets
from tests.browser.checks import weight
from tests.browser.season import Played, played

PAGES = ("/fr/", "/fr/calls", "/fr/laureates", "/fr/laureates/map", "/fr/barometer", "/fr/quality", "/fr/open-data")
ROUNDS = 3
Figures = dict[str, dict[str, float]]


async def measure(console: Console) -> Figures:
    """By page: answers a second, the ratio to the empty template, processor time, bytes of a first load."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        async for season in played(Path(folder)):
            console.print("A small season is played; its portal is measured.")
            async with _portal(season) as (url, process):
                figures = await _speeds(url, process)
                for page, total in (await _weights(url)).items():
                    figures[page]["first load, kB"] = total / 1_000
    return figures


async def _speeds(url: str, process: psutil.Process) -> Figures:
    """The best of some rounds each, page and empty template in turn."""
    figures: Figures = {}
    for page in PAGES:
        empty = kept = None
        for _ in range(ROUNDS):
            empty = max(
                filter(None, (empty, await gets(f"{url}/fr/empty", process))), key=lambda found: found.per_second
            )
            kept = max(filter(None, (kept, await gets(f"{url}{page}", process))), key=lambda found: found.per_second)
        assert empty
        assert kept
        figures[page] = {
            "pages/s": kept.per_second,
            "empty/s": empty.per_second,
            "ratio": kept.per_second / empty.per_second,
            "cpu ratio": empty.cpu_us / kept.cpu_us,
            "cpu µs": kept.cpu_us,
        }
    return figures


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
