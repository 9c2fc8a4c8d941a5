"""Events of evaluation, and the commands by which a call's workflow moves a round. No score and no ballot ever travels."""

from typing import ClassVar, Literal

from contracts.model import Code, Command, Digest, Event, Id, Instant
from contracts.model import CommandRefused as _CommandRefused
from contracts.programme import CollegeName

ConflictSource = Literal[
    "declared", "own_application", "same_siren", "same_officer", "same_mail_domain", "same_commune"
]


class _Event(Event):
    service: ClassVar[str] = "evaluation"


class _Command(Command):
    service: ClassVar[str] = "evaluation"


class PoolFrozen(_Event):
    """The eligible pool, fixed before any draw: ``digest`` is the SHA-256 of the sorted application ids, one a line.

    ``draw_seed`` is the seed of the round's draw, told before the first ballot exists.
    """

    type: Literal["PoolFrozen"] = "PoolFrozen"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    applications: int
    digest: Digest
    draw_seed: Digest | None = None


class PanelMemberAppointed(_Event):
    type: Literal["PanelMemberAppointed"] = "PanelMemberAppointed"
    version: Literal[1] = 1
    round_id: Id
    member_id: Id
    college: CollegeName
    alternate: bool


class PanelMemberResigned(_Event):
    type: Literal["PanelMemberResigned"] = "PanelMemberResigned"
    version: Literal[1] = 1
    round_id: Id
    member_id: Id
    replaced_by: Id | None


class ConflictRecorded(_Event):
    type: Literal["ConflictRecorded"] = "ConflictRecorded"
    version: Literal[1] = 1
    round_id: Id
    member_id: Id
    application_id: Id
    source: ConflictSource


class ConflictDismissed(_Event):
    type: Literal["ConflictDismissed"] = "ConflictDismissed"
    version: Literal[1] = 1
    round_id: Id
    member_id: Id
    application_id: Id
    dismissed_by: Id


class ApplicationsAssigned(_Event):
    """The member may read these applications from now on."""

    type: Literal["ApplicationsAssigned"] = "ApplicationsAssigned"
    version: Literal[1] = 1
    round_id: Id
    member_id: Id
    application_ids: tuple[Id, ...]


class ApplicationsUnassigned(_Event):
    type: Literal["ApplicationsUnassigned"] = "ApplicationsUnassigned"
    version: Literal[1] = 1
    round_id: Id
    member_id: Id
    application_ids: tuple[Id, ...]


class RoundExtended(_Event):
    type: Literal["RoundExtended"] = "RoundExtended"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    closes_at: Instant
    below_quorum: int


class RoundReminded(_Event):
    """Ballots are still empty this many days before closing; their members are told."""

    type: Literal["RoundReminded"] = "RoundReminded"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    closes_at: Instant
    members: tuple[Id, ...]


class MembersReminded(_Event):
    """An officer had these members reminded of the ballots that they still have to give."""

    type: Literal["MembersReminded"] = "MembersReminded"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    closes_at: Instant
    reminded_by: Id
    members: tuple[Id, ...]


class QuorumMissing(_Event):
    """Answer to CloseRound when the one extension is still to be had and some application lacks its quorum."""

    type: Literal["QuorumMissing"] = "QuorumMissing"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    below_quorum: int


class RoundClosed(_Event):
    """Every ballot is sealed and counted. ``expected = counted + abstained + set_aside + missing``: missing ones are empty."""

    type: Literal["RoundClosed"] = "RoundClosed"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    expected: int
    counted: int
    abstained: int
    set_aside: int
    missing: int = 0
    below_quorum: int
    draw_seed: Digest


class OpinionGiven(_Event):
    """The panel's opinion: minutes are signed; ``moved`` applications were moved with a written reason."""

    type: Literal["OpinionGiven"] = "OpinionGiven"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    moved: int
    present: tuple[Id, ...]


class MinutesSigned(_Event):
    """Somebody who was present, or who drew them up, signed the minutes whose SHA-256 is ``digest``."""

    type: Literal["MinutesSigned"] = "MinutesSigned"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    signed_by: Id
    signed_at: Instant
    digest: Digest


class DecisionSigned(_Event):
    """The authority's decision. The results stay in the service until they are announced."""

    type: Literal["DecisionSigned"] = "DecisionSigned"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    authority_id: Id
    delegation: Code
    signed_at: Instant


class ResultsAnnounced(_Event):
    """The embargo is lifted. ``selected`` and ``reserve`` are in rank order."""

    type: Literal["ResultsAnnounced"] = "ResultsAnnounced"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    selected: tuple[Id, ...]
    reserve: tuple[Id, ...]
    not_selected: tuple[Id, ...]
    announced_at: Instant


class BallotsPublished(_Event):
    type: Literal["BallotsPublished"] = "BallotsPublished"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    ballots: int
    digest: Digest


class PlaceOffered(_Event):
    """A place was freed; the next of the reserve is offered it. ``rank`` is its rank in the reserve, from 1."""

    type: Literal["PlaceOffered"] = "PlaceOffered"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id
    application_id: Id
    rank: int


class ReserveExhausted(_Event):
    type: Literal["ReserveExhausted"] = "ReserveExhausted"
    version: Literal[1] = 1
    round_id: Id
    call_id: Id


class EvaluationCommandRefused(_CommandRefused):
    service: ClassVar[str] = "evaluation"
    type: Literal["EvaluationCommandRefused"] = "EvaluationCommandRefused"
    version: Literal[1] = 1


class FreezePool(_Command):
    """Freeze the call's eligible pool. The round's id is the call's."""

    type: Literal["FreezePool"] = "FreezePool"
    version: Literal[1] = 1
    call_id: Id


class RemindMembers(_Command):
    type: Literal["RemindMembers"] = "RemindMembers"
    version: Literal[1] = 1
    round_id: Id


class ExtendRound(_Command):
    type: Literal["ExtendRound"] = "ExtendRound"
    version: Literal[1] = 1
    round_id: Id
    closes_at: Instant


class CloseRound(_Command):
    """Close, seal and count; ``final`` closes whatever the quorum."""

    type: Literal["CloseRound"] = "CloseRound"
    version: Literal[1] = 1
    round_id: Id
    final: bool = False


class AnnounceResults(_Command):
    """Lift the embargo. Refused with ``decision_not_signed`` while the authority has not signed."""

    type: Literal["AnnounceResults"] = "AnnounceResults"
    version: Literal[1] = 1
    round_id: Id
