"""What a backup says of itself. It is written last: a backup without it was never finished.

The data and the keys have a manifest each, so that they can be kept in different places and for different times.
"""

import hashlib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from deploy.local.operations.backups import refusals
from deploy.local.operations.backups.chains import Chains
from deploy.local.operations.backups.files import sync

FORMAT = 1
NAME = "manifest.json"
DATABASES = "databases"
INSTALLATION = "installation"
PAYMENTS = "payments"
TEMPORAL = "temporal/temporal.db"
KEYS = "keys"
Kind = Literal["data", "keys"]
_PATH = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$"
"""No way out of the backup."""


class File(BaseModel):
    """One file: its path below the backup, its size, its digest, and how many documents it holds (0: it is no collection)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(pattern=_PATH)]
    bytes: NonNegativeInt
    sha256: str
    documents: NonNegativeInt = 0


class Manifest(BaseModel):
    """``taken_at`` is the system's instant at which everything stood still; ``archives`` say how far each service was then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    kind: Kind
    tremplin: str
    taken_at: AwareDatetime
    archives: dict[str, Chains]
    files: tuple[File, ...]

    @property
    def documents(self) -> int:
        return sum(file.documents for file in self.files)

    @property
    def events(self) -> int:
        return sum(chains.events for chains in self.archives.values())

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    def holds(self, path: str) -> bool:
        return any(file.path == path for file in self.files)

    def below(self, folder: str) -> list[File]:
        """The files below a folder of the backup."""
        return [file for file in self.files if file.path.startswith(f"{folder}/")]


def version() -> str:
    """The version of Tremplin that runs."""
    try:
        return metadata.version("tremplin")
    except metadata.PackageNotFoundError:
        return "not installed as a package"


def describe(root: Path, documents: Mapping[str, int]) -> tuple[File, ...]:
    """The files below ``root``, read again from the disk, without the keys, which have a manifest of their own.

    ``documents`` counts those of each collection, by path.
    """
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return tuple(_describe(root, path, documents.get(path, 0)) for path in paths if not path.startswith(f"{KEYS}/"))


def _describe(root: Path, path: str, documents: int) -> File:
    file = root / path
    sync(file)
    return File(path=path, bytes=file.stat().st_size, sha256=_digest(file), documents=documents)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(place: Path, kind: Kind) -> Manifest:
    """The manifest of the backup at ``place``. Raises ``NotABackup``, ``OtherFormat``."""
    try:
        found: Any = orjson.loads((place / NAME).read_bytes())
    except OSError as failure:
        raise refusals.NotABackup(place, f"{NAME}: {failure.strerror}") from None
    except ValueError:
        raise refusals.NotABackup(place, f"{NAME} cannot be understood") from None
    known = found if isinstance(found, dict) else {}
    if known.get("format") != FORMAT and "format" in known:
        raise refusals.OtherFormat(place, known["format"], FORMAT, known.get("tremplin", "unknown"))
    try:
        manifest = Manifest.model_validate_json(orjson.dumps(known))
    except ValidationError:
        raise refusals.NotABackup(place, f"{NAME} cannot be understood") from None
    if manifest.kind != kind:
        raise refusals.NotABackup(place, f"it holds {manifest.kind}, and {kind} are wanted")
    return manifest


def check(place: Path, files: Iterable[File]) -> None:
    """Read every file and compare. Raises ``FileDamaged`` for the first that is missing or not what it was."""
    for file in files:
        path = place / file.path
        if not path.is_file():
            raise refusals.FileDamaged(path, "is missing")
        if path.stat().st_size != file.bytes or _digest(path) != file.sha256:
            raise refusals.FileDamaged(path, "is not what was backed up")
