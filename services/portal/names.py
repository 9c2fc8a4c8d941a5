"""Who is who: ids of the services to the names that a reader may know."""

from collections.abc import Iterable

from services.portal.backend import ServiceDown
from services.portal.page import Page
from services.portal.roles import NAMING

MOST = 200


async def names(page: Page, ids: Iterable[str | None]) -> dict[str, str]:
    """The names of these persons by their ids. Who is unknown or erased is left out; all are, where names are not for this
    reader, or ``people`` does not answer: a page without them is better than none."""
    wanted = sorted({each for each in ids if each}) if page.has(*NAMING) else []
    found: dict[str, str] = {}
    try:
        for start in range(0, len(wanted), MOST):
            answer = await page.ask("POST", "people", "/persons/names", {"ids": wanted[start : start + MOST]})
            found |= {key: name for key, name in answer["names"].items() if name}
    except ServiceDown:
        return found
    return found
