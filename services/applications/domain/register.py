"""A call's register: one short row per application, by which lists are filtered, sorted, counted and paged."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import compress
from typing import Literal, get_args
from uuid import UUID

from contracts.applications import ApplicantKind
from services.applications.domain.application import Status
from services.applications.domain.desk_refusals import CursorInvalid
from services.applications.domain.officers import Officer, effective
from services.applications.domain.regions import REGION_OF
from services.applications.domain.searching import Sought

SortField = Literal["number", "submitted_at", "status", "amount", "departement"]
Order = Literal[
    "number", "-number", "submitted_at", "-submitted_at", "status", "-status",
    "amount", "-amount", "departement", "-departement",
]  # fmt: skip
Key = tuple[str | int, int]
"""What a list is sorted by, and the number: no two rows have the same."""
Channel = Literal["online", "paper", "telephone"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Row:
    """An application as lists know it. ``ordinal`` is 0 and ``number`` empty without a number; ``version`` the document's."""

    application_id: str
    version: int
    status: Status
    kind: ApplicantKind
    created_at: datetime
    ordinal: int = 0
    number: str = ""
    submitted_at: datetime | None = None
    admissibility_at: datetime | None = None
    theme: str = ""
    needs: tuple[str, ...] = ()
    cents: int = 0
    departement: str = ""
    siren: str | None = None
    assigned_to: UUID | None = None
    channel: Channel = "online"
    confirmed: bool = True
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; of each filter any value fits, and an empty one lets everything through.

    ``officer``: the files of this officer, and those where they stand in. ``nobodys``: those assigned to nobody.
    """

    statuses: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    departements: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    officer: UUID | None = None
    nobodys: bool = False
    unconfirmed: bool = False
    sought: Sought | None = None

    def tests(self, acting: Callable[[UUID | None], UUID | None]) -> Iterator[Callable[[Row], bool]]:
        """One test for each filter that is given, status aside; ``acting`` tells who acts for an officer now."""
        sets: tuple[tuple[frozenset[str], Callable[[Row], str | None]], ...] = (
            (self.kinds, lambda row: row.kind),
            (self.themes, lambda row: row.theme),
            (self.departements, lambda row: row.departement),
            (self.regions, lambda row: REGION_OF.get(row.departement)),
        )
        yield from (partial(_among, wanted, told) for wanted, told in sets if wanted)
        if self.needs:
            yield lambda row: not self.needs.isdisjoint(row.needs)
        if self.nobodys:
            yield lambda row: row.assigned_to is None
        if self.officer:
            yield lambda row: self.officer in (row.assigned_to, acting(row.assigned_to))
        if self.unconfirmed:
            yield lambda row: not row.confirmed
        if sought := self.sought:
            yield lambda row: sought.finds(row.number, row.ordinal, row.siren, row.tags)


def _among(wanted: frozenset[str], told: Callable[[Row], str | None], row: Row) -> bool:
    return told(row) in wanted


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the keys to go on from and to go back from; None where there is nothing further."""

    rows: tuple[Row, ...]
    next: Key | None
    previous: Key | None


_KEYS: Mapping[SortField, Callable[[Row], Key]] = {
    "number": lambda row: (row.ordinal, row.ordinal),
    "submitted_at": lambda row: (row.submitted_at.isoformat() if row.submitted_at else "", row.ordinal),
    "status": lambda row: (STATUSES.index(row.status), row.ordinal),
    "amount": lambda row: (row.cents, row.ordinal),
    "departement": lambda row: (row.departement, row.ordinal),
}


def field_of(order: Order) -> SortField:
    field: SortField = order.removeprefix("-")  # type: ignore[assignment]
    return field


