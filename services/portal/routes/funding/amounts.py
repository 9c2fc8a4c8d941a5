"""Amounts as people write them."""

import re

_WRITTEN = re.compile(r"^(\d{1,11})(?:[.,](\d{1,2}))?$", re.ASCII)


def cents_of(text: str) -> int | None:
    """Euro cents of ``1 500``, ``1 500,5`` or ``1500.50 €``; nothing for any other text."""
    plain = re.sub(r"[\s\u00a0\u202f€]", "", text)
    found = _WRITTEN.match(plain)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None
