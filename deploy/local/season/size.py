"""How large a season is. At scale 1 it has the published size of the accelerator's first call."""

from dataclasses import dataclass

POOL = 187
CITIZENS = 15
EXPERTS = 30
LAUREATES = 9
RESERVE = 9
ENVELOPE_CENTS = 10_000_000_00


@dataclass(frozen=True, slots=True)
class Size:
    """Counts of a season at ``scale``; every person's load stays that of the reference season."""

    scale: float

    def _of(self, count: int, least: int = 1) -> int:
        return max(least, round(count * self.scale))

    @property
    def pool(self) -> int:
        return self._of(POOL, 18)

    @property
    def late(self) -> int:
        return self._of(4)

    @property
    def ineligible(self) -> int:
        return self._of(9)

    @property
    def unanswered(self) -> int:
        """Asked to complete their file, and never did: inadmissible."""
        return self._of(5)

    @property
    def withdrawn(self) -> int:
        return self._of(6)

    @property
    def refused_at_first(self) -> int:
        """Refused by the form's checks, mended by their applicant, then submitted: part of the pool."""
        return self._of(12, 2)

    @property
    def corrected(self) -> int:
        """Asked for a missing piece and completed: part of the pool."""
        return self._of(8, 2)

    @property
    def abandoned(self) -> int:
        """Drafts that are reminded of the deadline and never submitted."""
        return self._of(11)

    @property
    def citizens(self) -> int:
        return self._of(CITIZENS, 5)

    @property
    def experts(self) -> int:
        return self._of(EXPERTS, 6)

    @property
    def laureates(self) -> int:
        return self._of(LAUREATES, 6)

    @property
    def reserve(self) -> int:
        return self._of(RESERVE, 3)

    @property
    def envelope_cents(self) -> int:
        return max(ENVELOPE_CENTS, round(ENVELOPE_CENTS * self.scale))

    @property
    def submitted(self) -> int:
        """All that get a number."""
        return self.pool + self.ineligible + self.unanswered + self.withdrawn

    @property
    def requests_before_cycles(self) -> int:
        """About how many requests the season's people make until all places are accepted: most are ballots."""
        readers = self.citizens + self.experts
        return 40 + 5 * self.submitted + readers * (4 + min(self.pool, POOL))

    @property
    def requests(self) -> int:
        """About how many requests the season's people make, rather fewer than more."""
        return self.requests_before_cycles + 170 * self.laureates
