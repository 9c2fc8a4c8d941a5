"""Every door of every service: closed to whoever has no token, and to whoever lacks its roles."""

from tests.everything import ROLES, Everything

OBSERVATORY = (
    "/initiatives/{initiative_id}",
    "/initiatives/{initiative_id}/timeline",
    "/laureates",
    "/indicators",
    "/calls/{call_id}/figures",
    "/figures/departements",
    "/figures/themes",
    "/programme/record",
    "/open-data",
    "/open-data/{name}.{form}",
)
OPEN_TO_ALL = {
    "applications GET /calls",
    "applications GET /calls/{call_id}",
    "evaluation GET /rounds/{round_id}/ballots/published",
    *(f"observatory GET {path}" for path in OBSERVATORY),
}
"""What is public, beside health and metrics: a door that is opened by mistake is not on this list."""

OF_EVERY_SERVICE = {"GET /health/live", "GET /health/ready", "GET /metrics"}


async def test_what_is_open_to_all_is_known(everything: Everything) -> None:
    found = {str(door) for door in everything.doors() if door.public}
    health = {f"{name} {door}" for name in everything.services for door in OF_EVERY_SERVICE}
    assert found - health == OPEN_TO_ALL


async def test_without_a_token_nobody_comes_in(everything: Everything) -> None:
    closed = [door for door in everything.doors() if not door.public]
    answers = {str(door): await everything.knock(door, token="", json={}) for door in closed}
    assert len(answers) > 120
    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 401} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"unauthenticated"}
    assert {answer.headers["content-type"] for answer in answers.values()} == {"application/problem+json"}


async def test_a_token_without_the_role_opens_no_door_that_asks_for_one(everything: Everything) -> None:
    guarded = [door for door in everything.doors() if not door.public and door.roles]
    for roles in ((), ("canary",)):
        answers = {str(door): await everything.knock(door, *roles, json={}) for door in guarded}
        assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 403} == {}


async def test_all_roles_but_the_right_ones_open_no_door_either(everything: Everything) -> None:
    guarded = [door for door in everything.doors() if not door.public and door.roles]
    answers = {str(door): await everything.knock(door, *(ROLES - door.roles), json={}) for door in guarded}
    assert {door: answer.status_code for door, answer in answers.items() if answer.status_code != 403} == {}
    assert {answer.json()["code"] for answer in answers.values()} == {"forbidden"}


async def test_roles_are_those_that_people_have(everything: Everything) -> None:
    named = {role for door in everything.doors() if not door.public for role in door.roles}
    assert named <= ROLES
