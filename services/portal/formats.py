"""Dates, amounts and numbers as people read them, by Babel (Unicode CLDR), in the page's language."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers

ZONE = ZoneInfo("Europe/Paris")
LOCALES = {"fr": "fr_FR", "en": "en_GB"}
CENTS = Decimal(100)
_FIRST = re.compile(r"^1 (?=[^\W\d])")


class Formats:
    """The formats of one language. Instants are shown in Paris time, with the zone's name where the hour matters."""

    def __init__(self, language: str) -> None:
        self._locale = LOCALES[language]

    def day(self, value: date | datetime | str | None, form: str = "long") -> str:
        """``6 décembre 2021``; an instant is taken to its day in Paris."""
        found = instant(value)
        if found is None:
            return ""
        return self._date(found.astimezone(ZONE) if isinstance(found, datetime) else found, form)

    def moment(self, value: datetime | str | None, form: str = "long") -> str:
        """``6 décembre 2021 à 18:00 (heure de Paris)``, without the zone when ``form`` is ``short``."""
        found = instant(value)
        if not isinstance(found, datetime):
            return self.day(found)
        day = self._date(found.astimezone(ZONE), "short" if form == "short" else "long")
        if form == "short":
            return f"{day} {self._time(found)}"
        return f"{day} {'à' if self._locale.startswith('fr') else 'at'} {self.hour(found)}"

    def _date(self, day: date, form: str) -> str:
        """French says "1er juillet"; CLDR does not."""
        text = dates.format_date(day, form, self._locale)
        return _FIRST.sub("1er ", text) if self._locale.startswith("fr") else text

    def hour(self, value: datetime | str | None) -> str:
        """``14:32 (heure de Paris)``."""
        found = instant(value)
        if not isinstance(found, datetime):
            return ""
        return f"{self._time(found)} ({'heure de Paris' if self._locale.startswith('fr') else 'Paris time'})"

    def _time(self, at: datetime) -> str:
        return dates.format_time(at.astimezone(ZONE), "HH:mm", locale=self._locale)

    def remaining(self, value: datetime | str | None, now: datetime) -> str:
        """``dans 3 jours``, ``il y a 2 heures``."""
        found = instant(value)
        if not isinstance(found, datetime):
            return ""
        return dates.format_timedelta(found - now, add_direction=True, locale=self._locale, threshold=1.2)

    def money(self, cents: int | None, whole: bool = True) -> str:
        """Euro cents as ``80 000 €``; with cents when there are any, or when ``whole`` is false."""
        if cents is None:
            return ""
        form = "#,##0\u00a0¤" if whole and cents % 100 == 0 else "#,##0.00\u00a0¤"
        if not self._locale.startswith("fr"):
            form = "¤#,##0" if whole and cents % 100 == 0 else "¤#,##0.00"
        return numbers.format_currency(Decimal(cents) / CENTS, "EUR", form, locale=self._locale, currency_digits=False)

    def number(self, value: float | Decimal | None) -> str:
        return "" if value is None else numbers.format_decimal(value, locale=self._locale)

    def percent(self, share: float | None) -> str:
        """A share of 1 as ``44 %``."""
        return "" if share is None else numbers.format_percent(share, locale=self._locale)


def instant(value: date | datetime | str | None) -> date | datetime | None:
    """An ISO 8601 text as date or instant; an instant without zone is UTC. Raises ``ValueError`` for another text."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    if len(value) == len("2021-12-06"):
        return date.fromisoformat(value)
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
