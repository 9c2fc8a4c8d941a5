"""The observatory on real servers: what it hears, what it shows, and how it is rebuilt."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from services.observatory import validation
from services.observatory.main import build
from tests.conftest import SEASON_START, Token
from tests.platform import elsewhere, eventually, serving
from tests.seasons import CALL, LAUREATE, OWNER, REFUSED, season


async def got(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_happened_is_shown(service_environment: Mapping[str, str], token: Token, tmp_path: Path) -> None:
    service = await build()
    operator = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
    async with serving(service) as client, elsewhere(service_environment["KAFKA_BOOTSTRAP_SERVERS"]) as others:
        happened = season()
        for index, (event, subject) in enumerate(happened):
            await others.happened(event, subject, SEASON_START + timedelta(minutes=index))

        async def entries() -> int:
            found = (await client.get("/internal/digest", headers=operator)).json()
            assert found["rebuilding"] is False
            return int(found["entries"])

        await eventually(entries, lambda count: count == len(happened))

        figures = await got(client, f"/calls/{CALL}/figures")
        assert figures["applications"]["submitted"] == 2
        assert figures["applications"]["ineligible"] == 1
        assert figures["applications"]["laureates"] == 1
        assert figures["by"]["applicant_kind"] == {"association": 1, "person": 1}
        assert figures["evaluation"]["ballots"]["counted"] == 8
        assert figures["money"] == {
            "envelope_cents": 1_000_000_000,
            "agreements": 1,
            "tranches_paid": 1,
            "committed_cents": 14_000_000,
            "paid_cents": 8_000_000,
            "recovery_ordered_cents": 0,
            "recovered_cents": 0,
        }
        earlier = (SEASON_START + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
        assert (await got(client, f"/calls/{CALL}/figures?at={earlier}"))["applications"]["laureates"] == 0
        assert (await client.get(f"/calls/{uuid4()}/figures")).status_code == 404
        by_departement = await got(client, "/figures/departements")
        assert by_departement["departements"] == [
            {
                "departement": "2A", "submitted": 2, "eligible": 1, "laureates": 1, "committed_cents": 14_000_000,
                "paid_cents": 8_000_000,
            }
        ]  # fmt: skip
        assert (await got(client, f"/figures/themes?call_id={CALL}"))["themes"][0]["theme"] == "health"

        shown = await got(client, f"/initiatives/{LAUREATE}")
        assert (shown["state"], shown["organisation_name"], shown["commune"]) == ("open", None, None)
        assert shown["money"]["tranches"][0]["state"] == "settled"
        timeline = await got(client, f"/initiatives/{LAUREATE}/timeline")
        assert [item["event"] for item in timeline["events"]][:3] == [
            "ApplicationDrafted",
            "ApplicationSubmitted",
            "ApplicationFoundEligible",
        ]
        assert (await client.get(f"/initiatives/{REFUSED}")).status_code == 404
        assert (await client.get(f"/initiatives/{REFUSED}/timeline")).status_code == 404
        (indicator,) = await got(client, "/indicators?departement=2A")
        assert (indicator["progress_percent"], indicator["weather"]) == (25.0, "NUAGE")
        assert indicator["territory"]["zone_id"] == "D2A"
        (laureate,) = (await got(client, "/laureates"))["items"]
        assert (laureate["title"], laureate["state"]) == ("Titre", "open")

        await _check_open_data(client, tmp_path)
        everything = [shown, timeline, laureate, figures, await got(client, "/open-data/grants.json")]
        assert "canary" not in str(everything)
        assert str(OWNER) not in str(everything)


async def _check_open_data(client: httpx.AsyncClient, tmp_path: Path) -> None:
    catalogue = await got(client, "/open-data")
    assert catalogue["licence"]["id"] == "etalab-2.0"
    for dataset in catalogue["datasets"]:
        rows = await got(client, f"/open-data/{dataset['name']}.json")
        text = await client.get(f"/open-data/{dataset['name']}.csv")
        assert text.headers["content-type"] == "text/csv; charset=utf-8"
        lines = text.text.splitlines()
        assert lines[0].split(",") == [column["name"] for column in dataset["columns"]]
        assert len(lines) == len(rows) + 1
        if dataset["name"] in validation.SCHEMAS:
            path = tmp_path / "published.csv"
            path.write_bytes(text.content)
            assert validation.problems(dataset["name"], path) == []
    assert (await client.get("/open-data/secrets.csv")).json()["code"] == "not_found"


async def test_the_published_record_stands_beside_the_season(service_environment: Mapping[str, str]) -> None:
    async with serving(await build()) as client:
        record = await got(client, "/programme/record")
        assert record["total"]["projects"] == 53
        assert sum(row["amount_eur"] for row in record["by_priority"]) == record["total"]["amount_eur"]
        assert sum(record["sums_by_priority_cents"].values()) == record["total"]["amount_eur"] * 100
        assert record["source"]["synthetic"] is False
        assert record["season"]["laureates"] == 0
