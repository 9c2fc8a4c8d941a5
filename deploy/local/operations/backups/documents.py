"""Collections as files: every document as the database gives it (BSON), one after the other, compressed.

Documents are copied as bytes and never understood on the way, so that none comes back changed.
"""

import asyncio
import gzip
import shutil
import struct
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.collection import AsyncCollection

from deploy.local.operations.backups import chains
from deploy.local.operations.backups.files import create

SUFFIX = ".bson.gz"
_FAST = 1
_BATCH_DOCUMENTS = 1_000
_BATCH_BYTES = 8_000_000
_LENGTH = struct.Struct("<i")

Collection = AsyncCollection[Mapping[str, Any]]


async def copy(collection: Collection, file: Path) -> int:
    """Write all documents of ``collection`` to what ``pack`` makes ``file`` of; how many there were."""
    documents = 0
    with create(_unpacked(file)) as out:
        async for batch in collection.find_raw_batches({}, batch_size=_BATCH_DOCUMENTS):
            raw = cast("bytes", batch)
            out.write(raw)
            documents += _count(raw)
    return documents


def pack(file: Path) -> None:
    """Compress what was copied, which nobody has to stand still for. Raises ``OSError``."""
    raw = _unpacked(file)
    with raw.open("rb") as found, create(file) as out, gzip.GzipFile("", "wb", _FAST, out) as packed:
        shutil.copyfileobj(found, packed)
    raw.unlink()


def _unpacked(file: Path) -> Path:
    return file.with_suffix("")


async def fill(collection: Collection, file: Path) -> int:
    """Insert the documents of ``file`` into ``collection``, in their order; how many there were. Raises ``PyMongoError``."""
    documents = 0
    for batch in _batches(file):
        await collection.insert_many(batch, ordered=True)
        documents += len(batch)
    return documents


def _batches(file: Path) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for raw in read(file):
        batch.append(RawBSONDocument(raw))
        size += len(raw)
        if len(batch) == _BATCH_DOCUMENTS or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


async def chains_in(file: Path) -> chains.Chains:
    """The archive that ``file`` holds."""

    async def entries() -> AsyncIterator[Mapping[str, Any]]:
        for number, raw in enumerate(read(file)):
            if number % _BATCH_DOCUMENTS == 0:
                await asyncio.sleep(0)  # so that it can be interrupted
            yield bson.decode(raw)

    return await chains.read(entries())


def read(file: Path) -> Iterator[bytes]:
    """The documents of ``file``, one by one. Raises ``OSError`` or ``EOFError`` when it is cut off."""
    with gzip.open(file, "rb") as packed:
        while head := packed.read(_LENGTH.size):
            yield head + _exactly(packed, _LENGTH.unpack(head)[0] - _LENGTH.size)


def _count(batch: bytes) -> int:
    documents = place = 0
    while place < len(batch):
        documents, place = documents + 1, place + _LENGTH.unpack_from(batch, place)[0]
    return documents


def _exactly(packed: gzip.GzipFile, size: int) -> bytes:
    found = packed.read(size)
    if len(found) < size:
        raise EOFError
    return found
