"""Signing keys and tokens of the embedded issuer. Security time is always the system's, never the season's."""

import contextlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.directory import write_private

AUDIENCE = "tremplin"
LIFETIME_SECONDS = 3_600
_ALGORITHM = "ES256"


def mint(key: ECKey, issuer: str, person_id: str, roles: Sequence[str], now: datetime) -> str:
    """A token signed with ES256 (RFC 7518) that lets ``person_id`` act in ``roles`` for an hour from ``now``."""
    issued = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": person_id,
        "roles": list(roles),
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
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
    """The key kept in ``path``, made there at first use; raises ``OSError`` or ``ValueError`` when it cannot be used."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            write_private(path, json.dumps(new_key().as_dict(private=True)).encode())
    return ECKey.import_key(json.loads(path.read_text(encoding="ascii")))
