"""Admissibility (recevabilité) before eligibility (éligibilité): decided by rule or by an officer, corrected when mistaken."""

from datetime import datetime
from typing import Any

from contracts.applications import (
    ApplicationAdmitted,
    ApplicationFoundEligible,
    ApplicationFoundInadmissible,
    ApplicationFoundIneligible,
    DecisionCorrected,
)
from contracts.decision import Decision
from contracts.model import Event
from services.applications.commands import DecideApplication, InstructApplication, ReplaceDecision
from services.applications.domain import forms, refusals
from services.applications.domain.application import Application, Outcome, RuleDecision, Step, existing, in_status
from services.applications.domain.calls import Call, require_unfrozen
from services.applications.domain.rules import ALL_PASSED, File, Rule, failures

ASSESSMENT = "officer_assessment"
STEPS: dict[Outcome, Step] = {
    "admissible": "admissibility",
    "inadmissible": "admissibility",
    "eligible": "eligibility",
    "ineligible": "eligibility",
}


def missing_pieces(application: Application, call: Call) -> tuple[str, ...]:
    """The codes of required or expected fields and attachments that are not there."""
    definition, answers = call.definition, application.content.answers
    fields = forms.visible(definition.sections, answers).values()
    attached = {item.slot for item in application.attachments}
    unanswered = [f.code for f in fields if (f.required or f.expected) and forms.missing(answers.get(f.code))]
    absent = [s.code for s in definition.attachments if (s.required or s.expected) and s.code not in attached]
    return (*unanswered, *absent)


def file_of(application: Application, call: Call) -> File:
    """The application as the rules look at it."""
    submitted_at = application.submitted_at or application.created_at
    return File(
        kind=application.kind,
        answers=application.content.answers,
        submitted_at=submitted_at,
        day=call.definition.day_of(submitted_at),
        closes_at=call.closes_at,
        missing=missing_pieces(application, call),
    )


def instruct(
    state: Application | None, command: InstructApplication, call: Call, now: datetime
) -> Decision[Application]:
    """Decide by the call's rules: admissibility, then eligibility of what is admissible.

    Raises ``CorrectionStillOpen`` while the applicant has time to complete, ``PoolIsFrozen`` once it is too late.
    """
    found = _instructable(existing(state), call, now)
    file, events = file_of(found, call), list[Event]()
    if found.status != "admissible":
        found = _decided(found, _by_rule("admissibility", call.definition.admissibility, file, now))
        events.append(_event(found))
    if found.status == "admissible":
        found = _decided(found, _by_rule("eligibility", call.definition.eligibility, file, now))
        events.append(_event(found))
    return Decision(found, tuple(events), _answer(found))


def _by_rule(step: Step, rules: tuple[Rule, ...], file: File, now: datetime) -> RuleDecision:
    failed = failures(rules, file)
    outcomes: tuple[Outcome, Outcome] = ("admissible", "inadmissible")
    if step == "eligibility":
        outcomes = ("eligible", "ineligible")
    return RuleDecision(
        step=step,
        outcome=outcomes[1] if failed else outcomes[0],
        rule=failed[0] if failed else ALL_PASSED,
        failed=failed,
        decided_at=now,
    )


def decide(state: Application | None, command: DecideApplication, call: Call, now: datetime) -> Decision[Application]:
    """An officer decides one step, naming the rule and the reason."""
    found = _instructable(existing(state), call, now)
    before_eligibility = found.status == "admissible"
    if (STEPS[command.outcome] == "eligibility") != before_eligibility:
        allowed = ["eligible", "ineligible"] if before_eligibility else ["admissible", "inadmissible"]
        raise refusals.WrongState(field="decision", allowed=allowed)
    decided = _decided(found, _by_officer(command, call, now), command.reason)
    return Decision(decided, (_event(decided),), _answer(decided))


def replace(state: Application | None, command: ReplaceDecision, call: Call, now: datetime) -> Decision[Application]:
    """An officer replaces a mistaken decision; those that were built on it fall with it, and all stay on record."""
    found = existing(state)
    if not 1 <= command.decision <= len(found.decisions):
        raise refusals.DecisionUnknown
    require_unfrozen(call)
    in_status(found, "admissible", "inadmissible", "eligible", "ineligible")
    old = found.decisions[command.decision - 1]
    if old.replaced:
        raise refusals.DecisionReplaced
    if STEPS[command.outcome] != old.step:
        raise refusals.WrongState(field="decision", allowed=[name for name, step in STEPS.items() if step == old.step])
    fallen = tuple(
        each.model_copy(update={"replaced": True}) if number >= command.decision else each
        for number, each in enumerate(found.decisions, start=1)
    )
    found = found.model_copy(update={"decisions": fallen})
    decided = _decided(found, _by_officer(command, call, now), command.reason)
    told = DecisionCorrected(
        application_id=found.application_id,
        call_id=found.call_id,
        owner_id=found.owner_id,
        number=found.quoted,
        replaced=old.outcome,
        decided_by=command.person_id,
    )
    return Decision(decided, (told, _event(decided)), _answer(decided))


def _instructable(application: Application, call: Call, now: datetime) -> Application:
    require_unfrozen(call)
    in_status(application, "submitted", "correction_requested", "admissible")
    if application.status == "correction_requested" and application.correction:
        due_at = application.correction.due_at
        if now <= due_at:
            raise refusals.CorrectionStillOpen(allowed={"after": due_at.isoformat()})
    return application


def _by_officer(command: DecideApplication | ReplaceDecision, call: Call, now: datetime) -> RuleDecision:
    step = STEPS[command.outcome]
    rules: tuple[Rule, ...] = call.definition.admissibility if step == "admissibility" else call.definition.eligibility
    adverse = command.outcome in ("inadmissible", "ineligible")
    known = [rule.code for rule in rules] + ([ASSESSMENT] if adverse else [ASSESSMENT, ALL_PASSED])
    if command.rule not in known:
        raise refusals.RuleUnknown(field="rule", allowed=known)
    return RuleDecision(
        step=step,
        outcome=command.outcome,
        rule=command.rule,
        failed=(command.rule,) if adverse else (),
        decided_by=command.person_id,
        decided_at=now,
    )


def _decided(application: Application, decision: RuleDecision, reason: str | None = None) -> Application:
    number = len(application.decisions) + 1
    update: dict[str, Any] = {
        "decisions": (*application.decisions, decision), "status": decision.outcome, "correction": None,
    }  # fmt: skip
    if reason is not None:
        reasons = {**application.content.reasons, str(number): reason}
        update["private"] = application.content.model_copy(update={"reasons": reasons})
    return application.model_copy(update=update)


def _event(application: Application) -> Event:
    """The event of the decision that was taken last."""
    last = application.decisions[-1]
    told: dict[str, Any] = {
        "application_id": application.application_id,
        "call_id": application.call_id,
        "rule": last.rule,
        "decided_by": last.decided_by,
    }
    if last.outcome == "admissible":
        return ApplicationAdmitted(**told)
    if last.outcome == "eligible":
        return ApplicationFoundEligible(**told)
    adverse = ApplicationFoundInadmissible if last.outcome == "inadmissible" else ApplicationFoundIneligible
    return adverse(**told, owner_id=application.owner_id, number=application.quoted)


def _answer(application: Application) -> dict[str, Any]:
    last = application.decisions[-1]
    return {
        "application_id": str(application.application_id),
        "status": application.status,
        "decision": len(application.decisions),
        "rule": last.rule,
        "failed": list(last.failed),
    }
