"""What codes are called on screens: a module for each area, with ``WORDS`` by group and ``PROBLEMS`` by code.

The texts are English message ids, marked with ``N_`` for extraction and translated where they are shown.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

_words: dict[str, dict[str, str]] = {}
_problems: dict[str, str] = {}


def N_(text: str) -> str:  # noqa: N802  gettext's name for a text that is translated later
    return text


def _gather() -> None:
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        for group, words in getattr(module, "WORDS", {}).items():
            _words.setdefault(group, {}).update(words)
        _problems.update(getattr(module, "PROBLEMS", {}))


def word(group: str, code: str) -> str:
    """The English text for a code of a group (``application_state``, ``role``…); the code itself when it has none."""
    if not _words:
        _gather()
    return _words.get(group, {}).get(code, code)


def words(group: str) -> Mapping[str, str]:
    """All codes of a group with their English texts, in order."""
    if not _words:
        _gather()
    return _words.get(group, {})


def problem_sentence(problem: Any, gettext: Callable[[str], str]) -> str:
    """What a person reads about a refusal: the sentence for its code, or its title. ``problem`` has a code and a title."""
    if not _words:
        _gather()
    code = problem["code"] if isinstance(problem, Mapping) else problem.code
    title = problem.get("title", "") if isinstance(problem, Mapping) else problem.title
    return gettext(_problems.get(code) or title or code)
