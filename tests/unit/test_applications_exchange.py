"""Messages, invitations and what comes next, by the domain alone."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import MessageSent, Side
from contracts.decision import Decision, NotFound
from services.applications.commands import RemoveEditor
from services.applications.domain import drafting, invitations, messages, results
from services.applications.domain.application import Application
from services.applications.domain.messages import Thread
from services.applications.domain.next_steps import next_step
from services.applications.exchange_commands import (
    AcceptInvitation,
    InviteEditor,
    MarkRead,
    RevokeInvitation,
    SendMessage,
)
from tests.candidature import CALL, NOW, OFFICER, OWNER, announced, draft, ids, instruct, refused, submit

FRIEND = uuid4()
TOKEN = sha256(b"token").hexdigest()


def message(side: Side, application: Application) -> SendMessage:
    given: dict[str, Any] = {"person_id": OWNER if side == "applicant" else OFFICER, "command_id": uuid4()}
    return SendMessage(
        **given, application_id=application.application_id, side=side, text="Canary", text_key="somewhere"
    )


def send(thread: Thread | None, side: Side, application: Application, now: datetime = NOW) -> Decision[Thread]:
    return messages.send(thread, message(side, application), application, now)


def read(thread: Thread, side: Side, through: int) -> Thread:
    order = MarkRead(**ids(), application_id=thread.application_id, side=side, through=through)
    return messages.mark_read(thread, order).state


def test_the_other_side_is_told_once_for_what_it_has_not_read() -> None:
    application = submit(draft()).state
    first = send(None, "applicant", application)
    second = send(first.state, "applicant", application, NOW + timedelta(hours=1))
    told = [event for decision in (first, second) for event in decision.events if isinstance(event, MessageSent)]
    assert [event.since_id for event in told] == [told[0].message_id] * 2
    assert all("Canary" not in event.model_dump_json() for event in told)
    thread = read(second.state, "programme", 2)
    third = send(thread, "applicant", application).events[0]
    assert isinstance(third, MessageSent)
    assert third.since_id == third.message_id
    answer = send(thread, "programme", application).events[0]
    assert isinstance(answer, MessageSent)
    assert answer.recipients == (OWNER,)


def test_waiting_ends_with_reading_and_reading_does_not_go_back() -> None:
    application = submit(draft()).state
    thread = send(send(None, "applicant", application).state, "programme", application).state
    assert set(thread.waiting) == {"applicant", "programme"}
    assert set(read(thread, "programme", 1).waiting) == {"applicant"}
    assert read(read(thread, "programme", 2), "programme", 1).read == {"programme": 2}
    assert read(thread, "applicant", 99).read == {"applicant": 2}


@given(st.lists(st.tuples(st.sampled_from(["applicant", "programme"]), st.booleans()), max_size=12))
def test_what_waits_is_what_the_other_side_wrote_since_it_was_read(turns: list[tuple[Side, bool]]) -> None:
    application, thread = submit(draft()).state, None
    for side, reads in turns:
        thread = send(thread, side, application).state
        if reads:
            thread = read(thread, side, len(thread.messages))
    for side in ("applicant", "programme"):
        last = max((i for i, (who, reads) in enumerate(turns, 1) if who == side and reads), default=0)
        expected = sum(who != side for who, _ in turns[last:])
        assert thread is None or len(thread.unread(side)) == expected  # type: ignore[arg-type]
        assert thread is None or (side in thread.waiting) == bool(expected)


def test_an_officer_sees_no_draft_unless_somebody_wrote_about_it() -> None:
    started = draft()
    with pytest.raises(NotFound):
        messages.side_of(started, OFFICER, officer=True, thread=None)
    thread = send(None, "applicant", started).state
    assert messages.side_of(started, OFFICER, officer=True, thread=thread) == "programme"
    assert messages.side_of(started, OWNER, officer=True, thread=thread) == "applicant"
    with pytest.raises(NotFound):
        messages.side_of(started, FRIEND, officer=False, thread=thread)


def test_a_thread_has_an_end() -> None:
    application = draft()
    thread = send(None, "applicant", application).state
    full = thread.model_copy(update={"messages": thread.messages * messages.MOST_MESSAGES})
    refused("thread_full", lambda: send(full, "applicant", application))


def invited(application: Application, digest: str = TOKEN, **given: Any) -> Application:
    order = InviteEditor(
        **{**ids(), "invitation_id": uuid4(), "email": "canary@example.org", "may_submit": False, **given},
        application_id=application.application_id,
        digest=digest,
    )
    return invitations.invite(application, order, NOW).state


def accept(application: Application, person: UUID = FRIEND, now: datetime = NOW) -> Application:
    order = AcceptInvitation(
        command_id=uuid4(), person_id=person, application_id=application.application_id, digest=TOKEN
    )
    return invitations.accept(application, order, now).state


def revoke(application: Application) -> Application:
    (last,) = application.invitations
    order = RevokeInvitation(**ids(), application_id=application.application_id, invitation_id=last.invitation_id)
    return invitations.revoke(application, order, NOW).state


def test_an_invitation_is_accepted_once_and_its_address_kept_until_the_editor_is_removed() -> None:
    started = invited(draft(), may_submit=True)
    assert list(started.content.invited.values()) == ["canary@example.org"]
    joined = accept(started)
    assert joined.editor_ids == joined.submitter_ids == (OWNER, FRIEND)
    assert joined.content.invited == started.content.invited
    assert invited(joined, "0" * 64).content.invited.keys() > joined.content.invited.keys()
    refused("invitation_used", lambda: accept(joined, uuid4()))
    refused("invitation_used", lambda: revoke(joined))
    order = RemoveEditor(command_id=uuid4(), person_id=OWNER, application_id=joined.application_id, editor_id=FRIEND)
    removed = drafting.remove_editor(joined, order).state
    assert (removed.editor_ids, removed.content.invited) == ((OWNER,), {})
    assert removed.content.answers == joined.content.answers


def test_an_invitation_that_is_taken_back_leaves_no_address() -> None:
    assert revoke(invited(draft())).content.invited == {}


def test_a_link_that_cannot_be_used_says_why() -> None:
    started = invited(draft())
    expired = NOW + invitations.VALID
    assert FRIEND in accept(started, now=expired).editor_ids
    refused("invitation_expired", lambda: accept(started, now=expired + timedelta(microseconds=1)))
    refused("invitation_revoked", lambda: accept(revoke(started)))
    refused("invitation_unknown", lambda: accept(draft()))
    refused("already_editor", lambda: accept(started, OWNER))
    withdrawn = started.model_copy(update={"status": "withdrawn"})
    refused("wrong_state", lambda: accept(withdrawn))
    refused("owner_only", lambda: invited(accept(started), "0" * 64, person_id=FRIEND))


def test_editors_and_open_invitations_are_bounded() -> None:
    application = draft()
    for number in range(drafting.MAX_EDITORS - 1):
        application = invited(application, f"{number:064x}")
    refused("too_many_editors", lambda: invited(application))
    assert len(set(application.invitation_digests)) == drafting.MAX_EDITORS - 1


def step(application: Application, person: UUID = OWNER, now: datetime = NOW) -> tuple[str, datetime | None]:
    found = next_step(application, CALL, person, now)
    return found.code, found.deadline


def test_what_comes_next_before_and_after_submission() -> None:
    started, closed = draft(), CALL.closes_at + timedelta(seconds=1)
    assert step(draft(title=None)) == ("finish", CALL.closes_at)
    assert step(started) == ("submit", CALL.closes_at)
    assert step(accept(invited(started)), FRIEND) == ("ask_owner", CALL.closes_at)
    assert step(started, now=closed) == ("too_late", None)
    sent = submit(started).state
    assert step(sent) == ("wait", None)
    assert step(instruct(sent)) == ("wait", None)
    assert step(instruct(submit(draft(departement="13")).state)) == ("read_decision", None)


def test_what_comes_next_after_the_results() -> None:
    eligible = instruct(submit(draft()).state)
    selected = announced(eligible, "selected", 1).state
    place = selected.place
    assert place
    assert place.accept_by
    assert step(selected) == ("accept_offer", place.accept_by)
    assert step(selected, FRIEND) == ("ask_owner", place.accept_by)
    assert step(selected, now=place.accept_by + timedelta(seconds=1)) == ("wait", None)
    order = results.AcceptPlace(**ids(), application_id=selected.application_id)
    assert step(results.accept(selected, order, NOW).state) == ("cycle", None)
    assert step(announced(eligible, "reserve", 1).state) == ("wait", None)
    assert step(announced(eligible, "not_selected").state) == ("read_decision", None)
