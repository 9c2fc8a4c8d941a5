"""Who reads what: balanced, under the cap, never across a conflict, the same whenever it is planned again."""

from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.programme import EvaluationRules
from services.evaluation.domain.assignment import Pair, Reader, plan

READERS = [Reader(UUID(int=number), "citizens" if number < 4 else "experts") for number in range(1, 9)]
APPLICATIONS = [UUID(int=100 + number) for number in range(12)]
pairs = st.sets(st.tuples(st.sampled_from([reader.member_id for reader in READERS]), st.sampled_from(APPLICATIONS)))


def rules(readings: int | None = None, cap: int | None = None) -> EvaluationRules:
    return EvaluationRules(places=1, reserve=0, readings_per_college=readings, load_cap=cap)


@given(pairs)
def test_everybody_reads_everything_but_conflicts(blocked: set[Pair]) -> None:
    made = plan(READERS, APPLICATIONS, blocked, {}, rules(), "seed")
    found = {(member, each) for member, ids in made.added.items() for each in ids}
    everything = {(reader.member_id, each) for reader in READERS for each in APPLICATIONS}
    assert found == everything - blocked


@given(pairs, st.integers(1, 3), st.integers(1, 12) | st.none(), st.text(max_size=4))
def test_caps_and_conflicts_hold_and_the_plan_is_determined(
    blocked: set[Pair], readings: int, cap: int | None, seed: str
) -> None:
    made = plan(READERS, APPLICATIONS, blocked, {}, rules(readings, cap), seed)
    found = {(member, each) for member, ids in made.added.items() for each in ids}
    assert not found & blocked
    assert all(cap is None or len(ids) <= cap for ids in made.added.values())
    short = 0
    for college in ("citizens", "experts"):
        members = {reader.member_id for reader in READERS if reader.college == college}
        counts = [sum((member, each) in found for member in members) for each in APPLICATIONS]
        assert max(counts) <= readings
        short += sum(count < readings for count in counts)
    assert made.short == short
    again = plan(READERS[::-1], APPLICATIONS[::-1], frozenset(blocked), {}, rules(readings, cap), seed)
    assert again == made


@given(pairs, st.integers(1, 3), st.integers(2, 9))
def test_no_application_goes_short_while_a_better_plan_exists(blocked: set[Pair], readings: int, cap: int) -> None:
    made = plan(READERS, APPLICATIONS, blocked, {}, rules(readings, cap), "seed")
    given_ = sum(len(ids) for ids in made.added.values())
    assert given_ == sum(_most(blocked, readings, cap, college) for college in ("citizens", "experts"))


def _most(blocked: set[Pair], readings: int, cap: int, college: str) -> int:
    """The most readings that any plan gives: a maximum flow, by augmenting from every application's free reading."""
    members = [reader.member_id for reader in READERS if reader.college == college]
    holds: dict[UUID, set[UUID]] = {member: set() for member in members}

    def place(application: UUID, seen: set[Any]) -> bool:
        for member in members:
            if member in seen or (member, application) in blocked or application in holds[member]:
                continue
            seen.add(member)
            if len(holds[member]) < cap:
                holds[member].add(application)
                return True
            for other in list(holds[member]):
                if place(other, seen):
                    holds[member].remove(other)
                    holds[member].add(application)
                    return True
        return False

    return sum(place(application, set()) for application in APPLICATIONS for _ in range(readings))


def test_loads_differ_by_one_when_nothing_stands_in_the_way() -> None:
    made = plan(READERS, APPLICATIONS, set(), {}, rules(2, 10), "seed")
    for college, each in (("citizens", 8), ("experts", 24 / 5)):
        loads = [len(made.added[reader.member_id]) for reader in READERS if reader.college == college]
        assert max(loads) - min(loads) <= 1
        assert abs(sum(loads) / len(loads) - each) < 0.01


def test_what_is_read_already_counts() -> None:
    first = plan(READERS, APPLICATIONS, set(), {}, rules(2, 10), "seed")
    assert plan(READERS, APPLICATIONS, set(), first.added, rules(2, 10), "seed").added == {
        reader.member_id: [] for reader in READERS
    }
    more = plan(READERS, APPLICATIONS, set(), first.added, rules(3, 12), "seed")
    assert sum(len(ids) for ids in more.added.values()) == 2 * len(APPLICATIONS)
