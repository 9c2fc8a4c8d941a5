"""What can keep a backup from being taken or restored, each said in one sentence for the person at the terminal."""

from collections.abc import Iterable
from pathlib import Path

from deploy.local.refusals import PlatformRefusal

_NAMED = 5


class NoInstallation(PlatformRefusal):
    """There is no installation where it was looked for."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"There is no installation on {root}: name its data directory with --var, or the database of services that run "
            "elsewhere with MONGODB_URI."
        )


class NothingThere(PlatformRefusal):
    """The databases of the installation hold nothing."""

    def __init__(self, prefix: str) -> None:
        super().__init__(
            f"No database named {prefix}… holds anything: set TREMPLIN_DATABASE_PREFIX as the services have it."
        )


class PlaceTaken(PlatformRefusal):
    """What would be written is there already."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"{place} is there already: name a directory that is not; nothing is ever written over.")


class DraftLeft(PlatformRefusal):
    """An earlier run was cut off before it could tidy up, or is still at work."""

    def __init__(self, draft: Path) -> None:
        super().__init__(
            f"{draft} is what a run that is under way writes, or what one that was killed has left: wait for it, or delete it."
        )


class NotWritten(PlatformRefusal):
    """The files cannot be written or read."""

    def __init__(self, place: Path, reason: str) -> None:
        super().__init__(f"{place} could not be written or read ({reason}): nothing is left of it.")


class NotStanding(PlatformRefusal):
    """The platform is starting or stopping, so that its processes cannot be made to stand still."""

    def __init__(self, root: Path, state: str) -> None:
        super().__init__(f"The platform on {root} is {state}: try again when `tremplin status` finds everything ready.")


class OneAtATime(PlatformRefusal):
    """Another backup of this platform is being taken."""

    def __init__(self, root: Path) -> None:
        super().__init__(f"Another backup of the platform on {root} is under way: wait for it.")


class ProcessesChanged(PlatformRefusal):
    """A process ended or was started while all had to stand still."""

    def __init__(self) -> None:
        super().__init__(
            "A process of the platform ended or was started again while the backup was taken, so it is of no single moment "
            "and nothing is left of it: try again."
        )


class StillServing(PlatformRefusal):
    """A service that runs elsewhere writes to the database."""

    def __init__(self, service: str, owner: str) -> None:
        super().__init__(
            f"{service} is running ({owner} relays its events): a backup is of one moment only if nobody writes. Stop all "
            "services and the worker, or scale them to zero, wait ten seconds and try again."
        )


class TemporalElsewhere(PlatformRefusal):
    """The workflows are kept by a Temporal that cannot be copied with the rest."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The workflows are in Temporal's own database ({address}), which has to be copied while everything stands "
            "still: stop the platform, back up, and copy that database before you start again."
        )


class DatabaseElsewhere(PlatformRefusal):
    """The installation's database is not in its data directory, and nobody said where it is."""

    def __init__(self, root: Path) -> None:
        super().__init__(f"The installation on {root} keeps its data in a database elsewhere: set MONGODB_URI to it.")


class DatabaseFails(PlatformRefusal):
    """The database does not answer, or refuses."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"The database does not do what it is asked ({type(error).__name__}): nothing has been kept.")


class NotABackup(PlatformRefusal):
    """There is no complete backup."""

    def __init__(self, place: Path, reason: str) -> None:
        super().__init__(f"{place} is no complete backup ({reason}): nothing has been restored.")


class OtherFormat(PlatformRefusal):
    """The backup was written in a way that this version does not read."""

    def __init__(self, place: Path, found: object, known: int, tremplin: object) -> None:
        super().__init__(
            f"{place} is a backup of format {found}, and this version reads format {known}: restore it with the version "
            f"that took it ({tremplin}), then upgrade."
        )


class FileDamaged(PlatformRefusal):
    """A file is not what it was when the backup was taken."""

    def __init__(self, file: Path, what: str) -> None:
        super().__init__(
            f"{file} {what}: the backup is damaged and nothing has been restored. Take another copy of it."
        )


class KeysMissing(PlatformRefusal):
    """The keys are kept apart, and were not named."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"The keys are not in {place}: name where they are with --keys; without them nothing that is sealed can be read."
        )


class KeysUnfit(PlatformRefusal):
    """The keys are of another installation, or older than the data."""

    def __init__(self, place: Path, reason: str) -> None:
        super().__init__(
            f"The keys in {place} do not fit this backup: they are {reason}. Name those of a later backup."
        )


class DataThere(PlatformRefusal):
    """The restore would write onto data."""

    def __init__(self, place: str, found: Iterable[str], instead: str) -> None:
        names = sorted(found)
        listed = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
        super().__init__(f"{place} holds data already ({listed}): nothing has been touched. {instead}")


class WorkflowsElsewhere(PlatformRefusal):
    """Where the workflows are in the backup and where Temporal is do not go together."""

    def __init__(self, kept: bool) -> None:
        super().__init__(
            "This backup holds the workflows of an embedded Temporal, and TEMPORAL_ADDRESS names another: unset it."
            if kept
            else "The workflows of this backup are in the copy of Temporal's own database that was made with it: restore "
            "that first, and set TEMPORAL_ADDRESS."
        )


class NotTheSame(PlatformRefusal):
    """What was restored is not what was backed up."""

    def __init__(self, service: str) -> None:
        super().__init__(f"The archive of {service} is not what it was when it was backed up: nothing has been kept.")
