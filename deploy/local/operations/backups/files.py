"""Files of a backup: written whole, for their owner only, and on the disk before anybody is told that they are."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from deploy.local.operations.backups import refusals

_PRIVATE = 0o600
_PRIVATE_DIRECTORY = 0o700


def create(path: Path) -> BinaryIO:
    """A new file to write, it and the folders made for it for their owner only. Raises ``OSError``."""
    for folder in [each for each in path.parents if not each.exists()][::-1]:
        folder.mkdir(mode=_PRIVATE_DIRECTORY)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb")


@contextlib.contextmanager
def drafting(place: Path) -> Iterator[Path]:
    """A draft beside ``place``, which takes its name when the block ends, and is deleted when it fails or is interrupted.

    ``place`` may be an empty directory. Raises ``PlaceTaken``, ``DraftLeft``, ``NotWritten``.
    """
    draft = place.with_name(place.name + ".new")
    if place.exists() and (not place.is_dir() or place.is_mount() or any(place.iterdir())):
        raise refusals.PlaceTaken(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=_PRIVATE_DIRECTORY)
    except FileExistsError:
        raise refusals.DraftLeft(draft) from None
    except OSError as failure:
        raise refusals.NotWritten(draft, failure.strerror or "unknown reason") from failure
    try:
        yield draft
        draft.rename(place)
        sync(place.parent)
    except OSError as failure:
        shutil.rmtree(draft, ignore_errors=True)
        raise refusals.NotWritten(place, failure.strerror or "unknown reason") from failure
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def write(path: Path, content: bytes) -> None:
    """Write a new file. Raises ``OSError``."""
    with create(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def copy(source: Path, target: Path) -> None:
    """Copy a file to a place where there is none. Raises ``OSError``."""
    with source.open("rb") as found, create(target) as file:
        shutil.copyfileobj(found, file)
        file.flush()
        os.fsync(file.fileno())


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite database as it is at one instant, while others write to it. Raises ``OSError``."""
    create(target).close()
    try:
        with (
            contextlib.closing(sqlite3.connect(source)) as found,
            contextlib.closing(sqlite3.connect(target)) as copied,
        ):
            found.backup(copied)
            copied.execute("PRAGMA journal_mode=delete")
    except sqlite3.Error as failure:
        raise OSError(0, str(failure)) from failure


def sync(path: Path) -> None:
    """Have what is written of a file or a directory on the disk. Raises ``OSError``."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
