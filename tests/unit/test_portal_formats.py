"""What people read: days, hours with their zone, amounts; and the colours of the map with their legend."""

from datetime import UTC, datetime

import pytest

from services.portal.cartography import choropleth, legend, level
from services.portal.formats import Formats

FR, EN = Formats("fr"), Formats("en")


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (
            "2021-12-06T17:00:00+00:00",
            "6 décembre 2021 à 18:00 (heure de Paris)",
            "6 December 2021 at 18:00 (Paris time)",
        ),
        ("2022-06-30T22:30:00Z", "1er juillet 2022 à 00:30 (heure de Paris)", "1 July 2022 at 00:30 (Paris time)"),
        ("2022-11-11", "11 novembre 2022", "11 November 2022"),
        (None, "", ""),
    ],
)
def test_moments_have_an_hour_and_a_zone(value: str | None, fr: str, en: str) -> None:
    assert (FR.moment(value), EN.moment(value)) == (fr, en)


def test_an_hour_alone_has_its_zone_too() -> None:
    assert (FR.hour("2021-12-06T17:00:00Z"), EN.hour("2021-12-06T17:00:00Z")) == (
        "18:00 (heure de Paris)",
        "18:00 (Paris time)",
    )
    assert FR.hour(None) == ""


def test_days_and_months() -> None:
    assert [FR.day("2022-03-01", form) for form in ("long", "short", "MMMM y")] == [
        "1er mars 2022", "01/03/2022", "mars 2022",
    ]  # fmt: skip
    assert FR.day(datetime(2021, 12, 31, 23, 30, tzinfo=UTC)) == "1er janvier 2022"


def test_amounts_have_cents_only_when_there_are_any() -> None:
    assert [FR.money(cents).replace("\u202f", " ").replace("\u00a0", " ") for cents in (8_000_000, 1_200_050, 0)] == [
        "80 000 €", "12 000,50 €", "0 €",
    ]  # fmt: skip
    assert EN.money(1_200_050) == "€12,000.50"


@pytest.mark.parametrize("greatest", [1, 2, 3, 4, 5, 9, 187])
def test_every_value_on_the_map_is_in_the_legend_under_its_own_colour(greatest: int) -> None:
    shown = {name: (least, most) for name, least, most in legend(greatest)}
    for value in range(1, greatest + 1):
        least, most = shown[level(value, greatest)]
        assert least <= value <= most
    assert level(greatest, greatest) == 4
    assert level(0, greatest) == 0


def test_the_map_has_every_departement_overseas_too() -> None:
    drawn = choropleth({"972": 3})
    assert len(drawn.shapes) == 101
    assert {shape.code for shape in drawn.shapes if shape.frame} == {"971", "972", "973", "974", "976"}
    assert [shape.code for shape in drawn.shapes if shape.level] == ["972"]
