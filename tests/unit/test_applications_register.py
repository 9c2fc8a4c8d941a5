"""Lists of a call by the domain alone: filters, order, pages, search, and the board."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.domain import register
from services.applications.domain.board import Scene, board
from services.applications.domain.officers import Delegation, Officer
from services.applications.domain.regions import REGION_OF, REGIONS
from services.applications.domain.register import Filters, List, Order, Register, Row
from services.applications.domain.searching import sought, terms, words
from tests.applications import ASSOCIATION, PERSON
from tests.candidature import CALL, NOW, draft, refused, submit

FIRST, SECOND = UUID(int=1), UUID(int=2)
ORDERS: tuple[Order, ...] = get_args(Order)


def tag(term: str) -> str:
    return sha256(term.encode()).hexdigest()[:16]


def row(ordinal: int = 1, **given: Any) -> Row:
    known: dict[str, Any] = {
        "application_id": str(UUID(int=ordinal)),
        "version": 1,
        "status": "submitted",
        "kind": "person",
        "created_at": NOW,
        "ordinal": ordinal,
        "number": f"AIC-2021-{ordinal:06d}" if ordinal else "",
        "submitted_at": NOW + timedelta(minutes=ordinal) if ordinal else None,
        "departement": "35",
    }
    return Row(**(known | given))


def registered(*rows: Row) -> Register:
    found = Register()
    found.note(rows)
    return found


def listed(rows: Register, order: Order = "number", now: datetime = NOW, officers: Any = None, **filters: Any) -> List:
    return List(rows, Filters(**filters), order, officers or {}, now)


def ordinals(found: List) -> list[int]:
    return [each.ordinal for each in found.rows()]


rows_of_calls = st.lists(
    st.builds(
        row,
        st.integers(1, 60),
        status=st.sampled_from(["submitted", "eligible", "withdrawn"]),
        cents=st.integers(0, 3),
        departement=st.sampled_from(["02", "2A", "35"]),
        submitted_at=st.sampled_from([NOW, NOW + timedelta(seconds=1), NOW + timedelta(microseconds=5)]),
    ),
    unique_by=lambda each: each.ordinal,
    max_size=40,
)


@given(
    rows_of_calls, st.sampled_from(ORDERS), st.integers(1, 7), st.sampled_from([frozenset(), frozenset({"eligible"})])
)
def test_pages_forward_and_back_give_the_whole_list_once(
    rows: list[Row], order: Order, limit: int, statuses: frozenset[str]
) -> None:
    found = listed(registered(*rows), order, statuses=statuses)
    pages, after = [], None
    while True:
        page = found.page(after, None, limit)
        pages.append(page)
        if page.next is None:
            break
        after = register.read(order, str(register.written(order, page.next)), "after")
        assert after == page.next
    assert [each for page in pages for each in page.rows] == found.rows()
    assert len(found.rows()) == found.total()
    for earlier, later in pairwise(pages):
        assert later.previous is not None
        assert found.page(None, later.previous, limit).rows == earlier.rows


@given(rows_of_calls, st.sampled_from([order for order in ORDERS if not order.startswith("-")]))
def test_a_descending_list_is_the_ascending_one_reversed(rows: list[Row], order: Order) -> None:
    down: Order = f"-{order}"  # type: ignore[assignment]
    assert listed(registered(*rows), down).rows() == listed(registered(*rows), order).rows()[::-1]


def test_a_list_goes_on_where_it_was_when_rows_change_under_it() -> None:
    rows = registered(*(row(each, cents=each) for each in range(1, 7)))
    place = listed(rows, "amount").page(None, None, 2).next
    rows.note([row(1, version=2, cents=9), row(7, cents=0)])
    assert [each.ordinal for each in listed(rows, "amount").page(place, None, 10).rows] == [3, 4, 5, 6, 1]


def test_a_row_that_is_older_than_what_is_known_changes_nothing() -> None:
    rows = registered(row(1, version=3, status="eligible"))
    rows.note([row(1, version=2)])
    assert listed(rows).counts() == {"eligible": 1}


@pytest.mark.parametrize("text", ["", "x", "1~", "~", "é~1", "9" * 40, "-1", "1~2~x"])
@pytest.mark.parametrize("order", ["number", "amount", "status"])
def test_a_place_of_another_list_is_refused(order: Order, text: str) -> None:
    refused("cursor_invalid", lambda: register.read(order, text, "after"))


def test_filters_narrow_and_counts_tell_of_every_status() -> None:
    rows = registered(
        row(0, status="draft"),
        row(1, kind="association", theme="health", needs=("funding", "visibility"), departement="2A"),
        row(2, status="eligible", theme="ecology", needs=("funding",), departement="35"),
        row(3, status="withdrawn", departement="988", channel="paper", confirmed=False),
    )
    assert ordinals(listed(rows)) == [1, 2, 3]
    assert ordinals(listed(rows, kinds=frozenset({"association"}))) == [1]
    assert ordinals(listed(rows, themes=frozenset({"ecology", "health"}))) == [1, 2]
    assert ordinals(listed(rows, needs=frozenset({"visibility"}))) == [1]
    assert ordinals(listed(rows, regions=frozenset({"94", "53"}))) == [1, 2]
    assert ordinals(listed(rows, departements=frozenset({"988"}))) == [3]
    assert ordinals(listed(rows, unconfirmed=True)) == [3]
    narrowed = listed(rows, statuses=frozenset({"eligible"}), needs=frozenset({"funding"}))
    assert (ordinals(narrowed), narrowed.total()) == ([2], 1)
    assert narrowed.counts() == {"submitted": 1, "eligible": 1}


def test_an_officers_files_are_theirs_and_those_of_whom_they_stand_in_for() -> None:
    absence = Delegation(
        delegation_id=uuid4(), delegate_id=SECOND, starts_at=NOW, ends_at=NOW + timedelta(days=1),
        delegated_by=FIRST, delegated_at=NOW,
    )  # fmt: skip
    officers = {FIRST: Officer(officer_id=FIRST, delegations=(absence,))}
    rows = registered(row(1, assigned_to=FIRST), row(2, assigned_to=SECOND), row(3))
    assert ordinals(listed(rows, officers=officers, officer=SECOND)) == [1, 2]
    assert ordinals(listed(rows, officers=officers, officer=FIRST)) == [1]
    assert ordinals(listed(rows, officers=officers, officer=SECOND, now=NOW + timedelta(days=1))) == [2]
    assert ordinals(listed(rows, nobodys=True)) == [3]


def found_by(text: str, **given: Any) -> bool:
    application = submit(draft("association", ASSOCIATION, title="Les Écoles à cœur ouvert", **given)).state
    known = row(187, tags=frozenset(map(tag, terms(application))), siren=application.facts and application.facts.siren)
    return ordinals(listed(registered(known), sought=sought(text, tag))) == [187]


@pytest.mark.parametrize(
    "text",
    [
        "AIC-2021-000187", "aic-2021-0001", "AIC", "187", "000187", "732829320", "732 829 320 00074", "w353012345",
        "école", "ECOLES", "coeur ouverts", "ouvert Canary", " ", "association",
    ],
)  # fmt: skip
def test_what_is_searchable_is_found(text: str) -> None:
    assert found_by(text)


@pytest.mark.parametrize("text", ["AIC-2021-0002", "18", "73282932000075", "W353012346", "école fermée", "zz", "éco"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert not found_by(text)


def test_no_natural_person_is_among_what_is_searchable() -> None:
    for kind, applicant in (("person", PERSON), ("collective", PERSON | {"name": "Canary-Collective"})):
        found = " ".join(terms(draft(kind, applicant, title="Jardin"))).lower()
        assert found == "word:jardin"
    assert "family" not in " ".join(terms(draft("association", ASSOCIATION | {"family_name": "Family"})))


@given(st.text(max_size=200))
def test_words_are_plain_and_the_same_however_they_are_typed(text: str) -> None:
    found = words(text)
    assert all(word.isascii() and word.isalnum() and len(word) >= 3 for word in found)
    assert sought(text, tag) is None or sought(text, tag) == sought(f" {text} ", tag)


def test_every_departement_is_in_one_region_at_most() -> None:
    held = [each for departements in REGIONS.values() for each in departements]
    assert len(held) == len(set(held)) == 101
    assert (REGION_OF["2A"], REGION_OF["974"], REGION_OF.get("988")) == ("94", "04", None)


def scene(*rows: Row, officers: Any = None, known: tuple[UUID, ...] = ()) -> Scene:
    return Scene(CALL, rows, officers or {}, known, NOW + timedelta(days=10))


def test_a_board_counts_day_by_day_where_the_call_is() -> None:
    late = datetime(2021, 12, 5, 23, 30, tzinfo=UTC)
    shown = board(scene(row(0, status="draft"), row(1), row(2, created_at=late, submitted_at=late + timedelta(days=1))))
    assert shown["days"] == [
        {"day": "2021-12-05", "started": 2, "submitted": 1},
        {"day": "2021-12-06", "started": 1, "submitted": 0},
        {"day": "2021-12-07", "started": 0, "submitted": 1},
    ]
    assert (shown["drafts"], shown["submitted"]) == (1, 2)
    assert shown["by_status"] == {"draft": 1, "submitted": 2}
    assert sum(each["submitted"] for each in shown["days"]) == shown["submitted"]


def test_a_board_tells_delays_and_what_has_waited_longest() -> None:
    decided = [
        row(each, submitted_at=NOW, admissibility_at=NOW + timedelta(days=each), status="eligible")
        for each in (1, 2, 6)
    ]
    waiting = [row(8, submitted_at=NOW + timedelta(days=5)), row(9, submitted_at=NOW + timedelta(days=3))]
    delays = board(scene(*decided, *waiting))["delays"]
    assert (delays["median_days"], delays["longest_days"], delays["decided"], delays["waiting"]) == (2, 6, 3, 2)
    assert (delays["oldest_waiting"]["number"], delays["oldest_waiting"]["days"]) == ("AIC-2021-000009", 7)
    empty = board(scene())["delays"]
    assert (empty["median_days"], empty["oldest_waiting"]) == (None, None)


def test_a_board_tells_the_loads_of_officers_and_of_who_stands_in() -> None:
    absence = Delegation(
        delegation_id=uuid4(), delegate_id=SECOND, starts_at=NOW, ends_at=NOW + timedelta(days=30),
        delegated_by=FIRST, delegated_at=NOW,
    )  # fmt: skip
    officers = {FIRST: Officer(officer_id=FIRST, delegations=(absence,))}
    rows = (
        row(1, assigned_to=FIRST), row(2, assigned_to=FIRST, status="eligible"), row(3, assigned_to=SECOND), row(4),
        row(5, assigned_to=FIRST, status="withdrawn"),
    )  # fmt: skip
    shown = board(scene(*rows, officers=officers, known=(UUID(int=3),)))
    loads = {each["officer_id"]: (each["assigned"], each["waiting"], each["acting"]) for each in shown["officers"]}
    assert loads == {str(FIRST): (2, 1, 0), str(SECOND): (1, 1, 3), str(UUID(int=3)): (0, 0, 0)}
    assert shown["unassigned"] == 1
