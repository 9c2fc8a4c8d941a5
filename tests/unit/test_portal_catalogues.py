"""Every text of the portal's screens has its French, with the same places for values."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.portal import words as vocabulary
from services.portal.language import FOLDER

PORTAL = Path(vocabulary.__file__).parents[1]
METHODS = [("**/*.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
PLACES = re.compile(r"%\(\w+\)[sd]")


def messages() -> Iterator[tuple[str, str]]:
    """Each message id, with the file that it is in."""
    options = {"**/*.html": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}}
    for name, _, message, _, _ in extract_from_dir(PORTAL, METHODS, options, KEYWORDS):
        for text in (message,) if isinstance(message, str) else message[:1]:
            if text:
                yield text, name


def french() -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((FOLDER / "fr").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if message.id and not message.fuzzy:
                    key = message.id if isinstance(message.id, str) else message.id[0]
                    found[key] = message.string
    return found


def test_every_message_has_its_french() -> None:
    known = french()
    missing = sorted({f"{name}: {text}" for text, name in messages() if not known.get(text)})
    assert not missing, "\n".join(missing)


def test_translations_have_the_same_places() -> None:
    wrong = []
    for text, translated in french().items():
        forms = (translated,) if isinstance(translated, str) else translated
        places = set(PLACES.findall(text))
        wrong += [text for form in forms if form and not set(PLACES.findall(form)) <= places | {"%(num)s"}]
    assert not wrong


def test_french_punctuation_does_not_begin_a_line() -> None:
    """Before a colon, a semicolon, a question mark and within guillemets, the space is one that does not break."""
    texts = [form for text in french().values() for form in ((text,) if isinstance(text, str) else text)]
    assert not [text for text in texts if re.search(r" [:;?!»]|« ", text)]


def test_nothing_is_translated_twice_differently() -> None:
    seen: dict[str, tuple[str, object]] = {}
    wrong = []
    for path in sorted((FOLDER / "fr").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                key = str(message.id)
                if message.id and key in seen and seen[key][1] != message.string:
                    wrong.append(f"{key!r} in {seen[key][0]} and {path.name}")
                seen.setdefault(key, (path.name, message.string))
    assert not wrong, "\n".join(wrong)


PAGES = sorted(path.relative_to(PORTAL) for path in PORTAL.glob("pages/**/*.html") if path.parent.name != "macros")


@pytest.mark.parametrize("template", PAGES, ids=str)
def test_templates_have_no_bare_text(template: Path) -> None:
    """A visible word outside ``_()`` is a word that only one language has."""
    text = (PORTAL / template).read_text(encoding="utf-8")
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|<script.*?</script>|<[^>]+>|&\w+;", " ", text, flags=re.S
    )
    assert not [word for word in re.findall(r"[^\W\d_]{3,}", text) if word != "Tremplin"]


@pytest.mark.parametrize("template", PAGES, ids=str)
def test_templates_have_no_bare_colon(template: Path) -> None:
    """French has a space before it, which only a message can give: "%(name)s: %(value)s"."""
    assert not re.findall(r"(?:\}\}|%\}|</\w+>): .*", (PORTAL / template).read_text(encoding="utf-8"))


def test_a_code_is_worded_once() -> None:
    """The modules of words are gathered into one table, in which a second wording would silently take the first one's place."""
    found: dict[tuple[str, str], set[str]] = {}
    for name in (each.name for each in pkgutil.iter_modules(vocabulary.__path__)):
        module = importlib.import_module(f"{vocabulary.__name__}.{name}")
        groups = {"problem": getattr(module, "PROBLEMS", {}), **getattr(module, "WORDS", {})}
        for group, texts in groups.items():
            for code, text in texts.items():
                found.setdefault((group, code), set()).add(text)
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}
