"""The lists of the ordering and the paying side on real servers."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from deploy.local import bank
from services.funding.store import Store
from tests.conftest import Token
from tests.funding import IBAN, PROOF
from tests.funding_scene import HOLDER, Scene, scene
from tests.platform import eventually

DETAILS = {"holder": HOLDER, "iban": IBAN, "proof": PROOF}


async def test_what_waits_is_shown_with_what_it_rests_on_and_lists_by_state(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        await it.done("owner", f"/agreements/{initiative}/bank-details", DETAILS)
        await it.done("officer", f"/agreements/{initiative}/bank-details/confirmations")
        assert (await it.got("officer", "/work?role=authorising_officer"))["items"] == []
        (work,) = (await it.got("accountant", "/work?role=accountant"))["items"]
        assert work["step"] == "bank_details_confirmation"
        await it.confirmed(initiative)
        tranche = await it.opened(initiative)
        await it.done("owner", f"/tranches/{tranche}/request")
        (work,) = (await it.got("officer", "/work?role=authorising_officer"))["items"]
        assert (work["step"], work["amount_cents"], work["beneficiary"]) == ("order", 80_000_00, HOLDER)
        assert (work["tranche"]["code"], work["bank_confirmed"], work["number"]) == ("start", True, "AIC-2021-000042")
        await it.done("officer", f"/tranches/{tranche}/order")
        await it.done("accountant", f"/tranches/{tranche}/acceptance")
        payment, file = await it.issued(tranche)
        (pending,) = (await it.got("accountant", "/payments?state=pending"))["items"]
        assert (pending["payment_id"], pending["file"]) == (payment, f"/payments/{payment}/file")
        await it.done("accountant", "/bank-statements", bank.answer(file))
        assert (await it.got("accountant", "/payments?state=pending"))["items"] == []
        (settled,) = (await it.got("officer", "/payments?state=settled"))["items"]
        assert settled["message_id"]
        order = {"amount_cents": 100, "reason": "stopped"}
        recovery = await it.done("officer", f"/agreements/{initiative}/recoveries", order)
        (open_one,) = (await it.got("accountant", "/recoveries?collected=false"))["items"]
        assert (open_one["recovery_id"], open_one["amount_cents"]) == (recovery["recovery_id"], 100)
        assert (await it.got("accountant", "/recoveries?collected=true"))["items"] == []
        for query in ("number=AIC-2021-000042", "siret=73282932000074", f"envelope_id={it.call}&status=signed"):
            found = (await it.got("programme", f"/agreements/search?{query}&limit=1"))["items"]
            assert [item["agreement_id"] for item in found] == [str(initiative)]
        for query in ("number=AIC-2021-000043", "status=closed"):
            assert (await it.got("programme", f"/agreements/search?{query}"))["items"] == []
        path = f"/ledger/rows?account=515_treasury&agreement_id={initiative}"
        (row,) = (await eventually(lambda: it.got("accountant", path), lambda page: bool(page["items"])))["items"]
        assert (row["credit_cents"], row["debit_cents"]) == (80_000_00, 0)
        assert (await it.got("accountant", f"{path}&until=2020-01-01T00:00:00Z"))["items"] == []
        assert (await it.got("accountant", f"/ledger/rows?agreement_id={uuid4()}"))["items"] == []
        for place in ("/payments", "/recoveries", "/ledger/rows", "/agreements/search"):
            assert (await it.by("owner", "GET", place)).status_code == 403


@pytest.mark.parametrize("sort", ["number", "amount", "since"])
async def test_agreements_page_by_page_in_an_order_and_back(
    service_environment: Mapping[str, str], token: Token, sort: str
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        made = {str(await it.prepared()) for _ in range(3)}
        path = f"/agreements/search?sort={sort}&limit=1"
        orders = {
            order: await _walked(it, f"{path}&order={order}", "programme", _agreement) for order in ("asc", "desc")
        }
        assert set(orders["asc"]) == made
        assert orders["desc"] == orders["asc"][::-1]
        for place in ("nowhere", "-1", "[1]", f'[{10**30},"x"]', '[{"$gt":""},"x"]'):
            assert (await it.by("programme", "GET", f"{path}&after={quote(place)}")).status_code == 422


async def test_what_waits_is_filtered_sorted_and_counted_before_it_is_paged(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        made = [await it.prepared() for _ in range(3)]
        for initiative in made[1:]:
            await it.done("owner", f"/agreements/{initiative}/bank-details", DETAILS)
        await it.done("officer", f"/agreements/{made[1]}/bank-details/confirmations")
        path = "/work?role=authorising_officer&limit=1"
        first = await it.got("officer", path)
        assert first["steps"] == {"countersignature": 3, "bank_details_confirmation": 1}
        assert len(first["items"]) == 1
        for sort in ("number", "amount", "since"):
            way = [await _walked(it, f"{path}&sort={sort}&order={each}", "officer", _act) for each in ("asc", "desc")]
            assert len(set(way[0])) == 4
            assert way[1] == way[0][::-1]
        one = await it.got("officer", f"{path}&step=bank_details_confirmation")
        assert [_act(each) for each in one["items"]] == [(str(made[2]), "bank_details_confirmation")]
        none = await it.got("officer", f"{path}&step=order")
        assert (none["items"], none["next"], none["steps"]) == ([], None, first["steps"])


async def test_what_waited_before_it_was_kept_is_found_after_a_start(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        initiative = await it.prepared()
        store = Store(it.service.database)
        kept = {"_id": str(initiative)}
        await store.agreements.collection.update_one(kept, {"$unset": {"state.work": 1}})
        assert (await it.got("officer", "/work?role=authorising_officer"))["items"] == []
        await store.prepare()
        (work,) = (await it.got("officer", "/work?role=authorising_officer"))["items"]
        assert (work["agreement_id"], work["step"]) == (str(initiative), "countersignature")


async def test_payments_and_recoveries_are_searched_and_sorted_before_they_are_paged(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        orders = []
        for _ in range(2):
            initiative = await it.prepared()
            await it.done("officer", f"/agreements/{initiative}/countersignature")
            await it.confirmed(initiative)
            _, file = await it.issued(await it.accepted(initiative))
            await it.done("accountant", "/bank-statements", bank.answer(file))
            for cents in (300, 100):
                body = {"amount_cents": cents, "reason": "stopped"}
                orders.append((await it.done("officer", f"/agreements/{initiative}/recoveries", body))["recovery_id"])
        await it.done("accountant", f"/recoveries/{orders[0]}/collection")
        open_ones = await _walked(
            it, "/recoveries?collected=false&limit=1", "accountant", lambda row: row["recovery_id"]
        )
        assert open_ones == orders[1:]
        amounts = await _walked(
            it, "/recoveries?sort=amount&order=desc&limit=3", "accountant", lambda row: row["amount_cents"]
        )
        assert amounts == [300, 300, 100, 100]
        paid = await _walked(it, "/payments?order=desc&limit=1", "accountant", lambda row: row["issued_at"])
        assert len(paid) == 2
        assert paid == sorted(paid, reverse=True)
        for place in ("/payments", "/recoveries"):
            assert (await it.got("accountant", f"{place}?number=AIC-2021-000042"))["items"]
            assert (await it.got("accountant", f"{place}?number=AIC-2021-000043"))["items"] == []


def _agreement(row: dict[str, Any]) -> str:
    return str(row["agreement_id"])


def _act(row: dict[str, Any]) -> tuple[str, str]:
    return row["agreement_id"], row["step"]


async def _walked(it: Scene, path: str, who: str, of: Callable[[dict[str, Any]], Any]) -> list[Any]:
    found: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = await it.got(who, f"{path}&after={quote(after)}")
        found += [of(item) for item in page["items"]]
        after = page["next"]
    return found
