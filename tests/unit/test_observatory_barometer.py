"""The barometer: values added up by territory, progress, weather, trend, and whether it is up to date."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import coaching
from contracts.model import Event
from services.observatory.domain import barometer, calendar, territories
from services.observatory.domain.facts import Fact, instant
from tests.facts import CALL, OWNER, START, facts

LATER = START + timedelta(days=30)


def initiative(number: int, departement: str, weather: str | None = None, **values: int) -> list[Fact]:
    """A cycle with these values of one indicator, in thousandths; ``current`` is told and dated a day after the others."""
    key = UUID(int=number)
    opened = coaching.CycleOpened(
        initiative_id=key, call_id=CALL, owner_id=OWNER, theme="health", departement=departement, starts_at=START,
        ends_at=START + timedelta(weeks=13),
    )  # fmt: skip
    events: list[Event] = [opened]
    for kind in ("initial", "target", "current"):
        if kind in values:
            at = START + timedelta(days=kind == "current")
            told = {"indicator": "users", "kind": kind, "value_milli": values[kind], "valued_at": at}
            events.append(coaching.IndicatorValue.model_validate({"initiative_id": key, **told}))
    if weather:
        events.append(coaching.CheckInRecorded.model_validate(
            {"initiative_id": key, "week": 1, "weather": weather, "late": False}
        ))  # fmt: skip
    return list(facts(*events).values())


def shown(*initiatives: list[Fact], at: datetime = LATER, before: datetime = START) -> dict[str, dict[str, Any]]:
    rows = barometer.barometer([fact for each in initiatives for fact in each], at, before)
    return {row["territory"]["zone_id"]: row for row in rows}


def test_an_initiative_counts_in_its_departement_its_region_and_the_country() -> None:
    one = initiative(1, "13", "sun", initial=0, target=8_000, current=2_000)
    two = initiative(2, "06", "storm", initial=1_000, target=4_000, current=4_000)
    overseas = initiative(3, "988", initial=0, target=10_000, current=5_000)
    found = shown(one, two, overseas)
    assert list(found) == ["FRANCE", "R93", "D06", "D13", "D988"]
    country, region = found["FRANCE"], found["R93"]
    assert (region["initial"]["value"], region["current"]["value"], region["target"]["value"]) == (1, 6, 12)
    assert region["progress_percent"] == 45.5
    assert region["territory"]["mesh"] == "REG"
    assert (country["initiatives"], country["progress_percent"]) == (3, 47.6)
    assert region["weather"] == "ORAGE"
    assert found["D13"]["weather"] == "SOLEIL"
    assert found["D988"]["weather"] is None


def test_values_that_lack_a_part_are_counted_and_not_added() -> None:
    found = shown(initiative(1, "13", initial=0, target=8_000, current=2_000), initiative(2, "13", initial=5_000))
    row = found["D13"]
    assert (row["initiatives"], row["incomplete"], row["current"]["value"]) == (1, 1, 2)
    nothing = shown(initiative(2, "13", initial=5_000))["D13"]
    assert (nothing["progress_percent"], nothing["current"], nothing["up_to_date"]) == (None, None, False)
    assert (nothing["trend"], nothing["next_update_by"]) == (None, None)


@pytest.mark.parametrize(("current", "expected"), [(6_000, "up"), (4_000, "steady"), (1_000, "down")])
def test_the_trend_is_since_the_instant_before(current: int, expected: str) -> None:
    key = UUID(int=1)
    later = coaching.IndicatorValue.model_validate({
        "initiative_id": key, "indicator": "users", "kind": "current", "value_milli": current,
        "valued_at": START + timedelta(days=5),
    })  # fmt: skip
    (known,) = initiative(1, "13", initial=0, target=8_000, current=4_000)
    (told,) = facts(later).values()
    entry = replace(told.entries[0], at=instant(START + timedelta(days=10)), position=99)
    moved = replace(known, entries=(*known.entries, entry))
    row = shown([moved], before=START + timedelta(days=6))["D13"]
    assert row["trend"] == expected
    assert shown([moved], before=START - timedelta(days=1))["D13"]["trend"] is None


@pytest.mark.parametrize(("days", "expected"), [(93, True), (94, False)])
def test_a_value_is_up_to_date_for_a_quarter(days: int, expected: bool) -> None:
    known = initiative(1, "13", initial=0, target=8_000, current=2_000)
    row = shown(known, at=START + timedelta(days=days))["D13"]
    assert row["up_to_date"] is expected
    assert row["next_update_by"] == (START + timedelta(days=93)).isoformat()


def test_every_departement_lies_in_one_region_at_most_and_there_are_101() -> None:
    inside = [code for codes in territories.REGIONS.values() for code in codes]
    assert len(inside) == len(set(inside)) == 101
    assert len(territories.REGIONS) == 18
    assert not set(inside) & set(territories.COLLECTIVITIES)
    assert territories.zones_of("2A") == ["FRANCE", "R94", "D2A"]
    assert territories.zones_of("988") == ["FRANCE", "D988"]
    assert territories.zones_of(None) == ["FRANCE"]


def test_a_quarter_begins_at_midnight_in_paris() -> None:
    assert calendar.begin("2022-Q1") == datetime(2021, 12, 31, 23, tzinfo=UTC)
    assert calendar.begin("2022-Q3") == datetime(2022, 6, 30, 22, tzinfo=UTC)
    assert calendar.quarter_of(datetime(2021, 12, 31, 23, tzinfo=UTC)) == "2022-Q1"
    assert calendar.quarters(START, START + timedelta(days=200)) == ["2022-Q1", "2022-Q2", "2022-Q3"]
    for wrong in ("2022-Q5", "2022", "22-Q1", ""):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            calendar.begin(wrong)


@given(st.timedeltas(timedelta(days=-40_000), timedelta(days=40_000)))
def test_every_instant_lies_in_its_quarter(apart: timedelta) -> None:
    moment = START + apart
    quarter = calendar.quarter_of(moment)
    assert calendar.begin(quarter) <= moment < calendar.begin(calendar.following(quarter))
    assert calendar.preceding(calendar.following(quarter)) == quarter
