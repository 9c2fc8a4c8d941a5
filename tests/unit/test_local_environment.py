"""What a service process of the embedded platform is given of the environment around it."""

from pathlib import Path

import pytest

from deploy.local import ports, services
from deploy.local.directory import DataDirectory


def test_what_lets_it_in_elsewhere_is_passed_on_and_strangers_secrets_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"KAFKA_SECURITY_PROTOCOL": "SSL", "TEMPORAL_TLS": "true", "TREMPLIN_BROKER_PROFILE": "rehearsal"}
    for name, value in {**given, "CANARY_TOKEN": "canary", "KAFKA_BOOTSTRAP_SERVERS": "canary:1"}.items():
        monkeypatch.setenv(name, value)
    names = [services.port_name(name) for name in (*services.SERVICES, services.WORKER, services.ISSUER)]
    addresses = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    found = services.environment(DataDirectory(tmp_path), addresses, ports.choose({}, {}, names), "somebody")
    assert given.items() <= found.items()
    assert addresses.items() <= found.items()
    assert "CANARY_TOKEN" not in found
