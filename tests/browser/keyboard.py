"""A reader who has a keyboard and nothing else."""

from playwright.async_api import Locator, Page

_STOP = """element => {
  const focused = document.activeElement;
  const beside = element.type === 'radio' && focused.name === element.name;
  return [element === focused, beside, [...document.querySelectorAll('*')].indexOf(focused)];
}"""
_SEEN = """element => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  return marked && box.bottom > 0 && box.top < innerHeight;
}"""


class Keyboard:
    """Acts on a page with Tab, arrows, Enter and Space. What cannot be reached so, or shows no focus, fails the test."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def reach(self, target: Locator) -> None:
        """Press Tab until ``target`` has the focus, visibly and on the screen. Raises ``AssertionError`` if it never has."""
        stops: set[int] = set()
        while True:
            there, beside, stop = await target.evaluate(_STOP)
            if there:
                break
            assert stop not in stops, f"{target} cannot be reached with Tab"
            stops.add(stop)
            await self._page.keyboard.press("ArrowDown" if beside else "Tab")
        assert await target.evaluate(_SEEN), f"the focus cannot be seen on {target}"

    async def activate(self, target: Locator) -> None:
        """Follow a link or press a button."""
        await self.reach(target)
        await self._page.keyboard.press("Enter")

    async def write(self, target: Locator, text: str) -> None:
        """Write ``text`` in place of what a field holds."""
        await self.reach(target)
        await self._page.keyboard.press("Control+a")
        await self._page.keyboard.type(text)

    async def tick(self, target: Locator) -> None:
        """Check a box or choose a radio button, if it is not so already."""
        await self.reach(target)
        if not await target.is_checked():
            await self._page.keyboard.press("Space")
        assert await target.is_checked()

    async def choose(self, target: Locator, option: str) -> None:
        """Choose an option of a select by writing its beginning."""
        await self.reach(target)
        await self._page.keyboard.type(option)
        chosen = await target.evaluate("element => element.selectedOptions[0].label")
        assert chosen == option, f"{chosen!r} is chosen, not {option!r}"