class Register:
    """The rows of one call. Sorted anew only after something has changed."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._sorted: dict[SortField, tuple[list[Key], list[Row]]] = {}

    def note(self, rows: Iterable[Row]) -> None:
        """Take rows as they are now; one that is older than what is known changes nothing."""
        for row in rows:
            known = self._rows.get(row.application_id)
            if known is None or known.version < row.version:
                self._rows[row.application_id] = row
                self._sorted.clear()

    def all(self) -> Sequence[Row]:
        """Every row, drafts too."""
        return tuple(self._rows.values())

    def sorted(self, field: SortField) -> tuple[list[Key], list[Row]]:
        """The rows that have a number, from the lowest key to the highest, and their keys."""
        if field not in self._sorted:
            key = _KEYS[field]
            rows = sorted((row for row in self._rows.values() if row.ordinal), key=key)
            self._sorted[field] = ([key(row) for row in rows], rows)
        return self._sorted[field]


class List:
    """The rows of a register that pass ``filters``, in ``order``."""

    def __init__(
        self, register: Register, filters: Filters, order: Order, officers: Mapping[UUID, Officer], now: datetime
    ) -> None:
        self._field, self._descending = field_of(order), order.startswith("-")
        self._keys, self._rows = register.sorted(self._field)
        self._filters = filters
        acting: dict[UUID | None, UUID | None] = {None: None}
        for officer in {row.assigned_to for row in self._rows}:
            acting[officer] = effective(officer, officers, now)
        self.acting = acting.__getitem__
        self._fitting = [True] * len(self._rows)
        for test in filters.tests(self.acting):
            self._fitting = [fits and test(row) for fits, row in zip(self._fitting, self._rows, strict=True)]
        statuses = [row.status for row in self._rows]
        self._found = Counter(compress(statuses, self._fitting))

    def counts(self) -> dict[str, int]:
        """By status, how many pass the other filters."""
        return {status: self._found[status] for status in STATUSES if self._found[status]}

    def total(self) -> int:
        """How many pass all filters."""
        wanted = self._filters.statuses
        return sum(count for status, count in self._found.items() if not wanted or status in wanted)

    def rows(self) -> list[Row]:
        """All of the list, in its order."""
        found = [row for at, row in enumerate(self._rows) if self._passes(at)]
        return found[::-1] if self._descending else found

    def page(self, after: Key | None, before: Key | None, limit: int) -> Page:
        """The ``limit`` rows that follow ``after``, or that come just before ``before``; from the start without either."""
        back = before is not None
        found, further = self._walk(before if back else after, self._descending != back, limit)
        rows = found[::-1] if back else found
        key = _KEYS[self._field]
        ahead, behind = (bool(rows), further) if back else (further, bool(rows) and after is not None)
        return Page(tuple(rows), key(rows[-1]) if ahead else None, key(rows[0]) if behind else None)

    def _walk(self, start: Key | None, down: bool, limit: int) -> tuple[list[Row], bool]:
        """Up to ``limit`` rows beyond ``start`` in one direction, and whether there are more."""
        last = len(self._rows)
        if down:
            places = range((last if start is None else bisect_left(self._keys, start)) - 1, -1, -1)
        else:
            places = range(0 if start is None else bisect_right(self._keys, start), last)
        found: list[Row] = []
        for at in places:
            if self._passes(at):
                if len(found) == limit:
                    return found, True
                found.append(self._rows[at])
        return found, False

    def _passes(self, at: int) -> bool:
        wanted = self._filters.statuses
        return self._fitting[at] and (not wanted or self._rows[at].status in wanted)


def written(order: Order, key: Key | None) -> str | int | None:
    """A key as a list gives it out: the number alone where the list goes by number."""
    if key is None:
        return None
    return key[1] if field_of(order) == "number" else f"{key[0]}~{key[1]}"


def read(order: Order, text: str | None, name: str) -> Key | None:
    """The key in ``text``, that was given out under the name ``name``. Raises ``CursorInvalid``."""
    if text is None:
        return None
    field = field_of(order)
    value, _, number = (text, "", text) if field == "number" else text.rpartition("~")
    counted = field in ("number", "status", "amount")
    if not _counts(number) or (counted and not _counts(value)):
        raise CursorInvalid(field=name)
    return (int(value) if counted else value, int(number))


def _counts(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15
