"""How long the season's people wait, and what they ask again."""

import asyncio
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.local.ports import LOOPBACK
from deploy.local.season.door import REPEATS, Answered, Door, SeasonFailure, together


class Service(ThreadingHTTPServer):
    """Says ``refusals`` times that it is not available, with or without an instant; ``silent`` ones never answer.

    ``broken`` times the connection ends without an answer.
    """

    refusals, broken, asked, silent = 0, 0, 0, False
    retry_after: str | None = "0"
    gone = threading.Event()

    @property
    def door(self) -> Door:
        return self._door()

    @property
    def stubborn_door(self) -> Door:
        return self._door(stubborn=True)

    def _door(self, **given: bool) -> Door:
        return Door({"evaluation": f"http://{LOOPBACK}:{self.server_port}"}, "http://issuer", lambda: "token", **given)


class Request(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        if self.server.silent:
            self.server.gone.wait(10)
            return
        self.server.asked += 1
        if self.server.asked <= self.server.broken:
            return
        refused = self.server.asked <= self.server.refusals
        self.send_response(503 if refused else 200)
        self.send_header("Content-Type", "application/problem+json" if refused else "application/json")
        if refused and self.server.retry_after:
            self.send_header("Retry-After", self.server.retry_after)
        self.end_headers()
        self.wfile.write(b'{"code": "busy"}')

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service((LOOPBACK, 0), Request)
    server.gone = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.gone.set()
    server.shutdown()
    server.server_close()


async def test_a_service_that_names_an_instant_is_asked_again_then(service: Service) -> None:
    service.refusals = 2
    await service.door.get(None, "evaluation", "/rounds")
    assert service.asked == 3


async def test_a_service_that_stays_unavailable_is_told_as_such(service: Service) -> None:
    service.refusals = 1_000
    with pytest.raises(Answered, match="503 busy"):
        await service.door.get(None, "evaluation", "/rounds")
    assert service.asked == 1 + REPEATS


async def test_a_service_that_names_no_instant_is_asked_again_soon(service: Service) -> None:
    service.refusals, service.retry_after = 2, None
    await service.door.get(None, "evaluation", "/rounds")
    assert service.asked == 3


async def test_stubborn_people_ask_again_what_was_not_answered(service: Service) -> None:
    service.broken = 2
    await service.stubborn_door.get(None, "evaluation", "/rounds")
    assert service.asked == 3


async def test_others_do_not(service: Service) -> None:
    service.broken = 1
    with pytest.raises(SeasonFailure, match="RemoteProtocolError"):
        await service.door.get(None, "evaluation", "/rounds")
    assert service.asked == 1


async def test_an_answer_is_waited_for_as_long_as_it_was_said(service: Service) -> None:
    service.silent = True
    with pytest.raises(SeasonFailure, match="ReadTimeout"):
        await service.door.ask(None, "GET", "evaluation", "/rounds", patience=0.05)


async def test_what_fails_among_many_is_told_by_itself() -> None:
    async def failing() -> None:
        raise SeasonFailure("this one")

    with pytest.raises(SeasonFailure, match="this one"):
        await together(failing() for _ in range(3))


async def test_people_wait_before_they_make_more_requests_than_they_may(service: Service) -> None:
    door = service.door
    door.most_requests = 2
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(door.get(None, "evaluation", "/rounds")) for _ in range(3)]
        await asyncio.wait(asked[:2])
        assert ([task.done() for task in asked], door.requests) == ([True, True, False], 2)
        door.most_requests = math.inf
    assert door.requests == service.asked == 3
