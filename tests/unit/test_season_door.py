"""How long the season's people wait, and what they ask again."""

import httpx
import pytest

from deploy.local.season.door import REPEATS, Answered, Door


class Restless(httpx.AsyncBaseTransport):
    """A service that says ``refusals`` times that it is not available, and how many requests it got."""

    def __init__(self, refusals: int, **headers: str) -> None:
        self.refusals, self.headers, self.asked = refusals, headers, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.asked <= self.refusals:
            return httpx.Response(503, json={"code": "busy"}, headers=self.headers)
        return httpx.Response(200, json={"seconds": request.extensions["timeout"]["read"]})


def door(service: Restless) -> Door:
    found = Door({"evaluation": "http://service"}, "http://issuer", "token")
    found._client = httpx.AsyncClient(transport=service)
    return found


async def test_a_service_that_names_an_instant_is_asked_again_then() -> None:
    service = Restless(2, **{"Retry-After": "0"})
    await door(service).get(None, "evaluation", "/rounds")
    assert service.asked == 3


async def test_a_service_that_stays_unavailable_is_told_as_such() -> None:
    service = Restless(1_000, **{"Retry-After": "0"})
    with pytest.raises(Answered, match="503 busy"):
        await door(service).get(None, "evaluation", "/rounds")
    assert service.asked == 1 + REPEATS


async def test_without_an_instant_nothing_is_asked_again() -> None:
    service = Restless(1)
    with pytest.raises(Answered, match="503 busy"):
        await door(service).get(None, "evaluation", "/rounds")
    assert service.asked == 1


async def test_an_answer_that_takes_minutes_is_waited_for() -> None:
    answer = await door(Restless(0)).ask(None, "POST", "evaluation", "/assignments", patience=600.0)
    assert answer == {"seconds": 600.0}
