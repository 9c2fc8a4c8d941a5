"""Who reads what: every application by enough members of each college, under the load cap, never across a conflict.

The plan follows from its inputs and the round's seed alone, so that anyone who has them gets the same plan. Readers with the
least to read are chosen first; where that leaves an application short, augmenting paths (Berge 1957) move others' new readings
until no plan could do better without touching readings given earlier.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.programme import EvaluationRules

Pair = tuple[UUID, UUID]
"""A member and an application."""


@dataclass(frozen=True, slots=True)
class Reader:
    member_id: UUID
    college: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What each member is to read beside what they read already; ``short`` pairs of application and college lack readers."""

    added: dict[UUID, list[UUID]]
    short: int


@dataclass
class _College:
    """One college's readings while they are being planned."""

    readers: list[UUID]
    blocked: Collection[Pair]
    reads: dict[UUID, set[UUID]]
    cap: int | None
    added: dict[UUID, set[UUID]] = field(default_factory=dict)

    def may(self, reader: UUID, application: UUID) -> bool:
        return application not in self.reads[reader] and (reader, application) not in self.blocked

    def has_room(self, reader: UUID) -> bool:
        return self.cap is None or len(self.reads[reader]) < self.cap

    def give(self, reader: UUID, application: UUID) -> None:
        self.reads[reader].add(application)
        self.added[reader].add(application)

    def take(self, reader: UUID, application: UUID) -> None:
        self.reads[reader].discard(application)
        self.added[reader].discard(application)


def plan(
    readers: Sequence[Reader],
    applications: Iterable[UUID],
    blocked: Collection[Pair],
    existing: Mapping[UUID, Iterable[UUID]],
    rules: EvaluationRules,
    seed: str,
) -> Plan:
    """Share ``applications`` out among ``readers``.

    ``rules.readings_per_college`` is how many members of each college read an application (None: all of them), and
    ``rules.load_cap`` the most that one member reads; ``existing`` readings are kept and count towards both.
    """
    order = sorted(applications, key=lambda each: _draw(seed, each))
    added: dict[UUID, list[UUID]] = {}
    short = 0
    for name in sorted({reader.college for reader in readers}):
        members = [reader.member_id for reader in readers if reader.college == name]
        members.sort(key=lambda each: _draw(seed, each))
        college = _College(
            members,
            blocked,
            {each: set(existing.get(each, ())) for each in members},
            rules.load_cap,
            {each: set() for each in members},
        )
        short += _share(college, order, rules.readings_per_college)
        added |= {member: sorted(found) for member, found in college.added.items()}
    return Plan(added, short)


def _draw(seed: str, identity: UUID) -> str:
    return hashlib.sha256(f"{seed}:{identity}".encode()).hexdigest()


def _share(college: _College, order: list[UUID], readings: int | None) -> int:
    if readings is None and college.cap is None:
        for reader in college.readers:
            for application in order:
                if college.may(reader, application):
                    college.give(reader, application)
        return 0
    target = len(college.readers) if readings is None else readings
    needs = {each: target - sum(each in college.reads[reader] for reader in college.readers) for each in order}
    for level in range(max(needs.values(), default=0)):
        for index, application in enumerate(order):
            if needs[application] > level and (chosen := _least_loaded(college, application, index)):
                college.give(chosen, application)
    return sum(not _fill(college, application, target) for application in order)


def _least_loaded(college: _College, application: UUID, turn: int) -> UUID | None:
    size = len(college.readers)
    best: UUID | None = None
    for step in range(size):
        reader = college.readers[(turn + step) % size]
        if not college.may(reader, application) or not college.has_room(reader):
            continue
        if best is None or len(college.reads[reader]) < len(college.reads[best]):
            best = reader
    return best


def _fill(college: _College, application: UUID, target: int) -> bool:
    """Bring ``application`` up to ``target`` readers by augmenting paths; whether it got there."""
    has = sum(application in college.reads[reader] for reader in college.readers)
    while has < target:
        if all(not college.has_room(reader) for reader in college.readers) or not _augment(college, application):
            return False
        has += 1
    return True


def _augment(college: _College, start: UUID) -> bool:
    came: dict[UUID, tuple[UUID, UUID]] = {}
    queue, seen = deque([start]), set[UUID]()
    while queue:
        application = queue.popleft()
        for reader in college.readers:
            if reader in seen or not college.may(reader, application):
                continue
            if college.has_room(reader):
                _unwind(college, came, reader, application)
                return True
            seen.add(reader)
            for other in sorted(college.added[reader] - came.keys() - {start}):
                came[other] = (reader, application)
                queue.append(other)
    return False


def _unwind(college: _College, came: dict[UUID, tuple[UUID, UUID]], reader: UUID, application: UUID) -> None:
    college.give(reader, application)
    while application in came:
        holder, wanted = came[application]
        college.take(holder, application)
        college.give(holder, wanted)
        application = wanted
