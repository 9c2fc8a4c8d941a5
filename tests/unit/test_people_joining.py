"""A person known from paper and the link that makes a log-in theirs: once, in time, and nobody else's."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contracts import people as events
from services.people.commands import ErasePerson, GrantRole, InvitePerson, JoinPerson, UnlinkLogin
from services.people.domain import joining, mandates, organisations, persons, refusals, roles
from services.people.domain.persons import Person
from tests.persons import NOW, OFFICER, PERSON, mandate, organisation, registered, registration

DIGEST, OTHER, LOGIN = "a" * 64, "b" * 64, UUID(int=77)


def from_paper(*given: events.Role) -> Person:
    command = registration(*(given or ("applicant",))).model_copy(update={"from_paper": True})
    return roles.register(None, command, NOW).state


def invitation(digest: str = DIGEST) -> InvitePerson:
    return InvitePerson(command_id=uuid4(), by=OFFICER, person_id=PERSON, invitation_id=uuid4(), digest=digest)


def invited(now: datetime = NOW) -> Person:
    return joining.invite(from_paper(), invitation(), now).state


def acceptance(digest: str = DIGEST) -> JoinPerson:
    return JoinPerson(command_id=uuid4(), by=LOGIN, person_id=PERSON, login_id=LOGIN, digest=digest)


def joined() -> Person:
    return joining.join(invited(), acceptance(), NOW).state


def test_whoever_opens_the_link_in_time_is_the_person_from_then_on() -> None:
    decision = joining.join(invited(), acceptance(), NOW + joining.VALID)
    assert decision.state.login
    assert decision.state.login.login_id == LOGIN
    assert decision.events == (events.PersonJoined(person_id=PERSON, login_id=LOGIN),)
    assert [(line.action, line.by) for line in decision.state.trail[-2:]] == [("invited", OFFICER), ("joined", PERSON)]


def unlinking(login: UUID = LOGIN) -> UnlinkLogin:
    return UnlinkLogin(command_id=uuid4(), by=OFFICER, person_id=PERSON, login_id=login)


def test_a_log_in_is_taken_off_with_its_link_and_another_link_can_be_sent() -> None:
    decision = joining.unlink(joined(), unlinking(), NOW)
    assert decision.events == (events.LoginUnlinked(person_id=PERSON, login_id=LOGIN, unlinked_by=OFFICER),)
    assert (decision.state.login, joining.state_of(decision.state, NOW)) == (None, "not_invited")
    assert (decision.state.trail[-1].action, decision.state.trail[-1].by) == ("unlinked", OFFICER)
    with pytest.raises(refusals.LinkUnknown):
        joining.join(decision.state, acceptance(), NOW)
    again = joining.invite(decision.state, invitation(OTHER), NOW).state
    assert joining.join(again, acceptance(OTHER), NOW).state.login


@pytest.mark.parametrize("state", [registered("applicant"), from_paper(), invited()])
def test_only_a_log_in_that_came_by_a_link_is_taken_off(state: Person) -> None:
    with pytest.raises(refusals.NoLoginJoined):
        joining.unlink(state, unlinking(), NOW)


def test_an_old_page_does_not_take_off_who_joined_since() -> None:
    with pytest.raises(refusals.NoLoginJoined):
        joining.unlink(joined(), unlinking(UUID(int=78)), NOW)


def test_what_is_told_of_an_invitation_says_nothing_of_its_link() -> None:
    decision = joining.invite(from_paper(), invitation(), NOW)
    told = "".join(event.model_dump_json() for event in decision.events)
    assert [event.type for event in decision.events] == ["PersonInvited"]
    assert DIGEST not in told + str(decision.answer)


@pytest.mark.parametrize(
    ("state", "digest", "later", "refusal"),
    [
        (invited(), OTHER, timedelta(0), refusals.LinkUnknown),
        (invited(), DIGEST, joining.VALID + timedelta(seconds=1), refusals.LinkExpired),
        (joined(), DIGEST, timedelta(0), refusals.LinkUsed),
        (from_paper(), DIGEST, timedelta(0), refusals.LinkUnknown),
        (joining.invite(invited(), invitation(OTHER), NOW).state, DIGEST, timedelta(0), refusals.LinkUnknown),
    ],
    ids=["another", "expired", "used", "never sent", "another was sent since"],
)
def test_a_link_that_gives_nothing(
    state: Person, digest: str, later: timedelta, refusal: type[refusals.LinkUnknown]
) -> None:
    with pytest.raises(refusal):
        joining.join(state, acceptance(digest), NOW + later)


def test_an_erased_person_has_no_link_and_no_log_in() -> None:
    for state in (invited(), joined()):
        erased = persons.erase(state, ErasePerson(command_id=uuid4(), by=PERSON, person_id=PERSON), NOW).state
        assert (erased.invitation, erased.login) == (None, None)
        with pytest.raises(refusals.LinkUnknown):
            joining.join(erased, acceptance(), NOW)
        with pytest.raises(refusals.PersonErased):
            joining.invite(erased, invitation(), NOW)


@pytest.mark.parametrize("state", [registered("applicant"), joined(), from_paper("applicant", "mentor")])
def test_only_who_is_known_from_paper_and_holds_nothing_more_is_invited(state: Person) -> None:
    with pytest.raises(refusals.LogsInAlready):
        joining.invite(state, invitation(), NOW)


def test_a_role_given_meanwhile_ends_the_link() -> None:
    command = GrantRole(command_id=uuid4(), by=OFFICER, person_id=PERSON, role="mentor")
    with pytest.raises(refusals.LinkUnknown):
        joining.join(roles.grant(invited(), command, NOW).state, acceptance(), NOW)


def test_a_log_in_that_is_more_than_its_own_account_is_not_given_away() -> None:
    place = organisations.register(None, organisation(), NOW).state
    acting = mandates.give(registered("applicant"), place, mandate(place), NOW).state
    for account in (registered("mentor"), acting, joined(), from_paper()):
        with pytest.raises(refusals.LoginInUse):
            joining.require_free(account)
    joining.require_free(None)
    joining.require_free(registered("applicant"))


@pytest.mark.parametrize(
    ("person", "later", "state"),
    [
        (registered("applicant"), timedelta(0), "own_account"),
        (from_paper(), timedelta(0), "not_invited"),
        (invited(), timedelta(0), "open"),
        (invited(), joining.VALID + timedelta(seconds=1), "expired"),
        (joined(), timedelta(days=99), "joined"),
    ],
)
def test_how_far_they_are(person: Person, later: timedelta, state: str) -> None:
    assert joining.state_of(person, NOW + later) == state
