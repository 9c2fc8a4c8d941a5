"""The envelope: CloudEvents attributes as Kafka headers, there and back."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import MAX_DATA_BYTES, Envelope, wrap
from contracts.model import Event

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
POSITIONS = st.none() | st.integers(0, 2**63)
ENVELOPES = st.builds(
    Envelope,
    id=TEXTS, source=TEXTS, type=TEXTS, subject=TEXTS, time=st.datetimes(timezones=ZONES), data=TEXTS,
    partitionkey=TEXTS, sequence=POSITIONS, aggregateversion=POSITIONS, causationid=st.none() | TEXTS,
    traceparent=st.none() | TEXTS,
)  # fmt: skip
GIVEN = [
    ("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"/tremplin/people"), ("ce_type", b"t"),
    ("ce_subject", b"s"), ("ce_time", b"2021-12-01T08:00:00Z"), ("ce_partitionkey", b"s"),
]  # fmt: skip


@given(ENVELOPES)
def test_what_goes_into_headers_comes_out_of_them(envelope: Envelope) -> None:
    assert Envelope.read(envelope.headers(), envelope.data.encode()) == envelope


@given(ENVELOPES)
def test_what_the_archive_keeps_is_the_envelope(envelope: Envelope) -> None:
    assert Envelope.model_validate(envelope.record()) == envelope


@given(ENVELOPES)
def test_attribute_names_are_those_that_cloudevents_allows(envelope: Envelope) -> None:
    names = [name for name, _ in envelope.headers()]
    assert names[0] == "content-type"
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"ce_[a-z0-9]{1,20}", name) for name in names[1:])


def test_headers_and_attributes_that_we_do_not_know_are_ignored() -> None:
    more = [("ce_future", b"x"), ("traceparent", b"\xff"), ("ce", b"")]
    assert Envelope.read([*GIVEN, *more], b"{}") == Envelope.read(GIVEN, b"{}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_specversion", None),
        ("ce_id", None),
        ("ce_time", b"yesterday canary"),
        ("ce_sequence", b"canary"),
        ("ce_subject", b"\xff\xfe"),
    ],
)
def test_what_is_no_envelope_is_refused_without_repeating_it(name: str, value: bytes | None) -> None:
    headers: list[Any] = [(key, found) for key, found in GIVEN if key != name]
    headers += [] if value is None else [(name, value)]
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - pydantic's error is one too
        Envelope.read(headers, b"{}")
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("value", [b"x" * (MAX_DATA_BYTES + 1), b"\xff"])
def test_data_too_large_or_no_text_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Envelope.read(GIVEN, value)


class Long(Event):
    service: ClassVar[str] = "people"
    type: Literal["Long"] = "Long"
    version: Literal[1] = 1
    text: str


def test_what_readers_would_refuse_is_not_written() -> None:
    room = MAX_DATA_BYTES - len(Long(text="").model_dump_json())
    now = datetime(2021, 12, 1, tzinfo=UTC)
    assert wrap(Long(text="x" * room), identity="1", subject="s", time=now).data.endswith('x"}')
    with pytest.raises(ValueError, match=r"^data_too_large$"):
        wrap(Long(text="é" * room), identity="1", subject="s", time=now)
