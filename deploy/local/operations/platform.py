"""The running platform as its operator asks it: over HTTP, with the addresses and the key that its data directory holds.

In production there is no such directory, and the portal's settings name the same: commands are given in its container.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx

from deploy.local import services
from deploy.local.directory import DataDirectory
from deploy.local.refusals import NotRunning, PlatformRefusal, SettingInvalid, address_variable
from deploy.local.status import token_signed_by

_TIMEOUT_SECONDS = 600.0


class NoAnswer(PlatformRefusal):
    """A service does not answer."""

    def __init__(self, service: str) -> None:
        super().__init__(f"{service} does not answer: see `tremplin status`.")


class Refused(PlatformRefusal):
    """A service answered with a problem, which ``str()`` tells for a person."""

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.code = status, str(problem.get("code", "unknown"))
        lines = [f"{service} refuses ({status} {self.code}): {problem.get('title', 'no reason given')}"]
        lines += [f"  {name}: {problem[name]}" for name in ("detail", "field", "allowed") if problem.get(name)]
        lines += [
            "  " + ", ".join(f"{name}: {value}" for name, value in item.items()) for item in problem.get("problems", ())
        ]
        super().__init__("\n".join(lines))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where services answer, by their port names; whom tokens are from, and the key that signs them."""

    urls: Mapping[str, str]
    issuer: str
    key: Path


def _running(directory: DataDirectory) -> _Place | None:
    description = directory.described()
    if description.get("state", "stopped") == "stopped":
        return None
    urls = {services.port_name(name): each["url"] for name, each in description["services"].items()}
    return _Place(urls, str(description["issuer"]), directory.issuer_key)


def _named(environment: Mapping[str, str]) -> _Place | None:
    names = [services.port_name(name) for name in (*services.SERVICES, services.WORKER)]
    urls = {name: environment[address_variable(name)] for name in names if address_variable(name) in environment}
    issuer, key = environment.get("TREMPLIN_ISSUER"), Path(environment.get("TREMPLIN_ISSUER_KEY_FILE", ""))
    return _Place(urls, issuer, key) if urls and issuer and key.is_file() else None


class Platform:
    """What runs on a data directory, or else what the environment names. Raises ``NotRunning`` when nothing does."""

    def __init__(self, directory: DataDirectory) -> None:
        place = _running(directory) or _named(os.environ)
        if place is None:
            raise NotRunning(directory.root)
        self._urls, self._issuer = place.urls, place.issuer
        self._token = token_signed_by(place.key, self._issuer)
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @property
    def names(self) -> tuple[str, ...]:
        """The services that run, and ``workflows`` for their gateway and worker."""
        return tuple(name for name in self._urls if name not in services.WITHOUT_EVENTS)

    def require(self, name: str) -> str:
        """``name``, when a service of that name runs. Raises ``SettingInvalid``, which names those that do."""
        if name not in self.names:
            raise SettingInvalid("The service name", "one of " + ", ".join(sorted(self.names)))
        return name

    async def get(self, service: str, path: str, **params: str) -> Any:
        """The JSON answer of ``service``. Raises ``NoAnswer``, ``Refused``."""
        return await self._ask("GET", service, path, self._token, params=params)

    async def post(self, service: str, path: str, body: Any = None) -> Any:
        """The JSON answer of ``service`` to its operator. Raises ``NoAnswer``, ``Refused``."""
        return await self._ask("POST", service, path, self._token, json=body)

    async def post_as(self, person: UUID, service: str, path: str, body: Any, key: str) -> Any:
        """The JSON answer of ``service`` to ``person``, under an Idempotency-Key. Raises ``NoAnswer``, ``Refused``."""
        token = await self._person_token(person)
        return await self._ask("POST", service, path, token, json=body, headers={"Idempotency-Key": key})

    async def _person_token(self, person: UUID) -> str:
        try:
            answer = await self._client.post(f"{self._issuer}/token", json={"person_id": str(person)})
        except httpx.HTTPError:
            raise NoAnswer(services.ISSUER) from None
        return str(_read(services.ISSUER, answer)["access_token"])

    async def _ask(
        self, method: str, service: str, path: str, token: str, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> Any:
        signed = {**(headers or {}), "Authorization": f"Bearer {token}"}
        try:
            answer = await self._client.request(method, self._urls[service] + path, headers=signed, **sent)
        except httpx.HTTPError:
            raise NoAnswer(service) from None
        return _read(service, answer)


def _read(service: str, answer: httpx.Response) -> Any:
    try:
        content = answer.json()
    except ValueError:
        raise NoAnswer(service) from None
    if answer.is_error:
        raise Refused(service, answer.status_code, content if isinstance(content, dict) else {})
    return content
