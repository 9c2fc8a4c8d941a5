"""Asking a service over HTTP whether it lives, whether it is ready, and how far it is."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx

LIVE = "/health/live"
READY = "/health/ready"
PROGRESS = "/internal/progress"
_TIMEOUT_SECONDS = 2.0


async def all_ready(urls: Sequence[str]) -> None:
    """Return when every service at ``urls`` is ready; raises ``httpx.HTTPError`` when one is not."""
    async with _client() as client:
        for answer in await asyncio.gather(*(client.get(url + READY) for url in urls)):
            answer.raise_for_status()


async def answers(url: str, path: str) -> bool:
    """Whether the service at ``url`` answers ``path`` with a success."""
    async with _client() as client:
        try:
            return (await client.get(url + path)).is_success
        except httpx.HTTPError:
            return False


async def progress(url: str, token: str) -> dict[str, Any] | None:
    """How far the consumers of the service at ``url`` are, or ``None`` when it does not say."""
    async with _client() as client:
        try:
            answer = await client.get(url + PROGRESS, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            return None
        return told


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False, verify=False)  # noqa: S501 - loopback, never TLS
