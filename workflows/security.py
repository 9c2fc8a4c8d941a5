"""What lets the worker in at Temporal: TLS, a certificate of its own, an API key, from the settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from temporalio.service import TLSConfig

from services.chassis.security import read_file, read_secret
from workflows.settings import Settings


def temporal_security(settings: Settings) -> Mapping[str, Any]:
    """The arguments ``tls`` and ``api_key`` of ``Client.connect``. Raises ``SystemExit`` with a sentence."""
    authority, certificate, key = (
        settings.temporal_ca_file, settings.temporal_certificate_file, settings.temporal_key_file,
    )  # fmt: skip
    given = (authority, certificate, key, settings.temporal_api_key_file)
    if any(given) and not settings.temporal_tls:
        raise SystemExit("TEMPORAL_TLS: certificates and API keys are only used with TLS; set it to true")
    if bool(certificate) != bool(key):
        raise SystemExit("TEMPORAL_CERTIFICATE_FILE, TEMPORAL_KEY_FILE: one is of no use without the other")
    tls = TLSConfig(
        server_root_ca_cert=_read(authority, "TEMPORAL_CA_FILE"),
        client_cert=_read(certificate, "TEMPORAL_CERTIFICATE_FILE"),
        client_private_key=_read(key, "TEMPORAL_KEY_FILE"),
    )
    token = settings.temporal_api_key_file
    return {
        "tls": tls if settings.temporal_tls else False,
        "api_key": read_secret(token, "TEMPORAL_API_KEY_FILE") if token else None,
    }


def _read(path: Path | None, variable: str) -> bytes | None:
    return read_file(path, variable) if path else None
