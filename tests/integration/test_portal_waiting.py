"""What waits for an officer, as a page: an empty list says why it is empty, and leads on."""

from pathlib import Path
from typing import Any

import pytest

from tests.portal import StandIn


def funding(line: str) -> dict[str, Any]:
    return {"items": [], "next": '["2022-01-01T00:00:00Z","x"]', "steps": {"order": 3}}


@pytest.mark.parametrize("step", ["certification", "nonsense"])
async def test_a_step_that_nothing_waits_for_is_an_empty_list_that_says_so(
    mongodb: str, master_key: Path, tmp_path: Path, step: str
) -> None:
    stand_in = StandIn("funding", funding)
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        page = await (await portal.visitor("programme_officer")).get(f"/fr/funding?step={step}&sort=amount")
        assert page.status_code == 200
        assert "Aucun acte de ce genre ne vous attend ici." in page.text
        assert "Ordonner le paiement (3)" in page.text
        assert 'rel="next"' in page.text
    assert any(f"step={step}&sort=amount" in line for line in stand_in.asked)
