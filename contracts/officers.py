"""Events of the programme officers' desk, published by applications: whose files, who stands in, what came on paper."""

from typing import ClassVar, Literal

from contracts.model import Event, Id, Instant

EntryChannel = Literal["paper", "telephone"]


class _Event(Event):
    service: ClassVar[str] = "applications"


class FileAssigned(_Event):
    """The file is this officer's from now on; nobody's when ``officer_id`` is none."""

    type: Literal["FileAssigned"] = "FileAssigned"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    officer_id: Id | None = None
    previous_id: Id | None = None
    assigned_by: Id


class FilesDelegated(_Event):
    """From ``starts_at`` until ``ends_at`` the delegate stands in for the officer, on all of the officer's files."""

    type: Literal["FilesDelegated"] = "FilesDelegated"
    version: Literal[1] = 1
    delegation_id: Id
    officer_id: Id
    delegate_id: Id
    starts_at: Instant
    ends_at: Instant
    delegated_by: Id


class DelegationEnded(_Event):
    """The officer is back before the date that was given, or never left."""

    type: Literal["DelegationEnded"] = "DelegationEnded"
    version: Literal[1] = 1
    delegation_id: Id
    officer_id: Id
    delegate_id: Id
    ended_at: Instant
    ended_by: Id


class ApplicationEntered(_Event):
    """An officer typed in what came on paper or by telephone; its owner is to confirm it."""

    type: Literal["ApplicationEntered"] = "ApplicationEntered"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    channel: EntryChannel
    received_at: Instant
    entered_by: Id


class EntryTakenOver(_Event):
    """Another officer goes on with what the previous one was typing in."""

    type: Literal["EntryTakenOver"] = "EntryTakenOver"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    officer_id: Id
    previous_id: Id


class ApplicationConfirmed(_Event):
    """The owner says that what was typed in for them is theirs."""

    type: Literal["ApplicationConfirmed"] = "ApplicationConfirmed"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    confirmed_at: Instant
