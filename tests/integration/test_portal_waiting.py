"""Lists of the money as pages: an empty one says why it is empty and leads on; a search and an order stay in the address."""

from pathlib import Path
from typing import Any

import pytest

from tests.portal import StandIn

ROW = {
    "agreement_id": "a", "number": "AIC-2021-000042", "beneficiary": "Association Synthétique", "amount_cents": 100,
    "code": "start", "attempt": 1, "payment_id": "p", "issued_at": "2022-01-03T10:00:00Z", "outcome": "pending",
    "reason": None, "answered_at": None, "recovery_id": "r", "ordered_at": "2022-01-03T10:00:00Z", "collected_at": None,
}  # fmt: skip


def funding(line: str) -> dict[str, Any]:
    if not line.startswith("GET /work"):
        return {"items": [ROW], "next": None}
    return {"items": [], "next": '["2022-01-01T00:00:00Z","x"]', "steps": {"order": 3}}


@pytest.mark.parametrize("step", ["certification", "nonsense"])
async def test_a_step_that_nothing_waits_for_is_an_empty_list_that_says_so(
    mongodb: str, master_key: Path, tmp_path: Path, step: str
) -> None:
    stand_in = StandIn(funding, "funding")
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        page = await (await portal.visitor("programme_officer")).get(f"/fr/funding?step={step}&sort=amount")
        assert page.status_code == 200
        assert "Aucun acte de ce genre ne vous attend ici." in page.text
        assert "Ordonner le paiement (3)" in page.text
        assert 'rel="next"' in page.text
    assert any(f"step={step}&sort=amount" in line for line in stand_in.asked)


@pytest.mark.parametrize("name", ["payments", "recoveries"])
async def test_a_search_among_payments_and_recoveries_keeps_its_number_and_its_order(
    mongodb: str, master_key: Path, tmp_path: Path, name: str
) -> None:
    stand_in = StandIn(funding, "funding")
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("programme_officer")
        page = await visitor.get(f"/fr/funding/{name}?number=AIC-2021-000042&sort=amount&order=desc")
        assert page.status_code == 200
        assert 'value="AIC-2021-000042"' in page.text
        assert 'aria-sort="descending"' in page.text
        assert "Association Synthétique" in page.text
    assert any("number=AIC-2021-000042&sort=amount&order=desc" in line for line in stand_in.asked)
