"""The programme's quality: averages, waits, overdue check-ins, as they follow from the facts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import applications as told
from contracts import coaching, funding, payments
from contracts.feedback import OpinionGiven
from services.observatory.domain import quality
from services.observatory.domain.facts import Fact
from tests.facts import CALL, ONE, OWNER, START, TWO, facts, selected, submitted


def opinion(number: int, satisfaction: Any, at: datetime = START, **values: Any) -> OpinionGiven:
    given = {"step": "cycle", "source": "person", **values}
    return OpinionGiven(opinion_id=UUID(int=number), satisfaction=satisfaction, given_at=at, **given)


def admitted(key: UUID = ONE) -> told.ApplicationAdmitted:
    return told.ApplicationAdmitted(application_id=key, call_id=CALL, rule="complete")


def signed() -> funding.AgreementSigned:
    return funding.AgreementSigned(
        agreement_id=ONE, envelope_id=CALL, amount_cents=1, signed_at=START, theme="health", departement="75"
    )


def ordered(**values: Any) -> payments.PaymentOrdered:
    return payments.PaymentOrdered.model_validate(
        {"tranche_id": TWO, "agreement_id": ONE, "amount_cents": 1, "ordered_by": OWNER, **values}
    )


def settled() -> payments.PaymentSettled:
    return payments.PaymentSettled(
        tranche_id=TWO, agreement_id=ONE, envelope_id=CALL, payment_id=TWO, amount_cents=1, settled_at=START, owner_id=OWNER
    )  # fmt: skip


def test_satisfaction_is_averaged_in_all_by_step_and_by_month() -> None:
    midnight_in_paris = datetime(2022, 1, 31, 23, 30, tzinfo=UTC)
    known = facts(
        opinion(1, 10, clarity=5, help=4),
        opinion(2, 5, step="site", source="anonymous"),
        opinion(3, 0, midnight_in_paris, clarity=2),
    )
    found = quality.satisfaction(known.values())
    assert found["satisfaction"] == {"out_of_10": 5, "count": 3}
    assert found["clarity"] == {"out_of_5": 3.5, "count": 2}
    assert found["help"] == {"out_of_5": 4, "count": 1}
    assert found["sources"] == {"person": 2, "token": 0, "anonymous": 1}
    assert [(row["step"], row["satisfaction"]["count"]) for row in found["by_step"]] == [("cycle", 2), ("site", 1)]
    assert [(row["month"], row["satisfaction"]["out_of_10"]) for row in found["by_month"]] == [
        ("2022-01", 7.5), ("2022-02", 0),
    ]  # fmt: skip


def test_without_an_opinion_there_is_no_average() -> None:
    found = quality.satisfaction([])
    assert found["satisfaction"] == {"out_of_10": None, "count": 0}
    assert found["by_step"] == []


def test_waits_are_counted_from_first_to_first() -> None:
    known = facts(submitted(), admitted(), selected(), signed(), ordered(), ordered(), settled(), hours=24)
    applications = [fact for (subject, _), fact in known.items() if subject == "applications"]
    grants = [fact for (subject, _), fact in known.items() if subject == "grants"]
    assert quality.delays(applications, grants) == {
        "submission_to_admissibility": {"median_days": 1.0, "p90_days": 1.0, "count": 1},
        "decision_to_agreement": {"median_days": 1.0, "p90_days": 1.0, "count": 1},
        "order_to_payment": {"median_days": 2.0, "p90_days": 2.0, "count": 1},
    }


def test_what_has_not_come_to_an_end_is_no_wait() -> None:
    known = facts(submitted(), selected(), ordered())
    of = {
        name: [fact for (subject, _), fact in known.items() if subject == name] for name in ("applications", "grants")
    }
    found = quality.delays(of["applications"], of["grants"])
    assert {wait["count"] for wait in found.values()} == {0}
    assert {wait["median_days"] for wait in found.values()} == {None}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_nine_in_ten_wait_no_longer_than_it_says(days: list[int]) -> None:
    applications: list[Fact] = []
    for index, each in enumerate(days):
        known = facts(submitted(UUID(int=index + 1)), admitted(UUID(int=index + 1)), hours=24 * each)
        applications += known.values()
    wait = quality.delays(applications, [])["submission_to_admissibility"]
    assert wait["count"] == len(days)
    assert sum(each <= wait["p90_days"] for each in days) >= 0.9 * len(days)
    assert min(days) <= wait["median_days"] <= wait["p90_days"] <= max(days)


def week(kind: Any, number: int, **values: Any) -> Any:
    return kind(initiative_id=ONE, week=number, **values)


def opened() -> coaching.CycleOpened:
    return coaching.CycleOpened(
        initiative_id=ONE, call_id=CALL, owner_id=OWNER, theme="health", departement="75", starts_at=START,
        ends_at=START + timedelta(weeks=13),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "stopped", "expected"),
    [
        (0, False, {"overdue": 0, "initiatives": 0, "missed": 1}),
        (15, False, {"overdue": 1, "initiatives": 1, "missed": 1}),
        (40, False, {"overdue": 2, "initiatives": 1, "missed": 1}),
        (40, True, {"overdue": 0, "initiatives": 0, "missed": 1}),
    ],
)
def test_a_check_in_is_overdue_past_its_date_while_its_cycle_is_open(
    days: int, stopped: bool, expected: dict[str, int]
) -> None:
    weeks = [week(coaching.CheckInOpened, n, owner_id=OWNER, due_at=START + timedelta(weeks=n)) for n in (1, 2, 3)]
    done = week(coaching.CheckInRecorded, 1, weather="sun", late=False)
    missed = week(coaching.CheckInMissed, 2, owner_id=OWNER)
    stop = {"initiative_id": ONE, "owner_id": OWNER, "reason": "abandoned", "stopped_at": START}
    end = [coaching.CycleStopped.model_validate(stop)] if stopped else []
    known = facts(opened(), *weeks, done, missed, missed, *end)
    assert quality.check_ins(known.values(), START + timedelta(days=days)) == expected
