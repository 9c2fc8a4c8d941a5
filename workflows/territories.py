"""Public holidays by French territory, from the ``holidays`` library; workflows get them in their input and never look them up."""

from datetime import date, datetime
from functools import lru_cache

import holidays

from workflows.working_days import WorkCalendar

YEARS = 4
"""How many years a workflow's calendar covers, from the one in which it starts."""

SUBDIVISIONS = {
    **dict.fromkeys(("67", "68"), "6AE"),
    **{code: code for code in ("57", "971", "972", "973", "974", "976")},
    **dict(zip(("975", "977", "978", "986", "987", "988"), ("PM", "BL", "MF", "WF", "PF", "NC"), strict=True)),
}
"""From a département or overseas collectivity to the library's subdivision; the others have the national holidays only."""


@lru_cache(maxsize=256)
def public_holidays(year: int, departement: str | None) -> frozenset[date]:
    """The public holidays of ``year`` in ``departement`` (INSEE code), or the national ones."""
    return frozenset(holidays.country_holidays("FR", subdiv=SUBDIVISIONS.get(departement or ""), years=year))


def calendar_of(zone: str, departement: str | None, start: datetime) -> WorkCalendar:
    """The calendar of a workflow that starts at ``start`` in the IANA zone ``zone`` and the territory ``departement``."""
    years = range(start.year, start.year + YEARS)
    found = [day for year in years for day in sorted(public_holidays(year, departement))]
    return WorkCalendar(zone=zone, holidays=tuple(found))
