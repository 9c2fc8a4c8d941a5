"""Encryption at rest with one key per subject (a person, a round): deleting the key deletes what it sealed, backups too.

AES-256-GCM (NIST SP 800-38D); subject keys are wrapped by the service's master key, which never enters the database.
"""

import hashlib
import hmac
import os
import time
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from motor.motor_asyncio import AsyncIOMotorCollection

_NONCE = 12
_CACHE = 10_000
REMEMBERED_SECONDS = 60.0
"""How long a process may go on using a key that another process has erased."""


def read_master_key(path: Path) -> bytes:
    """The 32 bytes of the master key file. Raises ``SystemExit`` with a sentence when it is missing or of another size."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise SystemExit(f"TREMPLIN_MASTER_KEY_FILE: cannot be read ({error.strerror})") from None
    if len(key) != 32:
        raise SystemExit("TREMPLIN_MASTER_KEY_FILE: 32 bytes are needed")
    return key


class Vault:
    """Seals and opens bytes under a subject's key."""

    def __init__(self, keys: AsyncIOMotorCollection[dict[str, Any]], master_key: bytes) -> None:
        self._keys = keys
        self._master = AESGCM(master_key)
        self._open: dict[str, tuple[float, AESGCM]] = {}
        self._tag_key = hashlib.sha256(b"tag" + master_key).digest()

    async def seal(self, subject: str, plain: bytes) -> bytes | None:
        """``plain`` encrypted for ``subject``, whose key is made at first use; nothing once the subject is erased."""
        key = await self._key(subject, create=True)
        return None if key is None else self._encrypt(key, subject, plain)

    async def open(self, subject: str, sealed: bytes | None) -> bytes | None:
        """What was sealed for ``subject``, or nothing when its key is gone. Raises ``ValueError`` when it was tampered with."""
        key = sealed and await self._key(subject, create=False)
        if not key or not sealed:
            return None
        try:
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], subject.encode())
        except InvalidTag:
            raise ValueError("sealed_data_damaged") from None

    def tag(self, plain: bytes) -> str:
        """A keyed digest (HMAC-SHA-256): tells whether two contents are the same, and nothing to whoever lacks the key."""
        return hmac.digest(self._tag_key, plain, "sha256").hex()

    async def erase(self, subject: str) -> None:
        """Delete the subject's key for ever; what it sealed can no longer be read by anyone."""
        await self._keys.update_one({"_id": subject}, {"$set": {"key": None}}, upsert=True)
        self._open.pop(subject, None)

    async def _key(self, subject: str, create: bool) -> AESGCM | None:
        now = time.monotonic()
        known = self._open.get(subject)
        if known and known[0] > now:
            return known[1]
        stored = await self._keys.find_one({"_id": subject})
        if stored is None and create:
            fresh = {"key": self._encrypt(self._master, subject, AESGCM.generate_key(256))}
            made = await self._keys.update_one({"_id": subject}, {"$setOnInsert": fresh}, upsert=True)
            stored = fresh if made.upserted_id is not None else await self._keys.find_one({"_id": subject})
        if stored is None or stored["key"] is None:
            return None
        wrapped = stored["key"]
        key = AESGCM(self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.encode()))
        if len(self._open) >= _CACHE:
            self._open.clear()
        self._open[subject] = (now + REMEMBERED_SECONDS, key)
        return key

    @staticmethod
    def _encrypt(key: AESGCM, subject: str, plain: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + key.encrypt(nonce, plain, subject.encode())
