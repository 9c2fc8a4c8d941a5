"""Organisations as public registers know them, found by their SIRET or RNA so that nobody types what the State knows.

The port is ``Register``. ``EnterpriseRegister`` asks "Recherche d'entreprises" (recherche-entreprises.api.gouv.fr, open, at
most seven requests a second for one address); ``RecordedRegister`` answers from a few synthetic records, offline.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
from stdnum.fr import siret

REQUESTS_PER_SECOND = 7
PATIENCE_SECONDS = 4.0
RECORDED = Path(__file__).parent / "register" / "recorded.json"
_RNA = re.compile(r"W[0-9A-Z]{9}")
_SPACES = re.compile(r"[\s.\-]+")


class RegisterDown(Exception):
    """The register does not answer, or not what it should."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a register tells of an organisation's establishment; ``departement`` and ``commune`` are INSEE codes."""

    name: str
    siret: str
    rna: str = ""
    departement: str = ""
    commune: str = ""
    active: bool = True


class Register(Protocol):
    """Where organisations are looked up."""

    async def find(self, number: str) -> Organisation | None:
        """The organisation of a SIRET or RNA as ``identifier`` gives it; None for an unknown one. Raises ``RegisterDown``."""
        ...

    async def close(self) -> None: ...


def identifier(text: str) -> str | None:
    """A SIRET or RNA in the form of registers, however it was typed; None for anything else."""
    found = _SPACES.sub("", text).upper()
    if not found.isascii():
        return None
    return found if _RNA.fullmatch(found) or (len(found) == 14 and siret.is_valid(found)) else None


class EnterpriseRegister:
    """The adapter over HTTP."""

    def __init__(self, url: str, rate: int = REQUESTS_PER_SECOND) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, trust_env=True)
        self._pace = _Pace(rate)

    async def close(self) -> None:
        await self._client.aclose()

    async def find(self, number: str) -> Organisation | None:
        await self._pace.turn()
        try:
            answer = await self._client.get("/search", params={"q": number, "page": 1, "per_page": 1})
            answer.raise_for_status()
            return organisation(json.loads(answer.content), number)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            raise RegisterDown from None


class RecordedRegister:
    """The adapter without a network: answers that were written down in the register's own shape."""

    def __init__(self, path: Path = RECORDED) -> None:
        self._answers: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))

    async def close(self) -> None:
        pass

    async def find(self, number: str) -> Organisation | None:
        found = (organisation({"results": [each]}, number) for each in self._answers)
        return next((each for each in found if each), None)


def organisation(answer: Mapping[str, Any], number: str) -> Organisation | None:
    """The organisation in an answer of the register, if it is the one of ``number``. Raises for another shape."""
    for found in answer["results"]:
        seat = found["siege"]
        places = [seat, *(found.get("matching_etablissements") or [])]
        rna = str((found.get("complements") or {}).get("identifiant_association") or "")
        place = seat if rna == number else next((each for each in places if each.get("siret") == number), None)
        if place is not None:
            return _organisation(found, place, rna)
    return None


def _organisation(found: Mapping[str, Any], place: Mapping[str, Any], rna: str) -> Organisation:
    commune = str(place.get("commune") or "")
    overseas = commune.startswith(("97", "98"))
    return Organisation(
        name=str(found.get("nom_raison_sociale") or found.get("nom_complet") or "")[:300],
        siret=str(place.get("siret") or ""),
        rna=rna,
        departement=str(place.get("departement") or commune[: 3 if overseas else 2]),
        commune=commune,
        active=found.get("etat_administratif", "A") == "A" and place.get("etat_administratif", "A") == "A",
    )


class _Pace:
    """No more than ``rate`` turns in any second; who comes too early waits."""

    def __init__(self, rate: int) -> None:
        self._turns: deque[float] = deque(maxlen=rate)
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._lock:
            if len(self._turns) == self._turns.maxlen:
                await asyncio.sleep(max(0.0, self._turns[0] + 1 - loop.time()))
            self._turns.append(loop.time())
