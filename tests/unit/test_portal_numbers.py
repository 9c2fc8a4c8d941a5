"""Numbers that people type, and the same numbers in their fields again."""

from decimal import Decimal

import pytest

from services.portal.routes.initiatives.planning import shown_number, typed_number
from services.portal.routes.panel.reading import score

TYPED = {
    ("1 234 567", "fr"): "1234567",
    ("1\u202f234\u202f567,125", "fr"): "1234567.125",
    ("2000,5", "fr"): "2000.5",
    ("1,000", "fr"): "1.000",
    ("1,000", "en"): "1000",
    ("1,234,567.5", "en"): "1234567.5",
    ("-1,000", "en"): "-1000",
    ("0,5", "en"): "0.5",
    ("12.125", "en"): "12.125",
}


@pytest.mark.parametrize(("text", "language"), TYPED)
def test_a_number_is_read_as_its_language_writes_it(text: str, language: str) -> None:
    assert typed_number(text, language) == Decimal(TYPED[text, language])


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "text", ["", "mille", "1e6", "NaN", "Infinity", "1,2,3", "1.2345", "1,0000,000", "10" * 7, "--3", "٣"]
)
def test_what_is_no_number_is_refused(text: str, language: str) -> None:
    assert typed_number(text, language) is None


@pytest.mark.parametrize("milli", [0, 1, 500, 1_000, 20_000, 1_234_567_000, 1_234_567_125, 999_999_999_999_000, -1_500])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_field_shows_all_digits_and_gives_the_same_number_back(milli: int, language: str) -> None:
    text = shown_number(milli, language)
    assert "E" not in text.upper()
    assert typed_number(text, language) == Decimal(milli) / 1000


def test_a_field_shows_no_digits_that_say_nothing() -> None:
    assert [shown_number(milli, "fr") for milli in (1_234_567_000, 2_000_500, 0)] == ["1234567", "2000,5", "0"]


def test_a_score_is_a_whole_number_on_its_scale() -> None:
    scale = {"minimum": -2, "maximum": 5}
    assert [score(text, scale) for text in ("-2", "0", "5")] == [-2, 0, 5]
    for text in ("", "-", "--3", "-3", "6", "3.0", "1e0", "٣", "+1", "9" * 5_000):
        assert score(text, scale) is None
