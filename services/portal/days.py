"""Days between which a list's lines lie: as an address says them, and as the services take them."""

from datetime import date, datetime, time, timedelta

from services.portal.formats import ZONE


def day(text: str) -> str:
    """A day that a filter can be, or nothing."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return ""
    return text if 1900 <= found.year <= 2200 and len(text) == len("2021-12-06") else ""


def as_instants(wanted: dict[str, str]) -> dict[str, str]:
    """Filters with ``since`` and ``until`` as instants: days are days in Paris, the last one whole."""
    sent = dict(wanted)
    for name, days in (("since", 0), ("until", 1)):
        if wanted[name]:
            first = date.fromisoformat(wanted[name]) + timedelta(days)
            sent[name] = datetime.combine(first, time(), ZONE).isoformat()
    return sent
