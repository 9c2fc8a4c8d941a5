"""Two at one step: what may be written of a page that was shown with both answers to a question."""

from fastapi import FastAPI
from starlette.datastructures import FormData
from starlette.requests import Request

from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import Opened
from services.portal.routes.applications.questions import Question, Step, mark
from services.portal.routes.applications.saving import Saved, _changes

TITLE, PURPOSE, PLACE = (Question(code, code.title(), "text") for code in ("title", "purpose", "place"))
STEP = Step("s-initiative", "The initiative", (TITLE, PURPOSE, PLACE))
THEIRS = {"title": "Their title", "purpose": "Their purpose", "place": "Rennes"}
MINE = {"title": "My title", "purpose": "My purpose", "place": "Rennes"}


def _sent(**pressed: str) -> tuple[dict[str, str], Saved]:
    """What is written of a page that shows title and purpose as disputed, when it is sent so."""
    app = FastAPI()
    app.state.parts = None
    page = Page(Request({"type": "http", "app": app, "state": {"language": "fr"}, "headers": []}))
    answers = {f"q.{code}": text for code, text in MINE.items()}
    marks = {f"was.{code}": mark(text) for code, text in THEIRS.items()}
    page.form = FormData({**answers, **marks, "dispute.title": "1", "dispute.purpose": "1", **pressed})
    saved = Saved(Opened({}, {}, (STEP,), THEIRS), Form.sent(page), "")
    return _changes(page, saved, STEP), saved


def test_what_is_sent_by_itself_settles_nothing() -> None:
    changes, saved = _sent(**{"q.place": "Brest"})
    assert changes == {"place": "Brest"}
    assert saved.conflicts == {"title": "Their title", "purpose": "Their purpose"}
    assert set(saved.marks) == {"place"}


def test_filling_in_from_a_register_settles_nothing() -> None:
    changes, saved = _sent(go="fill")
    assert changes == {}
    assert set(saved.conflicts) == {"title", "purpose"}


def test_taking_theirs_for_one_leaves_the_other_to_be_chosen() -> None:
    changes, saved = _sent(take="title")
    assert changes == {}
    assert saved.conflicts == {"purpose": "Their purpose"}
    assert (saved.form.value("q.title"), saved.form.value("q.purpose")) == ("Their title", "My purpose")


def test_saving_keeps_what_stands_in_the_fields() -> None:
    for button in ("save", "next"):
        changes, saved = _sent(go=button)
        assert changes == {"title": "My title", "purpose": "My purpose"}
        assert not saved.conflicts


def test_a_third_answer_that_came_meanwhile_is_shown_first() -> None:
    changes, saved = _sent(go="save", **{"was.title": mark("Seen before")})
    assert changes == {"purpose": "My purpose"}
    assert saved.conflicts == {"title": "Their title"}
