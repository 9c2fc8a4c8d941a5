"""Which faults a hand does, and when."""

from hypothesis import given
from hypothesis import strategies as st

from deploy.local import services
from deploy.local.parts import PARTS
from deploy.local.season.faults import ROUND, plan

SEEDS = st.integers()
KNOWN = {*services.SERVICES, services.WORKER, *(part.name for part in PARTS), "the platform"}


@given(SEEDS, st.integers(1, 60), st.integers(1, 100_000))
def test_the_same_seed_gives_the_same_faults_in_the_order_of_their_moments(seed: int, many: int, requests: int) -> None:
    faults = plan(seed, many, requests)
    assert faults == plan(seed, many, requests)
    assert len(faults) == many
    moments = [fault.after for fault in faults]
    assert moments == sorted(moments)
    assert all(0 <= moment < requests for moment in moments)
    assert {fault.target for fault in faults} <= KNOWN


@given(SEEDS)
def test_every_kind_comes_before_one_comes_again(seed: int) -> None:
    kinds = [fault.kind for fault in plan(seed, 2 * len(ROUND), 1_000)]
    due = sorted(kind for kind, _ in ROUND)
    assert sorted(kinds[: len(ROUND)]) == sorted(kinds[len(ROUND) :]) == due


def test_another_seed_gives_other_faults() -> None:
    assert plan(1, len(ROUND), 1_000) != plan(2, len(ROUND), 1_000)
