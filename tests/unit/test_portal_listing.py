"""Lists that are searched and sorted in the portal."""

import pytest

from services.portal.listing import folded, in_order

ROWS = [{"name": "b", "mean": None}, {"name": "c", "mean": 2}, {"name": "a", "mean": 2}, {"name": "d", "mean": 1}]


def names(order: str) -> str:
    return "".join(each["name"] for each in in_order(ROWS, lambda each: each["mean"], {"order": order}))


def test_equal_rows_stay_as_they_were_and_those_without_a_value_come_last() -> None:
    assert names("asc") == "dcab"
    assert names("desc") == "cadb"


def test_names_are_sorted_without_their_accents_and_case() -> None:
    assert sorted(["Zoé", "Éric", "eva"], key=folded) == ["Éric", "eva", "Zoé"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [("reunion d'inf", "Réunion d’information"), ("OEUVRE", "Œuvre commune"), ("ﬁl", "Au fil de l’eau")],
)
def test_what_is_typed_finds_what_is_written(typed: str, told: str) -> None:
    assert folded(typed) in folded(told)
