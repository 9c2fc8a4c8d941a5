"""Which ports an installation takes."""

import asyncio
import random
import sys

import pytest

from deploy.local import ports, services
from deploy.local.refusals import PortInUse, SettingInvalid

NAMES = ("people", "funding")


def test_chosen_ports_are_free_and_differ() -> None:
    chosen = ports.choose({}, {}, NAMES)
    assert set(chosen) == set(NAMES)
    assert len(set(chosen.values())) == 2
    assert all(ports.is_free(port) for port in chosen.values())


OTHER = "import sys; from deploy.local import ports; print(*map(ports._hold, map(int, sys.argv[1:]))); sys.stdin.read()"
names_without_a_file = pytest.mark.skipif(sys.platform != "linux", reason="they are Linux's")


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The only ports that there are, all free and below those that other tests take."""
    first = next(
        first
        for first in random.sample(range(10_000, 19_000, 3), 100)
        if all(map(ports.is_free, range(first, first + 3)))
    )
    monkeypatch.setattr(ports, "_LOWEST", first)
    monkeypatch.setattr(ports, "_first_ephemeral", lambda: first + 3)
    return set(range(first, first + 3))


@names_without_a_file
def test_a_port_is_given_once_before_anybody_listens(three: set[int]) -> None:
    assert {ports.free_port() for _ in range(3)} == three
    assert ports.free_port() not in three


@names_without_a_file
async def test_a_port_that_another_process_was_given_is_given_again_when_that_has_ended(three: set[int]) -> None:
    pipe = asyncio.subprocess.PIPE
    arguments = ("-u", "-c", OTHER, *map(str, three))
    other = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe)
    assert other.stdout
    assert (await other.stdout.readline()).split() == [b"True"] * 3
    assert ports.free_port() not in three
    await other.communicate(b"")
    assert ports.free_port() in three


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
