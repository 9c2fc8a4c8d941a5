"""Lists for pages: search, filters, order, and pages by key that lose and repeat nothing."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.people import RoleGranted, RoleRevoked
from services.observatory.api.cached import tagged
from services.observatory.domain import figures, lists, readers
from services.observatory.domain.lists import Listing, PageUnknown
from tests.facts import ONE, START, facts, granted, published, selected, submitted

ROWS: list[dict[str, Any]] = [
    {"id": "1", "title": "Épicerie solidaire", "amount": 5},
    {"id": "2", "title": "atelier vélo", "amount": 7},
    {"id": "3", "title": None, "amount": 5},
]


@pytest.mark.parametrize(
    ("search", "found"),
    [("EPICERIE", ["1"]), ("velo atelier", ["2"]), ("épi vélo", []), (None, ["1", "2", "3"]), ("  ", ["1", "2", "3"])],
)
def test_words_are_found_whatever_their_accents(search: str | None, found: list[str]) -> None:
    assert [row["id"] for row in lists.matching(ROWS, search, ("title",), {})] == found


def test_filters_that_are_not_given_leave_everything() -> None:
    assert [row["id"] for row in lists.matching(ROWS, None, ("title",), {"amount": 5, "id": None})] == ["1", "3"]
    assert lists.facets(ROWS, ["amount", "title"])["amount"] == {"5": 2, "7": 1}


@pytest.mark.parametrize(
    ("sort", "order", "found"),
    [("title", "asc", "213"), ("title", "desc", "123"), ("amount", "asc", "132"), ("amount", "desc", "231")],
)
def test_what_lacks_the_sorted_field_comes_last(sort: str, order: Any, found: str) -> None:
    page = lists.page(ROWS, Listing(sort, order), "id")
    assert "".join(row["id"] for row in page["items"]) == found
    assert (page["next"], page["total"]) == (None, 3)


rows = st.lists(
    st.builds(lambda key, value: {"id": str(key), "value": value}, st.uuids(), st.none() | st.text(max_size=3)),
    max_size=30, unique_by=lambda row: row["id"],
)  # fmt: skip


@given(rows, st.sampled_from(["asc", "desc"]), st.integers(1, 7))
def test_pages_lose_and_repeat_nothing(known: list[dict[str, Any]], order: Any, limit: int) -> None:
    whole = lists.page(known, Listing("value", order, limit=500), "id")["items"]
    seen: list[dict[str, Any]] = []
    after = None
    while True:
        page = lists.page(known, Listing("value", order, after, limit), "id")
        seen += page["items"]
        if (after := page["next"]) is None:
            break
    assert seen == whole
    assert sorted(row["id"] for row in seen) == sorted(row["id"] for row in known)


@pytest.mark.parametrize("after", ["canary", "é", "W10", "bnVsbA", "WzEsIDIsIDNd", "W2ZhbHNlLCAxLCAiYSJd", "a" * 1_000])
def test_what_is_no_page_is_refused(after: str) -> None:
    with pytest.raises(PageUnknown):
        lists.page(ROWS, Listing("title", after=after), "id")


def test_a_row_that_went_leaves_its_place() -> None:
    first = lists.page(ROWS, Listing("id", limit=1), "id")
    left = lists.page(ROWS[1:], Listing("id", after=first["next"]), "id")
    assert [row["id"] for row in left["items"]] == ["2", "3"]


def role(kind: Any, name: str, **values: Any) -> Any:
    by = "granted" if kind is RoleGranted else "revoked"
    return kind(person_id=uuid4(), role=name, **{f"{by}_by": ONE, f"{by}_at": START}, **values)


def test_a_reader_reads_for_what_was_given_last() -> None:
    told = [
        role(RoleGranted, "territory_reader", territory="75"),
        role(RoleGranted, "sector_reader", sector="health"),
        role(RoleGranted, "territory_reader", territory="13"),
        role(RoleRevoked, "sector_reader"),
        role(RoleGranted, "expert"),
    ]
    kept = {str(n): entry for n, event in enumerate(told) if (entry := readers.entry(event, n))}
    assert len(kept) == 4
    backwards = dict(reversed(kept.items()))
    for entries in (kept, backwards):
        assert readers.held_for("territory_reader", entries) == "13"
        assert readers.held_for("sector_reader", entries) is None
    assert readers.held_for("sector_reader", {"1": kept["1"]}) == "health"


def test_a_reader_sees_states_and_no_name_of_a_person() -> None:
    known = facts(
        submitted(applicant_kind="person"), selected(applicant_kind="person"), published(applicant_kind="person")
    )
    row = readers.initiative(known["applications", str(ONE)], None, None)
    assert (row["application_state"], row["laureate"], row["requested_cents"]) == ("selected", True, 100)
    assert (row["organisation_name"], row["siret"], row["title"]) == (None, None, "=Titre")


def test_a_map_has_every_departement_and_a_grant_is_of_its_initiatives_kind() -> None:
    known = facts(
        submitted(departement="971"), submitted(UUID(int=9), departement="2A"), selected(departement="971"), granted()
    )
    season = figures.season([fact for (subject, _), fact in known.items() if subject == "applications"], [], [])
    recorded = [{"departement_code": "67", "amount_eur": 3}, {"departement_code": None, "amount_eur": 5}]
    found = figures.on_a_map(season, recorded)
    assert len(found) == 107
    assert (found["971"]["submitted"], found["971"]["laureates"], found["2A"]["laureates"]) == (1, 1, 0)
    assert (found["67"]["recorded_projects"], found["67"]["recorded_eur"], found["75"]["submitted"]) == (1, 3, 0)
    assert [(row["applicant_kind"], row["submitted"]) for row in figures.by_kind(season)] == [("association", 2)]
    assert [(row["region"], row["laureates"]) for row in figures.by_region(season)] == [("01", 1), ("94", 0)]


@pytest.mark.parametrize(
    ("known", "status"), [("", 200), ('"other"', 200), ("{tag}", 304), ('"other", W/{tag}', 304), ("*", 304)]
)
def test_a_tag_that_is_known_needs_no_content(known: str, status: int) -> None:
    from fastapi.responses import JSONResponse

    tag = tagged(JSONResponse({"a": 1}), "").headers["etag"]
    answer = tagged(JSONResponse({"a": 1}), known.replace("{tag}", tag))
    assert (answer.status_code, answer.headers["etag"]) == (status, tag)
    assert bytes(answer.body) == (b"" if status == 304 else b'{"a":1}')
    assert "public" in answer.headers["cache-control"]
    assert tagged(JSONResponse({"a": 2}), "").headers["etag"] != tag
