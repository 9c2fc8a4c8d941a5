"""What docs/deployment.md says of a backup with Compose fits the Compose files."""

import re

from deploy.local.operations.backups.standstill import PAYMENTS
from tests.containers import COMPOSE, ROOT

DOCUMENTED = (ROOT / "docs" / "deployment.md").read_text()
SERVICES = COMPOSE["services"]


def test_everybody_of_ours_is_stopped_for_it() -> None:
    (stopped,) = re.findall(r'^ours="(.+)"$', DOCUMENTED, re.MULTILINE)
    assert sorted(stopped.split()) == sorted(n for n, each in SERVICES.items() if each["image"].startswith("tremplin:"))


def test_whoever_runs_it_has_the_database_the_broker_and_the_payment_files() -> None:
    (runner,) = set(re.findall(r"/backups:/backups\" (\w+) (?:backup|restore) ", DOCUMENTED))
    found = SERVICES[runner]
    (volume,) = found["volumes"]
    assert found["environment"][PAYMENTS].startswith(volume.split(":")[1] + "/")
    assert {"MONGODB_URI", "KAFKA_BOOTSTRAP_SERVERS"} <= set(found["environment"])


def test_every_container_that_is_named_is_there() -> None:
    section = DOCUMENTED[DOCUMENTED.index("### With Docker Compose") : DOCUMENTED.index("### With Kubernetes")]
    named = re.findall(r"docker compose exec -T (\w+)", section) + re.findall(
        r"run --rm ([a-z-]+)$", section, re.MULTILINE
    )
    (started,) = re.findall(r"docker compose up -d --wait (.+?) &&", section)
    assert {*named, *started.split()} <= set(SERVICES)
    assert all("healthcheck" in SERVICES[name] for name in started.split())
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == "temporal"
