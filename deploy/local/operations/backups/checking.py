"""Before anything is restored: is the backup whole, do the keys fit it, and is there nothing where it would go?"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from pymongo.errors import PyMongoError

from contracts.topics import TOPICS
from deploy.local.directory import NEEDED_BYTES, DataDirectory
from deploy.local.operations.backups import manifest, refusals
from deploy.local.operations.backups.manifest import Manifest
from deploy.local.operations.backups.standstill import NAMES, PAYMENTS, connected, payments_of, prefix_of
from deploy.local.parts import external
from deploy.local.refusals import SettingInvalid
from services.chassis.broker import topics_there
from services.chassis.security import broker_security
from services.chassis.settings import BrokerSettings

_UNPACKED = 4
"""How much larger than a backup what it becomes may be."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is whole, and the keys that go with it."""

    place: Path
    data: Manifest
    keys_place: Path
    keys: Manifest

    @property
    def local(self) -> bool:
        """Whether it is of an installation with a data directory."""
        return bool(self.data.below(manifest.INSTALLATION))


@dataclass(frozen=True, slots=True)
class Target:
    """Where it goes: a data directory, unless all services run elsewhere; ``uri`` when the database does."""

    directory: DataDirectory | None
    uri: str | None
    prefix: str
    payments: Path | None


def read(place: Path, keys: Path | None) -> Backup:
    """The backup at ``place``, with the keys of ``keys``, or its own. Every file is read. Raises ``PlatformRefusal``."""
    data = manifest.read(place, "data")
    named = keys or place
    keys_place = named / manifest.KEYS if (named / manifest.KEYS).is_dir() else named
    if keys is None and keys_place == place:
        raise refusals.KeysMissing(place)
    opening = manifest.read(keys_place, "keys")
    for name, chains in data.archives.items():
        later = opening.archives.get(name)
        if later is None or not later.continues(chains):
            raise refusals.KeysUnfit(keys_place, "of another installation, or of an earlier moment")
    manifest.check(place, data.files)
    manifest.check(keys_place, opening.files)
    return Backup(place, data, keys_place, opening)


async def target_of(backup: Backup, directory: DataDirectory, environment: Mapping[str, str]) -> Target:
    """Where ``backup`` can be restored to, with nothing there. Raises ``PlatformRefusal``."""
    given = external(environment)
    workflows = backup.data.holds(manifest.TEMPORAL)
    if backup.local and workflows is ("temporal" in given):
        raise refusals.WorkflowsElsewhere(workflows)
    uri = given.get("mongodb")
    if uri is None and not backup.local:
        raise SettingInvalid(
            "MONGODB_URI", "the database to restore to, for this backup is of services that run elsewhere"
        )
    if backup.local:
        _require_room(directory, backup)
    payments = payments_of(environment, None)
    if payments is None and not backup.local and backup.data.below(manifest.PAYMENTS):
        raise SettingInvalid(PAYMENTS, "the directory of payment files, for this backup holds some")
    if payments is not None and payments.is_dir() and any(payments.iterdir()):
        raise refusals.DataThere(str(payments), (each.name for each in payments.iterdir()), "Move them away first.")
    if uri is not None:
        await _require_no_documents(uri, prefix_of(environment))
    if "kafka" in given:
        await _require_no_topics(environment)
    return Target(directory if backup.local else None, uri, prefix_of(environment), payments)


def _require_room(directory: DataDirectory, backup: Backup) -> None:
    """A directory that is empty or not there, and can be put in its place by being renamed."""
    root = directory.root
    if root.is_dir() and any(root.iterdir()):
        there = "Name another directory with --var, or move this one away."
        raise refusals.DataThere(str(root), (each.name for each in root.iterdir()), there)
    above = next(each for each in root.parents if each.exists())
    DataDirectory(above).require_space(NEEDED_BYTES + _UNPACKED * (backup.data.bytes + backup.keys.bytes))


async def _require_no_documents(uri: str, prefix: str) -> None:
    try:
        async with connected(uri) as client:
            for name in NAMES:
                database = client[prefix + name]
                names = await database.list_collection_names()
                found = [each for each in names if await database[each].find_one({}, {"_id": 1})]
                if found:
                    instead = "Stop the services, and drop the databases or name others with TREMPLIN_DATABASE_PREFIX."
                    raise refusals.DataThere(f"The database {database.name}", found, instead)
    except PyMongoError as error:
        raise refusals.DatabaseFails(error) from error


async def _require_no_topics(environment: Mapping[str, str]) -> None:
    """Events of after the backup would be taken for those that come now at the same positions."""
    given = {name.lower(): value for name, value in environment.items() if name.startswith("KAFKA_")}
    try:
        settings = BrokerSettings.model_validate(given)
    except ValidationError as error:
        wrong = error.errors(include_input=False)[0]
        raise SettingInvalid(str(wrong["loc"][0]).upper(), f"what it can be ({wrong['msg']})") from None
    try:
        found = await topics_there(settings.kafka_bootstrap_servers, broker_security(settings))
    except KafkaError as error:
        allowed = f"the address of a broker that answers, to see that it holds no events ({type(error).__name__})"
        raise SettingInvalid("KAFKA_BOOTSTRAP_SERVERS", allowed) from None
    if there := found & {topic.name for topic in TOPICS}:
        instead = "Events of after the backup may be in them: stop the services and delete these topics; a start makes them again."
        raise refusals.DataThere("The broker", there, instead)
