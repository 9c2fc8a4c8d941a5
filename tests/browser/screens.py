"""The README's screens: three pages of a season that was played, as Chromium draws them, kept as SVG texts.

``python -m tests.browser.screens`` writes ``docs/screens/*.svg``. Chromium prints a page as PDF on one long sheet, Typst turns
that into SVG; what is below the screen's edge goes, and each letter's outline is kept once, however often it is on the page.
"""

import asyncio
import base64
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import typst
from playwright.async_api import Page, async_playwright

from tests.browser.season import Played, played

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
WIDTH, HEIGHT, SHEET = 1280, 860, 8_000
ZONE = "Europe/Paris"
MOST_BYTES = 250_000
_POINTS = 0.75
"""Points of a PDF to a pixel."""
_INSIDE = re.compile(r"data:image/svg\+xml;base64,([^\"]+)")
_NUMBER = re.compile(r"-?\d+\.\d+")
_OUTLINE = re.compile(r' d="([^"]*)"')
_GLYPH = re.compile(r'<path id="(g\d+)" d="([^"]*)"/>')
_USE = re.compile(r'<use xlink:href="#(g\d+)"([^>]*)/>')
_FILLED_THEN_DRAWN = re.compile(
    r'(<path d="[^"]*") fill="([^"]*)"( transform="[^"]*")/>\1 fill="none" (stroke="[^"]*")\3/>'
)
_POINT = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
_ROOT = re.compile(r"<svg [^>]*?viewBox=\"[^\"]*\"[^>]*>")


async def the_map(season: Played, page: Page) -> None:
    await page.goto(f"{season.url}/fr/laureates/map?measure=submitted")


async def a_ballot(season: Played, page: Page) -> None:
    await season.sign_in(page, season.person("expert"), "/fr/panel")
    await page.get_by_role("main").locator("a[href*='/panel/']").first.click()
    await page.get_by_role("main").locator("a[href*='/applications/']").first.click()


async def a_board(season: Played, page: Page) -> None:
    calls = (await season.ask(None, "GET", "applications", "/calls"))["calls"]
    await season.sign_in(page, season.person("programme_officer"), f"/fr/office/calls/{calls[0]['call_id']}")


SCREENS: dict[str, tuple[int, Callable[[Played, Page], Awaitable[Any]]]] = {
    "map": (1_160, the_map),
    "ballot": (HEIGHT, a_ballot),
    "board": (HEIGHT, a_board),
}


def as_svg(pdf: bytes, height: int) -> str:
    """The upper ``height`` pixels of a PDF's first sheet. Raises ``typst.TypstError`` for what is no PDF."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.pdf").write_bytes(pdf)
        (folder / "page.typ").write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("page.pdf")')
        around = typst.compile(folder / "page.typ", format="svg")
    assert isinstance(around, bytes)
    found = _INSIDE.search(around.decode())
    assert found, "Typst draws a PDF as an image of its own"
    drawn = re.sub(r">\s+<", "><", base64.b64decode(found[1]).decode())
    drawn = _each_letter_once(drawn, height)
    drawn = _NUMBER.sub(lambda number: _rounded(number, 4), _OUTLINE.sub(_shortened, drawn))
    drawn = _FILLED_THEN_DRAWN.sub(r'\1 fill="\2" \4\3/>', drawn)
    size = f'viewBox="0 0 {WIDTH * _POINTS:g} {height * _POINTS:g}" width="{WIDTH}" height="{height}"'
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return _ROOT.sub(f"<svg {size} {spaces}>", drawn, count=1)


def _shortened(match: re.Match[str]) -> str:
    """An outline to a tenth of a pixel; in a row of lines only the first says that it is one."""
    text = _NUMBER.sub(lambda number: _rounded(number, 1), match[1])
    return f' d="{text if set("QC") & set(text) else text.replace(" L", " ")}"'


def _rounded(match: re.Match[str], places: int) -> str:
    return f"{float(match[0]):.{places}f}".rstrip("0").rstrip(".")


def _each_letter_once(text: str, height: int) -> str:
    """An outline is moved to where its first point is nothing; outlines that are then alike are one."""
    names: dict[str, str] = {}
    places: dict[str, tuple[str, str, str]] = {}
    for name, outline in _GLYPH.findall(text):
        x, y = (_POINT.findall(outline) or [("0", "0")])[0]
        moved = _POINT.sub(lambda at, x=x, y=y: _moved(at, float(x), float(y)), outline)
        if float(y) <= height:
            places[name] = (names.setdefault(moved, name), x, y)
    outlines = "".join(f'<path id="{name}" d="{outline}"/>' for outline, name in names.items())
    text = _USE.sub(lambda use: _placed(use, places), _GLYPH.sub("", text))
    return text.replace("</svg>", f"<defs>{outlines}</defs></svg>")


def _moved(at: re.Match[str], x: float, y: float) -> str:
    return f"{float(at[1]) - x:.1f},{float(at[2]) - y:.1f}".replace(".0", "")


def _placed(use: re.Match[str], places: dict[str, tuple[str, str, str]]) -> str:
    if use[1] not in places:
        return ""
    name, x, y = places[use[1]]
    return f'<use xlink:href="#{name}" x="{float(x):.1f}" y="{float(y):.1f}"{use[2]}/>'


async def take(season: Played) -> None:
    """Write every screen of a season that is up. Raises ``AssertionError`` for one that is too large to be kept."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (height, come) in SCREENS.items():
        async with _window() as page:
            await come(season, page)
            await page.emulate_media(media="screen")
            pdf = await page.pdf(width=f"{WIDTH}px", height=f"{SHEET}px", print_background=True, page_ranges="1")
        text = as_svg(pdf, height)
        assert len(text) < MOST_BYTES, (name, len(text))
        (FOLDER / f"{name}.svg").write_text(text + "\n", encoding="utf-8")


@asynccontextmanager
async def _window() -> AsyncIterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, chromium_sandbox=False)
        yield await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR", timezone_id=ZONE)
        await browser.close()


async def main() -> None:
    """Play a season, take the screens, and leave nothing running."""
    with tempfile.TemporaryDirectory() as var:
        async for season in played(Path(var)):
            await take(season)


if __name__ == "__main__":
    asyncio.run(main())
