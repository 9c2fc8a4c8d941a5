"""A form as a page shows it again: what was sent, and what is wrong with it, by field."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.words import problem_sentence

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]")


class Form:
    """Values as texts, several for a field where it has several; ``errors`` by field, in the order they were found."""

    def __init__(self, values: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None) -> None:
        self._values = {name: _texts(value) for name, value in (values or {}).items()}
        self.errors: dict[str, str] = dict(errors or {})
        self.labels: dict[str, str] = {}

    @classmethod
    def sent(cls, page: Page) -> "Form":
        """The form that a page was sent."""
        return cls({name: page.texts(name) for name in page.form})

    @property
    def names(self) -> list[str]:
        """The fields that have values."""
        return list(self._values)

    def value(self, name: str) -> str:
        return next(iter(self._values.get(name, ())), "")

    def values(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def error(self, name: str) -> str:
        return self.errors.get(name, "")

    def changed(self, values: Mapping[str, Any]) -> "Form":
        """The same form with other values for some fields."""
        return Form({**self._values, **values}, self.errors)

    def id(self, name: str) -> str:
        """The id of a field's control."""
        return f"field-{_NOT_IN_IDS.sub('-', name)}"

    def labelled(self, name: str, label: str) -> str:
        """The label, remembered for the summary of errors, which is why that is rendered last (see ``call`` blocks)."""
        self.labels[name] = label
        return label

    def wrong(self, name: str, text: str) -> None:
        self.errors.setdefault(name, text)

    def refused(self, problem: ServiceProblem, page: Page, names: Mapping[str, str] | None = None) -> None:
        """Take over what a service found wrong. ``names``: the form's name for a field of the service, where they differ."""
        found = problem.problems or [{"field": problem.field, "code": problem.code, "title": problem.title}]
        for item in found:
            field = str(item.get("field") or "")
            text = problem_sentence({"code": item.get("code", problem.code), "title": _said(item, problem)}, page._)
            self.wrong((names or {}).get(field, field), text)


def _said(item: Mapping[str, Any], problem: ServiceProblem) -> str:
    return str(item.get("detail") or item.get("title") or problem.title)


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return [str(item) for item in value]
    return [str(value)]
