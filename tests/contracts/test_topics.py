"""The table of topics, and which shard an aggregate belongs to: neither may change under data that is there."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.registry import COMMANDS, EVENTS
from contracts.topics import BY_NAME, CONTROL, TOPICS, commands_of, events_of, shard_of


def test_names_are_unique_and_every_number_is_sane() -> None:
    assert len(BY_NAME) == len(TOPICS)
    for topic in TOPICS:
        assert topic.name.startswith("tremplin.")
        assert 1 <= topic.partitions <= 999
        assert topic.retention_ms > 0
    assert CONTROL.partitions == 1


def test_every_service_that_speaks_or_is_asked_has_its_topic() -> None:
    assert {events_of(model.service).service for model in EVENTS.values()} == {
        model.service for model in EVENTS.values()
    }
    assert {commands_of(model.service).kind for model in COMMANDS.values()} == {"commands"}
    for topic in TOPICS:
        if topic.kind == "events":
            assert commands_of(topic.service).partitions == topic.partitions


@pytest.mark.parametrize("name", ["observatory", "notifications", "nobody"])
def test_a_service_that_publishes_nothing_has_none(name: str) -> None:
    with pytest.raises(KeyError):
        events_of(name)


@pytest.mark.parametrize(
    ("key", "of_two", "of_four"),
    [
        ("", 0, 0),
        ("a", 1, 3),
        ("é", 0, 2),
        ("00000000-0000-0000-0000-000000000000", 1, 1),
        ("00000000-0000-0000-0000-000000000001", 1, 3),
        ("7f0c3f0e-6d0b-5d3a-9d60-0b5c6a0f8f11", 0, 0),
    ],
)
def test_shards_stay_where_they_are(key: str, of_two: int, of_four: int) -> None:
    assert (shard_of(key, 2), shard_of(key, 4)) == (of_two, of_four)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 64))
def test_every_key_has_a_shard(key: str, partitions: int) -> None:
    assert 0 <= shard_of(key, partitions) < partitions


def test_aggregates_spread_over_the_shards() -> None:
    counts = [0] * 4
    for number in range(4_000):
        counts[shard_of(str(UUID(int=number)), 4)] += 1
    assert min(counts) > 800


def test_the_number_of_partitions_is_what_archives_were_written_with() -> None:
    """Another number would put aggregates on other shards: their events would no longer be in order."""
    expected = {"people": 2, "applications": 4, "evaluation": 2, "coaching": 2, "funding": 2, "feedback": 2}
    assert {topic.service: topic.partitions for topic in TOPICS if topic.kind == "events"} == expected
