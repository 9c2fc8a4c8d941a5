"""The browser that these tests share, and what a test gets of it."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.bench import Bench
from tests.browser.season import Played, played

EXPECTED_WITHIN_MS = 30_000
"""As long as Playwright waits before it gives up an action: a busy machine is no failure."""
# Whatever is not on this machine's loopback goes to a proxy that nobody listens on: no request leaves, and answers are
# still cached as in a reader's browser, which they would not be behind Playwright's own interception.
_ARGUMENTS = ["--proxy-server=http://127.0.0.1:9", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium, the one on PATH; nothing is downloaded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.fail("No chromium on PATH: run make test-browser, which installs it where it can, or says how.", False)
    expect.set_options(timeout=EXPECTED_WITHIN_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=_ARGUMENTS, chromium_sandbox=False)
        yield browser
        await browser.close()


@pytest.fixture
def allowed_origins() -> frozenset[str] | None:
    """Where pages may ask for things; ``None`` is any port of the loopback. Override it with the portal's and its
    providers' origins (``frozenset({"http://127.0.0.1:1234"})``)."""
    return None


@pytest.fixture
async def bench(
    browser: Browser, allowed_origins: frozenset[str] | None, request: pytest.FixtureRequest
) -> AsyncIterator[Bench]:
    """Readers' windows for one test, see ``Bench``; at the end the test fails for anything wrong that they met."""
    bench = Bench(browser, request.node.name, allowed_origins)
    yield bench
    await bench.close()
    if troubles := bench.troubles():
        pytest.fail("The browser met what the test did not expect:\n" + "\n".join(troubles), False)


@pytest.fixture
async def page(bench: Bench) -> Page:
    """One ordinary reader: in French, in Paris, with JavaScript."""
    return await bench.page()


@pytest.fixture(scope="session")
async def season(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """A platform on which a small season was played, with its portal."""
    async for found in played(tmp_path_factory.mktemp("season")):
        yield found
