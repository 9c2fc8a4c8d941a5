"""An application as its pages have it: what the service shows of it, its call, its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.portal.backend import ServiceProblem
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.questions import Answer, Question, Step, shown_text, steps_of, visible
from services.portal.words import N_, problem_sentence

View = dict[str, Any]
NOT_FOUND = {"code": "not_found", "title": "There is nothing at this address"}
_SENTENCES = {
    "required": N_("Answer this question."),
    "too_long": N_("This answer is too long: %(most)s characters at most."),
    "too_short": N_("This answer is too short: %(least)s characters at least."),
    "below_minimum": N_("This is too small: %(least)s at least."),
    "above_maximum": N_("This is too large: %(most)s at most."),
}


@dataclass(frozen=True)
class Opened:
    """An application that the person of the page edits."""

    view: View
    call: View
    steps: tuple[Step, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.view["application_id"])

    @property
    def path(self) -> str:
        return f"/applications/{self.id}"

    @property
    def visible(self) -> set[str]:
        return visible(self.steps, self.answers)

    def step(self, code: str) -> Step:
        """A step by its code. Raises ``ServiceProblem`` for another."""
        found = next((each for each in self.steps if each.code == code), None)
        if found is None:
            raise ServiceProblem("applications", 404, NOT_FOUND)
        return found

    def question(self, code: str) -> tuple[Step, Question] | None:
        """The question of a code with its step."""
        return next(((step, each) for step in self.steps for each in step.questions if each.code == code), None)

    def after(self, step: Step) -> str:
        """The page that follows a step."""
        index = self.steps.index(step) + 1
        return f"{self.path}/steps/{self.steps[index].code}" if index < len(self.steps) else f"{self.path}/files"

    def form(self, step: Step) -> Form:
        """The step's form with the answers as they are kept."""
        return Form({each.name: shown_text(self.answers.get(each.code), each.type) for each in step.questions})


async def opened(page: Page, application_id: UUID) -> Opened:
    """The application, for one of its editors. Raises ``ServiceProblem`` (404) for anybody else."""
    view = await page.get("applications", f"/applications/{application_id}")
    if page.person_id not in view.get("editor_ids", ()):
        raise ServiceProblem("applications", 404, NOT_FOUND)
    call = await page.get("applications", f"/calls/{view['call_id']}")
    steps = steps_of(call, view["kind"], page.language, page._)
    applicant = {f"applicant.{name}": value for name, value in view["applicant"].items()}
    return Opened(view, call, steps, {**view["answers"], **applicant})


async def problems_of(page: Page, draft: Opened) -> list[View]:
    """All that keeps the application from being submitted, each with its sentence, its label and the page that it is on."""
    found = (await page.get("applications", f"{draft.path}/problems"))["problems"]
    return [located(page, draft, each) for each in found]


def located(page: Page, draft: Opened, problem: Mapping[str, Any]) -> View:
    code = str(problem["field"])
    place = draft.question(code)
    if place is None:
        slots = {each["code"]: each["label"][page.language] for each in draft.call["attachments"]}
        text = page._(N_("Attach this piece.")) if code in slots else sentence(page, problem, None)
        where = {"path": f"{draft.path}/files", "anchor": "", "step": "files"}
        return {**problem, "label": slots.get(code, ""), "text": text, **where}
    step, question = place
    return {
        **problem, "label": question.label, "text": sentence(page, problem, question), "step": step.code,
        "path": f"{draft.path}/steps/{step.code}", "anchor": Form().id(question.name),
    }  # fmt: skip


def sentence(page: Page, problem: Mapping[str, Any], question: Question | None) -> str:
    """What is wrong with an answer, with the bounds that it has to keep."""
    code = str(problem["code"])
    allowed = problem.get("allowed") if isinstance(problem.get("allowed"), Mapping) else {}
    least, most = _bounds(page, code, allowed or {}, question)
    if code in _SENTENCES and (code == "required" or least or most):
        return page._(_SENTENCES[code], least=least, most=most)
    return problem_sentence({"code": code, "title": ""}, page._)


def _bounds(page: Page, code: str, allowed: Mapping[str, Any], question: Question | None) -> tuple[str, str]:
    formats = Formats(page.language)
    if code in ("too_long", "too_short"):
        most = allowed.get("max_length", 300 if question and question.code.startswith("applicant.") else 20_000)
        return formats.number(allowed.get("min_length", 0)), formats.number(most)
    shown = formats.money if question and question.type == "amount_cents" else formats.number
    return shown(allowed.get("minimum")), shown(allowed.get("maximum"))
