"""Answers as people read them again."""

from typing import Any

from services.portal.formats import Formats
from services.portal.page import Page
from services.portal.routes.applications.drafts import Opened
from services.portal.routes.applications.questions import Answer, Question


def answered(page: Page, draft: Opened) -> list[dict[str, Any]]:
    """Every visible question of each step with its answer as a text, empty when there is none."""
    seen, formats = draft.visible, Formats(page.language)
    return [
        {
            "step": step,
            "answers": [
                {"question": each, "text": readable(page, formats, each, draft.answers.get(each.code))}
                for each in step.questions
                if each.code in seen
            ],
        }
        for step in draft.steps
    ]


def readable(page: Page, formats: Formats, question: Question, answer: Answer) -> str:
    """An answer as a text in the page's language."""
    if answer is None:
        return ""
    if isinstance(answer, bool):
        return page._("Yes") if answer else page._("No")
    if question.type == "amount_cents":
        return formats.money(answer)
    if question.type == "date":
        return formats.day(str(answer))
    if isinstance(answer, int):
        return formats.number(answer)
    labels = dict(question.options)
    if isinstance(answer, list | tuple):
        return ", ".join(labels.get(str(each), str(each)) for each in answer)
    return labels.get(answer, str(answer))
