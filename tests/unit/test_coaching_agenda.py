"""What is due next in a cycle, and the order of a board."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.coaching.domain.state import CheckIn, Cycle, LeverRequest, Review
from tests.cycles import START, opened

days = st.lists(st.integers(0, 90), max_size=4)


def cycle(check_ins: list[int], reviews: list[int], levers: list[int], number: int = 4) -> Cycle:
    def at(day: int) -> object:
        return START + timedelta(days=day)

    return opened().model_copy(
        update={
            "initiative_id": UUID(int=number),
            "check_ins": tuple(CheckIn(week=week, due_at=at(day)) for week, day in enumerate(check_ins)),  # type: ignore[arg-type]
            "reviews": tuple(Review(review="mid_term", due_at=at(day)) for day in reviews),  # type: ignore[arg-type]
            "lever_requests": tuple(
                LeverRequest(
                    request_id=UUID(int=day), lever="network", administration="prefecture", requested_at=START,
                    due_at=at(day),  # type: ignore[arg-type]
                )
                for day in levers
            ),
        }
    )  # fmt: skip


@given(days, days, days)
def test_the_next_thing_due_is_the_earliest_that_nobody_has_done(
    first: list[int], second: list[int], third: list[int]
) -> None:
    all_days = [*first, *second, *third]
    found = cycle(first, second, third)
    assert found.next_due_at == (START + timedelta(days=min(all_days)) if all_days else None)
    assert found.asked_levers == len(third)
    assert found.model_copy(update={"status": "closed"}).next_due_at is None


@given(days, days)
def test_boards_go_by_due_date_and_end_with_what_waits_for_nobody(one: list[int], other: list[int]) -> None:
    first, second = cycle(one, [], [], 4), cycle(other, [], [], 5)
    expected = (min(one, default=999), 4) < (min(other, default=999), 5)
    assert (first.agenda < second.agenda) is expected


def test_what_is_done_is_not_due_and_not_escalated() -> None:
    missed = CheckIn(week=1, due_at=START, missed=True)
    done = missed.model_copy(update={"recorded_at": START})
    assert opened().model_copy(update={"check_ins": (missed,)}).escalated
    recorded = opened().model_copy(update={"check_ins": (done,)})
    assert (recorded.escalated, recorded.next_due_at) == (False, None)
    overdue = Review(review="mid_term", due_at=START, overdue=True)
    assert opened().model_copy(update={"reviews": (overdue,)}).escalated
    assert not opened().model_copy(update={"reviews": (overdue,), "status": "stopped"}).escalated
