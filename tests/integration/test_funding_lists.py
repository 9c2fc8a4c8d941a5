"""The lists of the ordering and the paying side on real servers."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import uuid4

import pytest

from deploy.local import bank
from tests.conftest import Token
from tests.funding import IBAN, PROOF
from tests.funding_scene import HOLDER, Scene, scene
from tests.platform import eventually


async def test_what_waits_is_shown_with_what_it_rests_on_and_lists_by_state(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        details = {"holder": HOLDER, "iban": IBAN, "proof": PROOF}
        await it.done("owner", f"/agreements/{initiative}/bank-details", details)
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
        orders = {order: await _walked(it, f"{path}&order={order}") for order in ("asc", "desc")}
        assert set(orders["asc"]) == made
        assert orders["desc"] == orders["asc"][::-1]
        for place in ("nowhere", "-1", "[1]", f'[{10**30},"x"]', '[{"$gt":""},"x"]'):
            assert (await it.by("programme", "GET", f"{path}&after={quote(place)}")).status_code == 422


async def _walked(it: Scene, path: str) -> list[str]:
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = await it.got("programme", f"{path}&after={quote(after)}")
        found += [item["agreement_id"] for item in page["items"]]
        after = page["next"]
    return found
