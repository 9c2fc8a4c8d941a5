"""A person's applications in pages, cut after they were filtered."""

from uuid import UUID, uuid4

from services.portal.routes.applications.lists import PAGE_SIZE, part

LINES = [{"application_id": str(uuid4())} for _ in range(2 * PAGE_SIZE)]


def test_pages_follow_each_other_and_end() -> None:
    first, further = part(LINES, None)
    assert further == first[-1]["application_id"]
    rest, end = part(LINES, UUID(further))
    assert (first + rest, end) == (LINES, None)


def test_fewer_than_a_page_are_all_there() -> None:
    assert part(LINES[:PAGE_SIZE], None) == (LINES[:PAGE_SIZE], None)
    assert part([], uuid4()) == ([], None)
