"""What an authorising officer sees before they certify: the service done, and documents by what they were sent as."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.portal import StandIn

INITIATIVE, TRANCHE, AT = str(uuid4()), str(uuid4()), "2022-01-03T10:00:00Z"


def answer(line: str) -> Any:
    path = line.split(" ")[1]
    if path.endswith("/documents"):
        facts = {"media_type": "application/pdf", "size": 1_000, "received_at": AT}
        named = (("financial_report", 2021), ("bank_statement", None), ("other", None))
        return [
            {"digest": f"{nth}" * 64, "kind": kind, "year": year, **facts} for nth, (kind, year) in enumerate(named)
        ]
    if path.endswith("/service"):
        dates = {"starts_at": AT, "ends_at": AT, "due_at": AT}
        check_in, review = {"due_at": AT, "late": False}, {"due_at": AT, "decided_by": str(uuid4())}
        return {
            **dates, "status": "closed", "stop_reason": None,
            "check_ins": [{**check_in, "week": 1, "recorded_at": AT}, {**check_in, "week": 2, "recorded_at": None}],
            "reviews": [
                {**review, "review": "acceleration_committee", "decision": "fund", "decided_at": AT},
                {**review, "review": "engagement_committee", "decision": None, "decided_at": None, "decided_by": None},
            ],
        }  # fmt: skip
    tranche = {
        "tranche_id": TRANCHE, "agreement_id": INITIATIVE, "code": "committee", "after": "acceleration_committee",
        "amount_cents": 100, "advance": False, "status": "requested", "suspended": None, "cancelling": None,
        "payments": [], "history": [], "next": ["certification"],
    }  # fmt: skip
    agreement = {
        "agreement_id": INITIATIVE, "number": "AIC-2021-000042", "beneficiary": "Association Synthétique",
        "status": "signed", "signed_at": AT, "amount_cents": 100, "paid_cents": 0, "recovered_cents": 0,
        "bank_details": None, "recoveries": [], "tranches": [tranche],
    }  # fmt: skip
    return agreement if "/agreements/" in path else tranche


async def test_before_a_certification_one_sees_the_service_done_and_the_documents(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    async with StandIn(answer, "funding", "coaching").before(mongodb, master_key, tmp_path) as portal:
        page = await _seen(await portal.visitor("authorising_officer"))
    for text in ("1 sur 2", "Poursuivre, et verser", "décision attendue", "Semaine 2 : Pas encore fait"):
        assert text in page, text
    for text in ("Compte rendu financier de 2021", "Autre document, ou document remplacé"):
        assert text in page, text


async def test_when_the_record_cannot_be_shown_the_page_says_so(mongodb: str, master_key: Path, tmp_path: Path) -> None:
    async with StandIn(answer, "funding").before(mongodb, master_key, tmp_path) as portal:
        page = await _seen(await portal.visitor("accountant"), "acceptance")
    assert "Le suivi de l’accélération ne peut pas être affiché pour l’instant" in page


async def _seen(visitor: Any, act: str = "certification") -> str:
    page = await visitor.get(f"/fr/funding/tranches/{TRANCHE}/{act}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text))
