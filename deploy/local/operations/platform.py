"""The running platform as its operator asks it: over HTTP, with the addresses and the key that its data directory holds."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx

from deploy.local import services
from deploy.local.directory import DataDirectory
from deploy.local.refusals import NotRunning, PlatformRefusal, SettingInvalid
from deploy.local.status import operator_token

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


class Platform:
    """What runs on a data directory. Raises ``NotRunning`` when nothing does."""

    def __init__(self, directory: DataDirectory) -> None:
        description = directory.described()
        if description.get("state", "stopped") == "stopped":
            raise NotRunning(directory.root)
        self._urls = {services.port_name(name): each["url"] for name, each in description["services"].items()}
        self._issuer = str(description["issuer"])
        self._token = operator_token(directory, self._issuer)
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
