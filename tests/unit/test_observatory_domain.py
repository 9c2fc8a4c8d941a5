"""What facts mean, whatever the order in which events arrive."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import applications as told
from contracts import coaching, funding, payments
from contracts.model import Event
from contracts.registry import EVENTS
from services.observatory.domain import figures, initiatives
from services.observatory.domain.applications import application, breakdown, totals
from services.observatory.domain.cycles import Indicator, cycle, shown
from services.observatory.domain.facts import KEPT, fact, note
from services.observatory.domain.money import envelope_cents, grant
from tests.facts import CALL, ONE, OWNER, START, TWO, facts, granted, published, selected, submitted


def plain(kind: Any, key: UUID = ONE, **values: Any) -> Any:
    return kind(application_id=key, call_id=CALL, **values)


def money(kind: Any, cents: int, **values: Any) -> Any:
    return kind(agreement_id=ONE, envelope_id=CALL, amount_cents=cents, **values)


def tranche(kind: Any, **values: Any) -> Any:
    return kind(tranche_id=TWO, agreement_id=ONE, **values)


def test_no_field_that_points_to_a_person_is_kept() -> None:
    kept = {name for _, names in KEPT.values() for name in names}
    assert not {name for name in kept if name.endswith("ed_by") or "owner" in name or "member" in name}
    assert not kept & {"mail_domain", "siren", "mentor_id", "authority_id", "present", "owners", "drafts"}
    for kind, (_, names) in KEPT.items():
        assert set(names) <= set(kind.model_fields), kind
        assert kind.wire_type() in EVENTS


@pytest.mark.parametrize(
    ("events", "state", "counted"),
    [
        ([plain(told.ApplicationDrafted, owner_id=OWNER)], "draft", {"drafts": 1, "submitted": 0}),
        ([submitted()], "submitted", {"drafts": 0, "submitted": 1}),
        (
            [submitted(), plain(told.ApplicationWithdrawn, owner_id=OWNER, number="AIC-2021-000001")],
            "withdrawn",
            {"submitted": 1, "withdrawn": 1},
        ),
        (
            [plain(told.ApplicationWithdrawn, owner_id=OWNER, number=None)],
            "withdrawn",
            {"submitted": 0, "withdrawn": 0},
        ),
        (
            [submitted(), plain(told.ApplicationFoundIneligible, owner_id=OWNER, number="AIC-2021-000001", rule="r1")],
            "ineligible",
            {"ineligible": 1, "eligible": 0},
        ),
        (
            [submitted(), plain(told.ApplicationFoundEligible, rule="r1"), selected()],
            "selected",
            {"eligible": 1, "selected": 1, "laureates": 1},
        ),
        (
            [
                submitted(),
                selected(),
                told.SelectionDeclined(
                    initiative_id=ONE,
                    application_id=ONE,
                    call_id=CALL,
                    owner_id=OWNER,
                    number="AIC-2021-000001",
                    lapsed=False,
                ),
            ],
            "declined",
            {"selected": 1, "laureates": 0, "declined": 1},
        ),
    ],
)
def test_an_application_is_where_its_last_event_says(events: list[Event], state: str, counted: dict[str, int]) -> None:
    item = application(facts(*events)["applications", str(ONE)])
    assert item.state == state
    assert {name: totals([item])[name] for name in counted} == counted


def test_one_that_names_two_needs_counts_in_each() -> None:
    known = [application(each) for each in facts(submitted(), submitted(TWO, needs=("funding",))).values()]
    assert breakdown(known)["need"] == {"funding": 2, "visibility": 1}
    assert breakdown(known)["departement"] == {"75": 2}


@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(-500, 500))
def test_progress_stays_between_nothing_and_all(initial: int, current: int, target: int) -> None:
    values = {"initial": (initial, ""), "current": (current, ""), "target": (target, "")}
    progress = Indicator("users", values).progress
    if initial == target:
        assert progress is None
    else:
        assert progress is not None
        assert 0 <= progress <= 100
        assert (progress == 100) == ((current - target) * (target - initial) >= 0) or progress > 99.9


def test_the_value_with_the_latest_date_counts_across_zones() -> None:
    def value(kind: str, milli: int, at: str) -> coaching.IndicatorValue:
        return coaching.IndicatorValue.model_validate(
            {"initiative_id": ONE, "indicator": "users", "kind": kind, "value_milli": milli, "valued_at": at}
        )

    found = cycle(
        facts(
            value("initial", 0, "2022-03-01T00:00:00Z"),
            value("target", 10_000, "2022-03-01T00:00:00Z"),
            value("current", 5_000, "2022-03-02T10:30:00Z"),
            value("current", 9_000, "2022-03-02T12:00:00+02:00"),
        )["cycles", str(ONE)]
    )
    row = shown(found.indicators[0], found)
    assert (row["current"]["value"], row["progress_percent"]) == (5.0, 50.0)


def test_money_is_summed_and_what_comes_back_stays_apart() -> None:
    known = facts(
        money(funding.AgreementSigned, 14_000_000, signed_at=START, theme="health", departement="75"),
        tranche(payments.TrancheOpened, code="first", amount_cents=8_000_000, advance=True, owner_id=OWNER),
        tranche(
            payments.PaymentSettled, envelope_id=CALL, payment_id=uuid4(), amount_cents=8_000_000, settled_at=START,
            owner_id=OWNER,
        ),
        money(funding.CommitmentReleased, 6_000_000),
        money(funding.RecoveryOrdered, 2_000_000, recovery_id=TWO, reason="stopped", ordered_by=OWNER, owner_id=OWNER),
        funding.EnvelopeOpened(envelope_id=CALL, amount_cents=10, funding_source="state_budget"),
        funding.EnvelopeChanged(envelope_id=CALL, amount_cents=1_000_000_000, previous_cents=10, decided_at=START),
    )  # fmt: skip
    found = grant(known["grants", str(ONE)])
    assert (found.committed_cents, found.paid_cents, found.recovery_ordered_cents) == (8_000_000, 8_000_000, 2_000_000)
    assert found.recovered_cents == 0
    assert [item["state"] for item in found.tranches] == ["settled"]
    assert envelope_cents(known["envelopes", str(CALL)], None) == 1_000_000_000


def test_an_application_is_not_public_before_it_is_selected() -> None:
    assert not initiatives.is_public(facts(submitted())["applications", str(ONE)])
    known = facts(submitted(), selected(), published(applicant_kind="person", organisation_name="canary"))
    one = known["applications", str(ONE)]
    assert initiatives.is_public(one)
    assert "canary" not in str((initiatives.shown(one, None, None), initiatives.timeline(one)))


EVENTS_OF_A_SEASON: Sequence[Event] = (
    submitted(),
    submitted(TWO),
    plain(told.ApplicationFoundEligible, rule="r1"),
    selected(),
    published(),
    money(funding.AgreementSigned, 500, signed_at=START, theme="health", departement="75"),
    granted(),
    coaching.CycleOpened(
        initiative_id=ONE, call_id=CALL, owner_id=OWNER, theme="health", departement="75", starts_at=START,
        ends_at=START,
    ),
    coaching.CheckInRecorded(initiative_id=ONE, week=1, weather="sun", late=False),
)  # fmt: skip


@given(st.permutations(range(len(EVENTS_OF_A_SEASON))))
def test_any_order_of_arrival_gives_the_same_figures(order: list[int]) -> None:
    assert _figures(order) == _figures(list(range(len(order))))


def _figures(order: list[int]) -> Any:
    stored: dict[str, dict[str, dict[str, Any]]] = {"applications": {}, "cycles": {}, "grants": {}}
    for index in (*order, *order[:3]):
        noted = note(EVENTS_OF_A_SEASON[index], START + timedelta(hours=index), index + 1)
        stored[noted.subject].setdefault(noted.key, {})[f"event-{index}"] = noted.entry
    groups = [[fact(key, str(CALL), entries) for key, entries in sorted(found.items())] for found in stored.values()]
    known = figures.season(*groups)
    return asdict(known), figures.by_theme(known), figures.by_departement(known)


def test_the_past_can_be_asked_for() -> None:
    noted = note(selected(), START + timedelta(hours=2), 2)
    stored = {"a": note(submitted(), START, 1).entry, "b": noted.entry}
    assert application(fact("k", None, stored, upto=START + timedelta(hours=1))).state == "submitted"
    assert application(fact("k", None, stored)).state == "selected"
