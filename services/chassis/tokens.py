"""Signing keys, and the access tokens that services accept. Security time is always the system's, never the season's."""

import contextlib
import json
import os
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from services.chassis.identity import AUDIENCE

LIFETIME_SECONDS = 3_600
_ALGORITHM = "ES256"
_PRIVATE = 0o600


def mint(
    key: ECKey, issuer: str, person_id: str, roles: Sequence[str], now: datetime, lifetime: int = LIFETIME_SECONDS
) -> str:
    """A token signed with ES256 (RFC 7518) that lets ``person_id`` act in ``roles`` for ``lifetime`` seconds from ``now``."""
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": person_id,
        "roles": list(roles),
        "iat": issued,
        "exp": issued + lifetime,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode({"alg": _ALGORITHM, "kid": key.kid, "typ": "JWT"}, claims, key)


def public_keys(key: ECKey) -> dict[str, list[dict[str, object]]]:
    """The JWK set (RFC 7517) with which tokens signed by ``key`` are checked."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": _ALGORITHM, "kid": key.kid}]}


def machine_id(name: str) -> str:
    """The person id under which a machine acts, the same in every installation."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:tremplin:machine:{name}"))


def new_key() -> ECKey:
    """A fresh signing key on P-256, named by its thumbprint (RFC 7638)."""
    return ECKey.generate_key("P-256", auto_kid=True)


def signing_key(path: Path) -> ECKey:
    """The key kept in ``path`` as a JWK, made there at first use, or as PEM.

    Raises ``OSError`` or ``ValueError`` when it cannot be used.
    """
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            write_private(path, json.dumps(new_key().as_dict(private=True)).encode())
    text = path.read_text(encoding="ascii")
    if not text.startswith("-----BEGIN"):
        return ECKey.import_key(json.loads(text))
    key = ECKey.import_key(text)
    key.ensure_kid()
    return key


def write_private(path: Path, content: bytes) -> None:
    """Make a file, whole, that only its owner can read; raises ``FileExistsError`` when it is there, or ``OSError``."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
