"""Which ports an installation takes."""

import pytest

from deploy.local import ports, services
from deploy.local.refusals import PortInUse, SettingInvalid

NAMES = ("people", "funding")


def test_chosen_ports_are_free_and_differ() -> None:
    chosen = ports.choose({}, {}, NAMES)
    assert set(chosen) == set(NAMES)
    assert len(set(chosen.values())) == 2
    assert all(ports.is_free(port) for port in chosen.values())


def test_keeps_the_ports_of_the_last_run(free_port: int) -> None:
    assert ports.choose({}, {"people": free_port}, NAMES)["people"] == free_port


def test_replaces_a_remembered_port_that_somebody_took(taken: int) -> None:
    assert ports.choose({}, {"people": taken}, NAMES)["people"] != taken


def test_a_preferred_port_is_taken_where_it_is_free(free_port: int, taken: int) -> None:
    assert ports.choose({}, {}, NAMES, {"people": free_port})["people"] == free_port
    assert ports.choose({}, {}, NAMES, {"people": taken})["people"] != taken


def test_the_port_of_the_last_run_comes_before_the_preferred_one(free_port: int) -> None:
    other = ports.free_port([free_port])
    assert ports.choose({}, {"people": other}, NAMES, {"people": free_port})["people"] == other
    assert ports.choose({}, {"funding": free_port}, NAMES, {"people": free_port})["funding"] == free_port


def test_a_wanted_port_in_use_is_refused_with_its_variable(taken: int) -> None:
    with pytest.raises(PortInUse, match=rf"Port {taken}, wanted for people, is in use: .*TREMPLIN_PEOPLE_PORT"):
        ports.choose({"people": taken}, {}, NAMES)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8o80", "²"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(SettingInvalid, match="TREMPLIN_PEOPLE_PORT is not usable: it must be a port"):
        services.wanted_ports({"TREMPLIN_PEOPLE_PORT": text}, NAMES)
