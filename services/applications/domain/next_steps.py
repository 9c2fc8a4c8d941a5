"""What a person does next about an application of theirs, and until when."""

from datetime import datetime
from typing import Literal

from contracts.model import Id, Instant, Model
from services.applications.domain import submission
from services.applications.domain.application import Application
from services.applications.domain.calls import Call

Code = Literal[
    "finish", "submit", "ask_owner", "answer_correction", "accept_offer", "wait", "read_decision", "cycle", "too_late",
    "none",
]  # fmt: skip
ADVERSE = ("inadmissible", "ineligible", "not_selected")
OVER = ("declined", "withdrawn")


class NextStep(Model):
    """``ask_owner``: only the owner, or whom the owner let, can do what comes next. ``deadline``: of what is to be done."""

    code: Code
    deadline: Instant | None = None


def next_step(application: Application, call: Call, person_id: Id, now: datetime) -> NextStep:
    """What ``person_id``, an editor of the application, does next."""
    status, correction = application.status, application.correction
    if status == "draft":
        return _draft(application, call, person_id, now)
    if status == "correction_requested" and correction and now <= correction.due_at:
        return NextStep(code="answer_correction", deadline=correction.due_at)
    if status == "selected":
        return _selected(application, person_id, now)
    if status in ADVERSE:
        return NextStep(code="read_decision")
    return NextStep(code="none" if status in OVER else "wait")


def _draft(application: Application, call: Call, person_id: Id, now: datetime) -> NextStep:
    if call.phase(now) == "closed":
        return NextStep(code="too_late")
    if submission.problems(application, call):
        return NextStep(code="finish", deadline=call.closes_at)
    code: Code = "submit" if person_id in application.submitter_ids else "ask_owner"
    return NextStep(code=code, deadline=call.closes_at)


def _selected(application: Application, person_id: Id, now: datetime) -> NextStep:
    place = application.place
    if place is None or (place.accepted_at is None and place.accept_by and now > place.accept_by):
        return NextStep(code="wait")
    if place.accepted_at:
        return NextStep(code="cycle")
    return NextStep(code="accept_offer" if person_id == application.owner_id else "ask_owner", deadline=place.accept_by)
