"""Readers' windows onto the portal, and a record of everything that goes wrong in them."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    Route,
    ViewportSize,
    WebSocket,
)

PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1280, height=900)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SCREENS = Path(__file__).parents[2] / "var" / "screens"
_ANSWERED = re.compile(r"^Failed to load resource: the server responded with a status of ")
_PAGES_AND_FORMS = {"document", "fetch", "xhr", "eventsource"}
_documents: WeakKeyDictionary[Page, Response] = WeakKeyDictionary()


async def document(page: Page) -> str | None:
    """What the page was made of, as the server wrote it; nothing when no server did."""
    answer = _documents.get(page)
    return await answer.text() if answer else None


class Bench:
    """Opens windows for one test. Each ``page`` is a reader of its own: cookies and storage are not shared.

    Recorded as trouble: requests to other origins (blocked when off this machine), console errors (refusals by the content
    security policy among them), uncaught script errors, answers of 500 and above, and assets answered with 400 and above.
    """

    def __init__(self, browser: Browser, test: str, origins: frozenset[str] | None = None) -> None:
        self._browser = browser
        self._test = test
        self._origins = origins
        self._contexts: list[BrowserContext] = []
        self._met: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    async def page(
        self,
        url: str | None = None,
        *,
        javascript: bool = True,
        cookies: bool = True,
        phone: bool = False,
        locale: str = "fr-FR",
        timezone: str = "Europe/Paris",
        dark: bool = False,
        high_contrast: bool = False,
    ) -> Page:
        """A new reader's page, at ``url`` if given. ``phone`` is 360 × 740 with touch."""
        context = await self._browser.new_context(
            java_script_enabled=javascript,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=2 if phone else 1,
            locale=locale,
            timezone_id=timezone,
            color_scheme="dark" if dark else "light",
            forced_colors="active" if high_contrast else "none",
            reduced_motion="reduce",
        )
        self._contexts.append(context)
        self._watch(context)
        if not cookies:
            await context.route("**/*", _without_cookies)
        page = await context.new_page()
        if url:
            await page.goto(url)
        return page

    def expect(self, pattern: str) -> None:
        """Trouble that this regular expression finds something in is what the test is about."""
        self._expected.append(re.compile(pattern))

    def troubles(self) -> list[str]:
        """What was met and not expected, in order."""
        return [trouble for trouble in self._met if not any(pattern.search(trouble) for pattern in self._expected)]

    async def screen(self, page: Page, name: str) -> None:
        """Keep a picture of the whole page below var/screens/, when TREMPLIN_SCREENS is set."""
        if os.environ.get("TREMPLIN_SCREENS"):
            slug = re.sub(r"[^\w.-]+", "-", f"{self._test}-{name}")
            await page.screenshot(path=_SCREENS / f"{slug}.png", full_page=True, caret="initial")

    async def close(self) -> None:
        """Close every window; what one still asks for is nobody's trouble any more."""
        for context in self._contexts:
            await context.unroute_all(behavior="ignoreErrors")
            await context.close()

    def _watch(self, context: BrowserContext) -> None:
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._met.append(f"script error: {_brief(error.error)}"))
        context.on("page", self._watch_page)

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", self._on_websocket)
        page.on("response", lambda response: _note_document(page, response))

    def _on_request(self, request: Request) -> None:
        self._leaves(request.url)

    def _on_websocket(self, socket: WebSocket) -> None:
        self._leaves(socket.url)

    def _leaves(self, url: str) -> None:
        place = urlsplit(url)
        if place.scheme not in {"http", "https", "ws", "wss"}:
            return
        origin = f"{place.scheme.replace('ws', 'http')}://{place.netloc}"
        allowed = place.hostname in _LOOPBACK if self._origins is None else origin in self._origins
        if not allowed:
            self._met.append(f"request to another origin: {url}")

    def _on_response(self, response: Response) -> None:
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind not in _PAGES_AND_FORMS):
            self._met.append(f"answer {response.status} for {kind}: {response.request.method} {response.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # A page answered with 403 or 422 is no trouble, and the browser writes one line for every such answer.
        if message.type == "error" and not _ANSWERED.match(message.text):
            self._met.append(f"console: {message.text}")


def _note_document(page: Page, response: Response) -> None:
    is_page = response.headers.get("content-type", "").startswith("text/html")
    if is_page and response.request.is_navigation_request() and response.frame == page.main_frame:
        _documents[page] = response


async def _without_cookies(route: Route) -> None:
    answer = await route.fetch(max_redirects=0)
    await route.request.frame.page.context.clear_cookies()
    kept = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
    await route.fulfill(response=answer, headers=kept)


def _brief(error: Error) -> str:
    return str(error).splitlines()[0] if str(error) else repr(error)
