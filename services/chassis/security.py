"""What lets a process in at the broker: TLS and an account, from the settings."""

import ssl
from pathlib import Path

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from services.chassis.settings import BrokerSettings

_MECHANISMS = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def broker_security(settings: BrokerSettings) -> BaseSecurity:
    """TLS and account as the settings say. Raises ``SystemExit`` with a sentence when they do not fit together."""
    protocol, user, secret = (
        settings.kafka_security_protocol,
        settings.kafka_sasl_username,
        settings.kafka_sasl_password_file,
    )
    with_tls, with_account = protocol.endswith("SSL"), protocol.startswith("SASL_")
    if with_account and not (user and secret):
        raise SystemExit(f"KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD_FILE: {protocol} needs both")
    if (user or secret) and not with_account:
        raise SystemExit(f"KAFKA_SECURITY_PROTOCOL: {protocol} uses no account, and one is given; SASL_SSL uses it")
    if settings.kafka_ca_file and not with_tls:
        raise SystemExit(f"KAFKA_SECURITY_PROTOCOL: {protocol} is without TLS, and KAFKA_CA_FILE is given")
    context = _trusting(settings.kafka_ca_file) if with_tls else None
    if not (user and secret):
        return BaseSecurity(context)
    return _MECHANISMS[settings.kafka_sasl_mechanism](user, read_secret(secret, "KAFKA_SASL_PASSWORD_FILE"), context)


def _trusting(authority: Path | None) -> ssl.SSLContext:
    """The system's authorities, or the one in the file alone."""
    try:
        return ssl.create_default_context(cafile=str(authority) if authority else None)
    except OSError as error:
        raise SystemExit(f"KAFKA_CA_FILE: no certificate can be read there ({type(error).__name__})") from None


def read_secret(path: Path, variable: str) -> str:
    """The text of a secret's file, without the line break at its end. Raises ``SystemExit`` with a sentence."""
    content = read_file(path, variable).decode(errors="replace").rstrip("\r\n")
    if not content:
        raise SystemExit(f"{variable}: the file is empty")
    return content


def read_file(path: Path, variable: str) -> bytes:
    """What is in the file that the variable names. Raises ``SystemExit`` with a sentence."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SystemExit(f"{variable}: cannot be read ({error.strerror})") from None
