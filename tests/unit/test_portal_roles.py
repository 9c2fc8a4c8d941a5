"""The portal asks for names exactly where ``people`` tells them."""

from services.people import directory_api
from services.portal import roles


def test_names_are_asked_for_those_to_whom_people_tells_them() -> None:
    assert set(roles.NAMING) == set(directory_api.NAMING)
