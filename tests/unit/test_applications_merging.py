"""Two people at one draft: different fields go together, the same field does not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.applications import commands
from services.applications.domain import drafting
from services.applications.domain.application import Application
from tests.candidature import CALL, NOW, draft, ids, refused

TEXTS = ("title", "purpose", "public_page")


def saving(
    draft: Application, answers: dict[str, Any], read: int | None, exact: bool = False, **applicant: str
) -> commands.SaveDraft:
    given = {"application_id": draft.application_id, "answers": answers, "applicant": applicant}
    return commands.SaveDraft.model_validate(ids() | given | {"revision": read, "exact": exact})


def saved(draft: Application, answers: dict[str, Any], read: int | None, **applicant: str) -> Application:
    return drafting.save(draft, saving(draft, answers, read, **applicant), CALL, NOW).state


def test_two_pages_with_different_fields_both_win() -> None:
    started = draft()
    first = saved(started, {"title": "Mine"}, 1, given_name="Ada")
    decision = drafting.save(first, saving(first, {"purpose": "Theirs"}, 1, family_name="Lovelace"), CALL, NOW)
    content = decision.state.content
    assert (content.answers["title"], content.answers["purpose"]) == ("Mine", "Theirs")
    assert (content.applicant.given_name, content.applicant.family_name) == ("Ada", "Lovelace")
    assert (decision.answer["version"], decision.answer["meanwhile"]) == (3, ["applicant.given_name", "title"])


def test_a_stale_page_does_not_undo_a_newer_one() -> None:
    first = saved(draft(), {"title": "Newer"}, 1, given_name="Ada")
    for stale in (saving(first, {"title": "Older"}, 1), saving(first, {"title": None}, 1)):
        found = refused("version_mismatch", lambda stale=stale: drafting.save(first, stale, CALL, NOW))
        assert (found.allowed, [each["field"] for each in found.problems]) == (2, ["title"])
    stale = saving(first, {}, 1, given_name="Another")
    found = refused("version_mismatch", lambda: drafting.save(first, stale, CALL, NOW))
    assert found.problems == [{"field": "applicant.given_name", "code": "saved_meanwhile"}]


def test_the_same_value_in_the_same_field_is_no_conflict() -> None:
    first = saved(draft(), {"title": "Same"}, 1)
    assert saved(first, {"title": "Same"}, 1).revision == 3


def test_an_exact_version_is_refused_whatever_was_saved() -> None:
    first = saved(draft(), {"title": "Mine"}, 1)
    order = saving(first, {"purpose": "Theirs"}, 1, exact=True)
    assert refused("version_mismatch", lambda: drafting.save(first, order, CALL, NOW)).allowed == 2


@given(
    first=st.dictionaries(st.sampled_from(TEXTS), st.text("abc", min_size=3, max_size=4)),
    second=st.dictionaries(st.sampled_from(TEXTS), st.text("abc", min_size=3, max_size=4)),
)
def test_nothing_that_was_saved_is_lost_without_a_refusal(first: dict[str, str], second: dict[str, str]) -> None:
    after = saved(draft(), first, 1)
    order = saving(after, second, 1)
    if any(first[name] != second[name] for name in first.keys() & second.keys()):
        refused("version_mismatch", lambda: drafting.save(after, order, CALL, NOW))
    else:
        answers = drafting.save(after, order, CALL, NOW).state.content.answers
        assert {**first, **second}.items() <= answers.items()
