"""What of an application can be searched: its number, its organisation's identifiers, words of the title and of that name.

The title and the applicant are sealed. Beside them stand keyed digests of single words and identifiers, with which one that
is known can be found, and none can be read.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from services.applications.domain.applicants import IDENTIFIERS, NATURAL
from services.applications.domain.application import Application

Tag = Callable[[str], str]
"""From a term to its keyed digest."""

SHORTEST = 3
MOST = 60
_WORD = re.compile(r"[a-z0-9]+")
_IDENTIFIER = re.compile(r"[0-9]{7,14}|W[0-9A-Z]{9}|[0-9A-Z][0-9]{5,8}")


def words(text: str) -> list[str]:
    """The words of ``text`` without accents, case and final ``s`` or ``x``; those of less than three letters are left out."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    found = (word.rstrip("sx") if len(word) > SHORTEST else word for word in _WORD.findall(letters))
    return list(dict.fromkeys(word for word in found if len(word) >= SHORTEST))


def terms(application: Application) -> list[str]:
    """What can be found of this application: never a natural person's name, address or e-mail."""
    content = application.content
    named = content.applicant.name if application.kind not in NATURAL else None
    text = f"{content.answers.get('title') or ''} {named or ''}"
    numbers = (getattr(content.applicant, name) for name in IDENTIFIERS) if application.kind not in NATURAL else ()
    return [*(f"id:{number}" for number in numbers if number), *(f"word:{word}" for word in words(text))][:MOST]


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed into a search field, as far as it can be looked for."""

    prefix: str
    ordinal: int | None
    siren: str | None
    identifier: str | None
    words: frozenset[str]

    def finds(self, number: str, ordinal: int, siren: str | None, tags: frozenset[str]) -> bool:
        """Whether any reading of what was typed fits: a number, an identifier, or all of its words."""
        return (
            number.startswith(self.prefix)
            or (self.ordinal is not None and ordinal == self.ordinal)
            or (self.siren is not None and siren == self.siren)
            or (self.identifier is not None and self.identifier in tags)
            or (bool(self.words) and self.words <= tags)
        )


def sought(text: str, tag: Tag) -> Sought | None:
    """What ``text`` asks for; nothing when it is blank. Identifiers may be typed with spaces."""
    typed = text.strip().upper()
    if not typed:
        return None
    compact = re.sub(r"[\s. ]", "", typed)
    digits = compact.isascii() and compact.isdecimal()
    return Sought(
        prefix=typed,
        ordinal=int(compact) if digits and len(compact) <= 6 else None,
        siren=compact if digits and len(compact) == 9 else None,
        identifier=tag(f"id:{compact}") if _IDENTIFIER.fullmatch(compact) else None,
        words=frozenset(tag(f"word:{word}") for word in words(text)),
    )
