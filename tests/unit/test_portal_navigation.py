"""An area is offered to whom it serves; its pages declare who may see them."""

import pytest

from services.portal.navigation import area_of, areas_for


def paths(*roles: str, applies: bool = False) -> list[str]:
    return [link.path for link in areas_for(roles, applies)]


def test_who_only_follows_others_is_offered_no_applications_of_their_own() -> None:
    assert paths("mentor") == ["/account", "/mentoring"]
    assert paths() == ["/account"]


def test_all_who_confirm_accounts_are_offered_what_waits_for_them_there() -> None:
    for role in ("authorising_officer", "accountant", "programme_officer"):
        assert "/funding" in paths(role)


@pytest.mark.parametrize("given", [paths("applicant"), paths("mentor", applies=True), paths(applies=True)])
def test_who_applies_is_offered_them_whatever_their_roles(given: list[str]) -> None:
    assert {"/applications", "/initiatives"} <= set(given)


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/office", "/office"),
        ("/office/calls/1", "/office"),
        ("/office/rounds/1/panel", "/office/rounds"),
        ("/officers", ""),
        ("/account/contact", "/account"),
        ("/laureates", ""),
    ],
)
def test_a_page_is_in_the_nearest_area_above_it(path: str, area: str) -> None:
    assert area_of(path, areas_for(("programme_officer",))) == area
