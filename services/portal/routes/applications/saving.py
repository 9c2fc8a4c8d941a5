"""Saving a step: only what was changed on this page goes to the service, and what somebody else changed there is never undone.

A page carries, for each question, a mark of the answer that it was shown with. Three answers are compared: that one, the
page's, and the one that is kept now. Where all three differ the page is shown again with both, marked ``dispute.<code>``: such a
question stays as it is kept until "Save" is pressed (the page's answer) or "take theirs" of that question.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import Opened, opened, sentence
from services.portal.routes.applications.questions import Answer, Question, Step, Unreadable, mark, read, shown_text

ATTEMPTS = 4
SETTLING = ("save", "next")


@dataclass
class Saved:
    """What became of a step that was sent. ``conflicts``: by code, what somebody else answered meanwhile.

    ``marks``: by code, of what is now both on the page and kept. ``others``: labels of questions that others answered and
    this page did not touch.
    """

    draft: Opened
    form: Form
    saved_at: str
    conflicts: dict[str, Answer] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.conflicts and not self.form.errors


async def save_step(page: Page, application_id: UUID, code: str) -> Saved:
    """Save what a page sent for a step; tried again on what others saved in between. Raises ``ServiceProblem``."""
    for attempt in range(ATTEMPTS):
        draft = await opened(page, application_id)
        try:
            return await _saved(page, draft, draft.step(code))
        except ServiceProblem as problem:
            if problem.code != "version_mismatch" or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError


async def _saved(page: Page, draft: Opened, step: Step) -> Saved:
    saved = Saved(draft, Form.sent(page), str(draft.view["saved_at"]))
    changes = _changes(page, saved, step)
    if changes:
        answer = await page.ask(
            "PATCH", "applications", draft.path, _body(changes, draft.view["version"]), key=str(uuid.uuid4())
        )
        saved.saved_at = answer["saved_at"]
        saved.draft = await opened(page, UUID(draft.id))
    return saved


def _changes(page: Page, saved: Saved, step: Step) -> dict[str, Answer]:
    changes: dict[str, Answer] = {}
    taken = page.text("take")
    for question in step.questions:
        shown = page.text(f"was.{question.code}")
        if not shown:
            continue
        now = saved.draft.answers.get(question.code)
        if taken == question.code:
            saved.form = saved.form.changed({question.name: shown_text(now, question.type)})
            saved.marks[question.code] = mark(now)
            continue
        try:
            mine = read(question, page.texts(question.name))
        except Unreadable as reason:
            saved.form.wrong(question.name, sentence(page, {"code": reason.code}, question))
            continue
        settled = f"dispute.{question.code}" not in page.form or page.text("go") in SETTLING
        if _undisputed(saved, question, mine, shown, settled):
            saved.marks[question.code] = mark(mine)
            if mark(mine) != mark(now):
                changes[question.code] = mine
    return changes


def _undisputed(saved: Saved, question: Question, mine: Answer, shown: str, settled: bool) -> bool:
    """Whether this page's answer may stand: not when it was left as shown, nor when it would undo another one unchosen."""
    now = saved.draft.answers.get(question.code)
    if mark(mine) == mark(now):
        return True
    if mark(mine) == shown:
        saved.others.append(question.label)
        return False
    if mark(now) != shown or not settled:
        saved.conflicts[question.code] = now
        return False
    return True


def _body(changes: dict[str, Answer], version: int) -> dict[str, Any]:
    prefix = "applicant."
    applicant = {code.removeprefix(prefix): value for code, value in changes.items() if code.startswith(prefix)}
    answers = {code: value for code, value in changes.items() if not code.startswith(prefix)}
    return {"applicant": applicant, "answers": answers, "version": version}
