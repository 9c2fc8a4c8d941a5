"""What is said when a service stops answering in the middle: nothing is called unchanged that may have been changed."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.portal import StandIn, environment, standing

PARTLY = "Une partie seulement a été faite"
UNKNOWN, UNCHANGED = "On ne sait pas si cela a été fait", "Rien n’a été modifié."


def funding(line: str) -> dict[str, Any]:
    method, path = line.split(" ")
    tranche = {"tranche_id": path.split("/")[2], "agreement_id": str(uuid4()), "code": "committee", "suspended": None}
    facts = {"number": "AIC-2021-000042", "beneficiary": "Association Synthétique", "amount_cents": 100}
    state = (
        {"status": "requested", "next": ["certification"]} if method == "GET" else {"status": "certified", "next": []}
    )
    return {**tranche, **facts, **state}


async def test_of_several_acts_each_is_told_as_it_is_known(mongodb: str, master_key: Path, tmp_path: Path) -> None:
    stand_in, tranches = StandIn(funding, "funding"), [str(uuid4()) for _ in range(4)]
    stand_in.silent_from = f"POST /tranches/{tranches[1]}"
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        sent = {"key": "one", "item": [f"certification:{each}" for each in tranches]}
        page = await visitor.post("/fr/funding/together", sent)
        assert page.status_code == 200
        assert UNCHANGED not in page.text
        assert [page.text.count(text) for text in ("Issue inconnue", "Non tenté", "1 acte accompli")] == [1, 2, 1]
        assert page.text.count("AIC-2021-000042") == page.text.count("Association Synthétique") == 4
    assert [line for line in stand_in.asked if line.startswith("POST")] == [
        f"POST /tranches/{each}/certification" for each in tranches[:2]
    ]


@pytest.mark.parametrize("silent_from", ["POST", "GET"])
async def test_an_act_without_an_answer_and_one_without_its_page_may_have_been_done(
    mongodb: str, master_key: Path, tmp_path: Path, silent_from: str
) -> None:
    stand_in = StandIn(funding, "funding")
    stand_in.silent_from = silent_from
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        page = await visitor.post(f"/fr/funding/tranches/{uuid4()}/certification", {"key": "one"})
        assert page.status_code == 503
        assert UNKNOWN in page.text
        assert UNCHANGED not in page.text


async def test_what_is_refused_after_another_part_was_done_is_not_called_unchanged(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    stand_in = StandIn(funding, "funding")
    stand_in.refused = "GET"
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        page = await visitor.post(f"/fr/funding/tranches/{uuid4()}/certification", {"key": "one"})
        assert page.status_code == 422
        assert PARTLY in page.text
        assert UNCHANGED not in page.text


async def test_what_was_never_sent_and_what_was_only_read_changed_nothing(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    address = f"/fr/funding/tranches/{uuid4()}/certification"
    async with standing(environment(mongodb, master_key, tmp_path, f"away_{uuid4().hex[:8]}_")) as portal:
        visitor = await portal.visitor("authorising_officer")
        for page in (await visitor.post(address, {"key": "one"}), await visitor.get(address)):
            assert page.status_code == 503
            assert UNCHANGED in page.text
            assert UNKNOWN not in page.text


async def test_of_too_many_tranches_the_first_are_shown_and_the_others_named(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    async with StandIn(funding, "funding").before(mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        page = await visitor.get("/fr/funding/together", params={"tranche": [str(uuid4()) for _ in range(101)]})
        assert "les 100 premières des 101 tranches" in page.text
        assert page.text.count("AIC-2021-000042") == page.text.count('name="item"') == 100
