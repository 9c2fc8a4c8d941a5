"""What the portal and the embedded identity provider are given: addresses, and a client's name and secret for each provider."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.local.directory import OIDC_KINDS, DataDirectory
from deploy.local.ports import LOOPBACK
from deploy.local.refusals import address_variable

PORTAL = "portal"
PROVIDER = "provider"
PREFERRED_PORTS = {PORTAL: 8_080}
CLIENT_ID = "tremplin-portal"


def portal_url(ports: Mapping[str, int], given: Mapping[str, str]) -> str:
    """Where browsers find the portal, unless the environment ``given`` says otherwise."""
    return given.get("TREMPLIN_PORTAL_URL") or f"http://{LOOPBACK}:{ports[PORTAL]}"


def environment(
    directory: DataDirectory, ports: Mapping[str, int], services: Iterable[str], given: Mapping[str, str]
) -> dict[str, str]:
    """The portal's and the provider's variables; empty when neither has a port.

    ``ports`` and ``services`` are by port name. What is in ``given`` stands: with another provider's address there, nobody
    is taken for a person of a demonstration.
    """
    if PORTAL not in ports or PROVIDER not in ports:
        return {}
    url = portal_url(ports, given)
    clients: dict[str, str] = {}
    for kind in OIDC_KINDS:
        clients |= _client(kind, f"http://{LOOPBACK}:{ports[PROVIDER]}/{kind}", directory.client_secret(kind))
    elsewhere = any(f"TREMPLIN_OIDC_{kind.upper()}_ISSUER" in given for kind in OIDC_KINDS)
    return {
        "TREMPLIN_PORTAL_URL": url,
        "TREMPLIN_PUBLIC_URL": url,
        "TREMPLIN_DEMONSTRATION": "false" if elsewhere else "true",
        **clients,
        **given,
        **{address_variable(name): f"http://{LOOPBACK}:{ports[name]}" for name in services},
    }


def _client(kind: str, issuer: str, secret: Path) -> dict[str, str]:
    prefix = f"TREMPLIN_OIDC_{kind.upper()}"
    return {
        f"{prefix}_ISSUER": issuer,
        f"{prefix}_CLIENT_ID": CLIENT_ID,
        f"{prefix}_CLIENT_SECRET_FILE": str(secret),
    }
