"""Which faults a hand does, and when."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from deploy.local import services
from deploy.local.parts import PARTS
from deploy.local.season.faults import ROUND, plan
from deploy.local.season.size import Size

SEEDS = st.integers()
SMALL = Size(0.05)
KNOWN = {*services.SERVICES, services.WORKER, *(part.name for part in PARTS), "the platform"}


@given(SEEDS, st.integers(1, 60), st.floats(0.05, 100))
def test_the_same_seed_gives_the_same_faults_in_the_order_of_their_moments(seed: int, many: int, scale: float) -> None:
    size = Size(scale)
    faults = plan(seed, many, size)
    assert faults == plan(seed, many, size)
    assert len(faults) == many
    moments = [fault.after for fault in faults]
    assert moments == sorted(moments)
    assert all(0 <= moment < size.requests for moment in moments)
    assert {fault.target for fault in faults} <= KNOWN


@given(SEEDS, st.integers(1, 3))
def test_every_kind_comes_as_often_as_it_is_in_a_round(seed: int, rounds: int) -> None:
    kinds = Counter(fault.kind for fault in plan(seed, rounds * len(ROUND), SMALL))
    assert kinds == Counter(kind for kind, _ in ROUND * rounds)


@given(SEEDS)
def test_workflows_are_struck_and_services_deployed_anew_while_cycles_are_under_way(seed: int) -> None:
    moments = {fault: fault.after for fault in plan(seed, len(ROUND), SMALL)}
    due = [
        at for each, at in moments.items() if each.kind == "redeploy" or each.target in (services.WORKER, "temporal")
    ]
    assert len(due) == 6
    assert all(SMALL.requests_before_cycles < at < SMALL.requests for at in due)


def test_another_seed_gives_other_faults() -> None:
    assert plan(1, len(ROUND), SMALL) != plan(2, len(ROUND), SMALL)
