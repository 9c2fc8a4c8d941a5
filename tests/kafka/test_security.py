"""Apache Kafka behind TLS and with accounts: who is let in, with which rights, and what is said to those who are not."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateAclsRequest

from deploy.local import ports
from services.chassis.broker import IdempotenceRefused, Publisher
from services.chassis.security import broker_security
from services.chassis.settings import CommonSettings, read
from tests.certificates import Authority
from tests.kafka.apache import Special, running
from tests.platform import PROFILE, eventually, serving
from tests.processes import serve
from tests.toys import Tally, ask, port, source

SECRET = "secret"
TOPIC, GROUP, PREFIXED, ALLOW = 2, 3, 4, 3
READ, WRITE, CREATE = 3, 4, 5
"""Numbers of Kafka's protocol."""
RIGHTS = (
    (TOPIC, "tremplin.", READ),
    (TOPIC, "tremplin.", WRITE),
    (TOPIC, "tremplin.", CREATE),
    (GROUP, "tremplin-", READ),
)
"""All that the account of a service needs."""


def secured(address: str, certificate: Path) -> Special:
    """One more listener, with TLS and accounts; ``tremplin`` and ``stranger`` have one."""
    here = "listener.name.sasl_ssl"
    mechanism = "SCRAM-SHA-512"
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    accounts = [f"{mechanism}=[name={name},password={SECRET}]" for name in ("tremplin", "stranger")]
    return Special(
        listeners=(f"SASL_SSL://{address}",),
        settings={
            f"{here}.ssl.keystore.type": "PEM",
            f"{here}.ssl.keystore.location": str(certificate),
            f"{here}.sasl.enabled.mechanisms": mechanism,
            f"{here}.{mechanism.lower()}.sasl.jaas.config": login,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        },
        making=tuple(part for account in accounts for part in ("--add-scram", account)),
    )


async def give_rights(bootstrap: str, account: str) -> None:
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        for kind, name, right in RIGHTS:
            request = CreateAclsRequest(kind, name, PREFIXED, f"User:{account}", "*", right, ALLOW)
            ((code, message),) = (await client.send(client.get_random_node(), request)).creation_responses
            assert code == 0, message
    finally:
        await client.close()


@pytest.fixture(scope="module")
async def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "ours")


@pytest.fixture(scope="module")
async def secure(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address with TLS and accounts, of which only ``tremplin`` has rights."""
    address = f"127.0.0.1:{ports.free_port()}"
    folder = tmp_path_factory.mktemp("secure")
    together = folder / "kafka.pem"
    together.write_bytes(b"".join(path.read_bytes() for path in reversed(authority.issue("kafka"))))
    async with running(folder / "cluster", special=secured(address, together)) as cluster:
        await give_rights(cluster.address, "tremplin")
        yield address


@pytest.fixture
def guarded(
    service_environment: Mapping[str, str], secure: str, authority: Authority, tmp_path: Path
) -> dict[str, str]:
    """The environment of a service that is let in."""
    password = tmp_path / "kafka.password"
    password.write_text(f"{SECRET}\n")
    return {
        **service_environment,
        "KAFKA_BOOTSTRAP_SERVERS": secure,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_USERNAME": "tremplin",
        "KAFKA_SASL_PASSWORD_FILE": str(password),
        "KAFKA_CA_FILE": str(authority.certificate),
    }


@pytest.fixture
def settings(guarded: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> CommonSettings:
    for name, value in guarded.items():
        monkeypatch.setenv(name, value)
    return read(CommonSettings)


async def test_events_pass_with_the_few_rights_that_an_account_needs(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    tally = Tally(settings, port(service_environment, "observatory"))
    person = uuid4()
    async with serving(service), serving(tally.service) as client:
        await ask(people, person)
        await eventually(tally.totals, lambda found: found == {str(person): 1})
        assert (await client.get("/health/ready")).status_code == 200


async def test_an_account_without_rights_gets_no_idempotent_producer(settings: CommonSettings) -> None:
    stranger = settings.model_copy(update={"kafka_sasl_username": "stranger"})
    publisher = Publisher(stranger.kafka_bootstrap_servers, PROFILE, "people", broker_security(stranger))
    with pytest.raises(IdempotenceRefused, match="ClusterAuthorizationFailedError"):
        await publisher.start()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"KAFKA_SASL_USERNAME": "stranger"}, "the broker refuses us (TopicAuthorizationFailedError)"),
        ({"KAFKA_SASL_USERNAME": "canary"}, "no broker answers there, or none lets us in"),
        ({"KAFKA_CA_FILE": ""}, "no broker answers there, or none lets us in"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL"}, "no account"),
    ],
)
async def test_who_is_not_let_in_is_told(guarded: Mapping[str, str], changed: dict[str, str], sentence: str) -> None:
    environment = {name: value for name, value in {**guarded, **changed}.items() if value}
    ended = await serve("people", environment)
    assert ended.code == 1
    assert sentence in ended.sentence
    assert SECRET not in ended.said
