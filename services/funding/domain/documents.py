"""Documents that a beneficiary sends: what they may be, known by the digest of their content."""

from hashlib import sha256

from services.funding.domain.refusals import DocumentNotAllowed, DocumentsTooMany

MAX_BYTES = 10 * 1024 * 1024
MOST = 50
"""Documents kept for one agreement."""
KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""Media types by how their content begins: ISO 32000, RFC 2083, ISO/IEC 10918."""


def media_type(content: bytes, digest: str, kept: int) -> str:
    """The type of a document to be kept beside ``kept`` others.

    Raises ``DocumentNotAllowed`` for another kind, for too many bytes, or when ``digest`` is not its SHA-256;
    ``DocumentsTooMany``.
    """
    found = next((kind for start, kind in KINDS.items() if content.startswith(start)), None)
    if found is None or len(content) > MAX_BYTES:
        raise DocumentNotAllowed(field="content", allowed=[*KINDS.values(), f"{MAX_BYTES} bytes"])
    if sha256(content).hexdigest() != digest:
        raise DocumentNotAllowed("The digest is not that of the content", field="digest")
    if kept >= MOST:
        raise DocumentsTooMany(allowed=MOST)
    return found
