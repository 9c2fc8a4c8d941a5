"""How often and how soon a dead process is started again."""

from hypothesis import given
from hypothesis import strategies as st

from deploy.local.restarts import RestartPolicy

POLICY = RestartPolicy(limit=3, window=60.0, first_delay=0.1, longest_delay=0.3)


def test_waits_twice_as_long_each_time_up_to_a_bound() -> None:
    deaths = [100.0, 101.0, 102.0]
    assert [POLICY.delay(deaths[:count], 102.0) for count in (1, 2, 3)] == [0.1, 0.2, 0.3]


def test_gives_up_after_the_limit_within_the_window() -> None:
    assert POLICY.delay([100.0, 101.0, 102.0, 103.0], 103.0) is None


def test_forgets_deaths_older_than_the_window() -> None:
    assert POLICY.delay([0.0, 1.0, 2.0, 103.0], 103.0) == 0.1


@given(st.lists(st.floats(0, 1_000), min_size=1))
def test_a_delay_is_within_its_bounds(deaths: list[float]) -> None:
    delay = POLICY.delay(sorted(deaths), max(deaths))
    assert delay is None or POLICY.first_delay <= delay <= POLICY.longest_delay
