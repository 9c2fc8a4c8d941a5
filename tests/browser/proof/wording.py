"""Whether a page is wholly in its language: no message of the other one, no code where a word should be."""

import re
from collections.abc import Iterator

from babel.messages.pofile import read_po

from services.portal.language import FOLDER
from tests.browser.tags import Tags

_CODE = re.compile(r"(?<![\w./@&=-])[a-z]{2,}(?:_[a-z]+)+(?![\w./@=-])")
_AS_IT_IS = {"code", "kbd", "pre", "samp", "script", "style"}
_SHORTEST = 4


class Wording:
    """``french`` and ``english``: the catalogues' whole messages that are of one language only."""

    def __init__(self) -> None:
        pairs = set(_pairs())
        ours, theirs = {text for _, text in pairs}, {text for text, _ in pairs}
        self._wrong = {"fr": theirs - ours, "en": ours - theirs}

    def faults(self, html: str, language: str) -> set[str]:
        """Texts of the page that are of the other language's catalogue, or codes."""
        texts = set(_texts(html))
        codes = {code for text in texts for code in _CODE.findall(text)}
        return (texts & self._wrong[language]) | codes


def _pairs() -> Iterator[tuple[str, str]]:
    for path in sorted((FOLDER / "fr").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if isinstance(message.id, str) and "%" not in message.id and len(message.id) >= _SHORTEST:
                    yield message.id, str(message.string)


def _texts(html: str) -> Iterator[str]:
    """The page's own texts: not what people wrote, not code, not what is said to be in another language."""
    for tag in Tags(html).root.inside():
        around = [tag, *tag.around()]
        if any(each.name in _AS_IT_IS or "data-hx-ignore" in each.attributes for each in around):
            continue
        if any("lang" in each.attributes and each.name != "html" for each in around):
            continue
        yield from (word.strip() for word in tag.words)
