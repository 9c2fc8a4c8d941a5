"""Following every link from where somebody arrives, a few pages for each route."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from services.portal.navigation import PUBLIC, areas_for
from tests.browser.proof.reader import Answer, Reader
from tests.browser.proof.table import Table, kind
from tests.browser.tags import Tags

OF_A_ROUTE = 3
"""So many addresses of a route are looked at, or of each of its kinds, and shown in a browser the first."""
BEGINNING = "the navigation"


@dataclass(frozen=True)
class Seen:
    """A page or a file at which somebody came; ``route`` is empty for an address that no route is for."""

    route: str
    answer: Answer
    came_from: str
    first: bool

    def __str__(self) -> str:
        return f"{self.answer.status} {self.answer.url} (from {self.came_from})"


async def walk(reader: Reader, table: Table, doors: Sequence[str] = ()) -> list[Seen]:
    """Breadth first from ``doors`` and from the navigation, in French, each address once. What is public is the same for
    everyone: the public goes there; others go where only they may."""
    roles = tuple(reader.person["roles"]) if reader.person else ()
    begin = [*doors, *(f"/fr{link.path}" for link in (areas_for(roles) if reader.person else PUBLIC))]
    queue = deque((path, BEGINNING) for path in (begin if reader.person else ["/fr/", *begin]))
    known, of_kind, found = {path for path, _ in queue}, Counter[str](), list[Seen]()
    while queue:
        path, origin = queue.popleft()
        found_route = table.route(path)
        if found_route and not table.leads(*found_route, origin, roles):
            continue
        name, its_kind = (found_route[0].path, kind(found_route[0], path)) if found_route else ("", "")
        of_kind[its_kind] += 1
        if of_kind[its_kind] > OF_A_ROUTE:
            continue
        answer = await reader.get(path)
        found.append(Seen(name, answer, origin, of_kind[its_kind] == 1))
        for link in links(answer, str(reader.client.base_url)):
            if link not in known:
                known.add(link)
                queue.append((link, path))
    return found


def links(answer: Answer, origin: str) -> Iterator[str]:
    """The portal's own addresses in French that a page leads to or is streamed from."""
    for tag in Tags(answer.text).root.inside():
        target = tag.attributes.get("href" if tag.name == "a" else "data-hx-sse:connect")
        if target:
            parts = urlsplit(urljoin(answer.url, target))
            if f"{parts.scheme}://{parts.netloc}" == origin.rstrip("/") and parts.path.startswith("/fr/"):
                yield parts.path + (f"?{parts.query}" if parts.query else "")
