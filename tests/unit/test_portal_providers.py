"""A client of a provider that does not answer."""

import asyncio

import httpx
import pytest

from services.portal import providers
from services.portal.providers import Client, Provider, ProviderDown


class Hanging(httpx.AsyncBaseTransport):
    """A provider that takes every request and answers none."""

    asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError


async def test_all_who_wait_share_one_try_and_its_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "PATIENCE_SECONDS", 0.2)
    hanging = Hanging()
    provider = Provider("people", "https://provider.example", "portal", "secret", "openid", "eidas1")
    client = Client(provider, "https://portal.example/callback/people", hanging)
    for tries in (1, 2):
        starting = (client.start(client.login(), "fr") for _ in range(50))
        answers = await asyncio.gather(*starting, return_exceptions=True)
        assert {type(each) for each in answers} == {ProviderDown}
        assert hanging.asked == tries
