"""What every page must pass: accessibility by axe-core, valid HTML, and a light first load."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from playwright.async_api import CDPSession, Page

from tests.browser.bench import document
from tests.browser.markup import valid_html

# WCAG 2.0 to 2.2, levels A and AA, and the RGAA 4.1 criteria that axe-core knows.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"]


@cache
def axe_source() -> str:
    """The axe-core that ``axe-playwright-python`` brings; 4.12.1 has the RGAA tags. It is MPL-2.0 and is not ours to keep."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


async def accessible(page: Page, within: str | None = None) -> None:
    """Raises ``AssertionError``, with each rule, its help and its targets, unless axe-core finds no violation.

    It judges the state that the page is in: open the menu or show the errors first. ``within`` is a CSS selector.
    """
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "rules": {"target-size": {"enabled": True}}}
    async with _scripting(page):
        # What devtools evaluate is not subject to the page's content security policy; added <script> elements are.
        if not await page.evaluate("() => typeof axe === 'object'"):
            await page.evaluate(axe_source())
        results = await page.evaluate("([where, options]) => axe.run(where ?? document, options)", [within, options])
    assert results["passes"], f"axe-core found nothing to judge on {page.url}"
    found = [_explained(violation) for violation in results["violations"]]
    assert not found, f"{page.url} is not accessible:\n" + "\n".join(found)


async def sound(page: Page) -> None:
    """Raises ``AssertionError`` unless the page is accessible and its markup valid: as it was sent, since a browser mends
    what it reads, and in the state that it is in."""
    await accessible(page)
    await written_well(page)


async def written_well(page: Page) -> None:
    """Raises ``AssertionError`` unless the markup is valid, as it was sent and in the state that it is in."""
    if (sent := await document(page)) is not None:
        valid_html(sent)
    valid_html(await page.content())


@dataclass(frozen=True)
class Weight:
    """What a first load took over the wire, headers included, in bytes."""

    total: int
    parts: dict[str, int]


async def weight(page: Page, url: str) -> Weight:
    """Load ``url`` with an empty cache until the page's load event; what stays open, such as an event stream, is not counted."""
    devtools = await page.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    parts: dict[str, int] = {}

    def finished(event: dict[str, Any]) -> None:
        address = addresses.get(event["requestId"], "redirections")
        parts[address] = parts.get(address, 0) + int(event["encodedDataLength"])

    devtools.on(
        "Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]})
    )
    devtools.on("Network.loadingFinished", finished)
    await _without_cache(devtools)
    await page.goto(url, wait_until="load")
    await devtools.detach()
    return Weight(sum(parts.values()), parts)


async def _without_cache(devtools: CDPSession) -> None:
    await devtools.send("Network.enable")
    await devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})


@asynccontextmanager
async def _scripting(page: Page) -> AsyncIterator[None]:
    """Let axe-core run in a page that was opened without JavaScript; the page's own scripts stay as they were: not started."""
    if not await page.evaluate("() => matchMedia('(scripting: none)').matches"):
        yield
        return
    # Each session with devtools notes its own answer and hands on changes only; ending the session would allow scripts for good.
    devtools = await page.context.new_cdp_session(page)
    for disabled in (True, False):
        await devtools.send("Emulation.setScriptExecutionDisabled", {"value": disabled})
    yield
    await devtools.send("Emulation.setScriptExecutionDisabled", {"value": True})


def _explained(violation: dict[str, Any]) -> str:
    targets = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
    return (
        f"- {violation['id']} ({violation['impact']}): {violation['help']} [{violation['helpUrl']}]\n    "
        + "\n    ".join(targets)
    )
