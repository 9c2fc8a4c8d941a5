"""Rules, corrections and decisions."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.applications import commands
from services.applications.domain import corrections, instruction
from tests.applications import ASSOCIATION, PERSON
from tests.candidature import CALL, NOW, OFFICER, draft, ids, instruct, refused, submit


@pytest.mark.parametrize(
    ("changes", "kind", "applicant", "rule"),
    [
        ({}, "person", PERSON, "all_passed"),
        ({"public_page": None}, "person", PERSON, "complete"),
        ({"departement": "13"}, "person", PERSON, "territory_allowed"),
        ({"requested_cents": 50_000}, "person", PERSON, "amount_between"),
        ({"own_cents": 1}, "person", PERSON, "balanced_budget"),
        ({"requested_cents": 9_000_000, "own_cents": 1_000_000}, "person", PERSON, "balanced_budget"),
        ({"republican_commitment": False}, "association", ASSOCIATION, "republican_commitment"),
        ({"republican_commitment": False}, "person", PERSON, "all_passed"),
        ({"earlier_grants": True, "grants_reported": False}, "person", PERSON, "earlier_grants_reported"),
        ({"de_minimis_cents": 12_000_001}, "company", ASSOCIATION | {"rna": None}, "de_minimis"),
        ({"de_minimis_cents": 12_000_000}, "company", ASSOCIATION | {"rna": None}, "all_passed"),
    ],
)
def test_each_rule_refuses_what_it_is_for(changes: Any, kind: str, applicant: Any, rule: str) -> None:
    decided = instruct(submit(draft(kind, applicant, **changes)).state)
    assert decided.decisions[-1].rule == rule
    adverse = {"complete": "inadmissible", "all_passed": "eligible"}.get(rule, "ineligible")
    assert decided.status == adverse


def test_a_correction_completes_what_was_asked_and_nothing_that_is_scored() -> None:
    sent = submit(draft(public_page=None)).state
    order = {"command_id": uuid4(), "person_id": OFFICER, "application_id": sent.application_id}
    scored = commands.RequestCorrection(**order, fields=("title",))
    refused("field_not_correctable", lambda: corrections.request(sent, scored, CALL, NOW))
    asked = corrections.request(sent, commands.RequestCorrection(**order, fields=("public_page",)), CALL, NOW).state
    refused("correction_still_open", lambda: instruct(asked))
    mine = ids() | {"application_id": sent.application_id}
    other = commands.CorrectApplication(**mine, answers={"own_cents": 3})
    refused("field_not_correctable", lambda: corrections.correct(asked, other, CALL, NOW))
    right = commands.CorrectApplication(**mine, answers={"public_page": "https://example.org"})
    assert asked.correction
    late = asked.correction.due_at + timedelta(seconds=1)
    refused("correction_overdue", lambda: corrections.correct(asked, right, CALL, late))
    assert instruct(asked, late).decisions[-1].rule == "complete"
    done = corrections.correct(asked, right, CALL, asked.correction.due_at).state
    assert done.status == "submitted"
    assert (done.number, done.submitted_at) == (sent.number, sent.submitted_at)
    assert done.content_digest != sent.content_digest
    assert instruct(done).status == "eligible"


def test_a_mistaken_decision_is_replaced_and_stays_on_record() -> None:
    rejected = instruct(submit(draft(departement="13")).state)
    order = {
        "command_id": uuid4(),
        "person_id": OFFICER,
        "application_id": rejected.application_id,
        "reason": "checked",
    }
    replacing = commands.ReplaceDecision(**order, decision=2, outcome="eligible", rule="officer_assessment")
    decided = instruction.replace(rejected, replacing, CALL, NOW)
    assert [event.type for event in decided.events] == ["DecisionCorrected", "ApplicationFoundEligible"]
    assert [each.replaced for each in decided.state.decisions] == [False, True, False]
    assert decided.state.content.reasons == {"3": "checked"}
    refused("decision_replaced", lambda: instruction.replace(decided.state, replacing, CALL, NOW))
    frozen = CALL.model_copy(update={"frozen_at": NOW})
    refused("pool_frozen", lambda: instruction.replace(rejected, replacing, frozen, NOW))
    unknown = replacing.model_copy(update={"rule": "in_time"})
    refused("rule_unknown", lambda: instruction.replace(rejected, unknown, CALL, NOW))
