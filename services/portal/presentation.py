"""Templates: one Jinja environment per language, escaping everything, failing on what is undefined."""

import re
from collections.abc import Mapping
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.portal.assets import Assets
from services.portal.formats import Formats
from services.portal.language import LANGUAGES, translations
from services.portal.words import problem_sentence, word

FOLDER = Path(__file__).parent / "pages"
_NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


class Presentation:
    """Renders templates in one of the languages."""

    def __init__(self, assets: Assets, shared: Mapping[str, Any]) -> None:
        self._catalogues = {language: translations(language) for language in LANGUAGES}
        self._environments = {
            language: _environment(language, catalogue, assets, shared)
            for language, catalogue in self._catalogues.items()
        }

    def render(self, language: str, template: str, context: Mapping[str, Any]) -> str:
        """The text of a template, without the controls and noncharacters that no page may hold (HTML, 13.2.3.5).

        Raises ``jinja2.UndefinedError`` for a name that it was not given.
        """
        return _NOT_IN_HTML.sub("", self._environments[language].get_template(template).render(context))

    def gettext(self, language: str, text: str) -> str:
        """A message in the language."""
        return self._catalogues[language].gettext(text)


def _environment(language: str, catalogue: NullTranslations, assets: Assets, shared: Mapping[str, Any]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], auto_reload=False,
    )  # fmt: skip
    formats = Formats(language)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    plain = catalogue.gettext
    environment.filters |= {
        "day": formats.day, "moment": formats.moment, "hour": formats.hour, "remaining": formats.remaining,
        "money": formats.money, "number": formats.number, "percent": formats.percent,
        "paragraphs": paragraphs,
    }  # fmt: skip
    environment.globals |= {
        "language": language,
        "asset": assets.address,
        "word": lambda group, code: plain(word(group, code)) if code else "",
        "problem_sentence": lambda problem: problem_sentence(problem, plain),
        **shared,
    }
    return environment


def paragraphs(text: str | None) -> Markup:
    """A plain text with its line ends, escaped."""
    blocks = (text or "").replace("\r\n", "\n").strip().split("\n\n")
    lines = (Markup("<br>").join(block.split("\n")) for block in blocks if block.strip())
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
