"""Two people at one draft: what they saved in different fields goes together, what they saved in the same field does not."""

from services.applications.commands import SaveDraft
from services.applications.domain.application import Application, Private
from services.applications.domain.refusals import VersionMismatch, problem

APPLICANT = "applicant:"
"""Before the name of an applicant's own field, where it is kept; readers see a dot, which the database takes for a path."""


def shown(names: list[str]) -> list[str]:
    return [name.replace(":", ".") for name in names]


def fields_of(command: SaveDraft) -> list[str]:
    """The names of the fields that are saved: codes of the form, and ``applicant:…``."""
    return [*command.answers, *(f"{APPLICANT}{name}" for name in sorted(command.applicant.model_fields_set))]


def since(draft: Application, revision: int) -> list[str]:
    """The fields that were saved after ``revision``."""
    return sorted(name for name, saved in draft.saved_fields.items() if saved > revision)


def require_apart(draft: Application, wanted: Private, command: SaveDraft) -> None:
    """Raise ``VersionMismatch`` when this would undo what was saved after the version that was read.

    A field that both gave the same value is no conflict. With ``exact``, any other version is refused.
    """
    read = command.revision
    if read is None or read == draft.revision:
        return
    if command.exact or read > draft.revision:
        raise VersionMismatch(field="version", allowed=draft.revision)
    mine, theirs = fields_of(command), since(draft, read)
    lost = [name for name in mine if name in theirs and _value(draft.content, name) != _value(wanted, name)]
    if lost:
        problems = [problem(name, "saved_meanwhile") for name in shown(lost)]
        raise VersionMismatch(field="version", allowed=draft.revision, problems=problems)


def _value(content: Private, name: str) -> object:
    if name.startswith(APPLICANT):
        return getattr(content.applicant, name.removeprefix(APPLICANT))
    return content.answers.get(name)
