"""Funding on real servers: from the call's envelope to the settled payment, over HTTP, Kafka and files."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from contracts import funding, payments
from deploy.local import bank
from tests.conftest import Token
from tests.funding import IBAN, OTHER_IBAN
from tests.funding_scene import scene
from tests.platform import archived, eventually

NEVER_TOLD = ("canary-signatory", IBAN, OTHER_IBAN)


async def test_from_the_envelope_to_the_settled_payment(
    service_environment: Mapping[str, str], token: Token, tmp_path: Path
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(150_000_00)
        initiative = await it.prepared()
        work = await it.got("officer", "/work?role=authorising_officer")
        assert [item["step"] for item in work["items"]] == ["countersignature"]
        assert (await it.done("officer", f"/agreements/{initiative}/countersignature"))["status"] == "signed"
        await it.told("GrantPublished")
        await it.confirmed(initiative)
        tranche = await it.accepted(initiative)
        payment, file = await it.issued(tranche)
        assert (await it.got("accountant", "/work?role=accountant"))["items"] == []
        assert (tmp_path / "payments" / f"pain001-{payment}.xml").read_bytes() == file
        answer = await it.done("accountant", "/bank-statements", bank.answer(file))
        assert (answer["settled"], answer["rejected"]) == (1, 0)
        await it.told("PaymentSettled")
        await eventually(it.caught_up)
        assert all((await it.invariants()).values())
        envelope = await it.got("authority", f"/envelopes/{it.call}")
        assert (envelope["committed_cents"], envelope["paid_cents"]) == (140_000_00, 80_000_00)
        (year,) = await it.got("accountant", f"/envelopes/{it.call}/years")
        assert year == {
            "year": 2021, "ae_committed_cents": 140_000_00, "cp_paid_cents": 80_000_00, "recovered_cents": 0,
            "collected_cents": 0,
        }  # fmt: skip
        balance = await it.got("accountant", "/ledger/balance")
        assert balance["debit_cents"] == balance["credit_cents"] > 0
        page = await it.got("officer", "/ledger?limit=2")
        rest = await it.got("officer", f"/ledger?after={page['next']}")
        assert len(page["items"]) + len(rest["items"]) == 5
        await it.done("operator", "/internal/replay", {"source": "funding", "after": {}})
        await eventually(it.caught_up)
        assert await it.got("accountant", "/ledger/balance") == balance, "a replay books nothing twice"
        assert await it.dead_letters() == []
        events = "".join(item.data for item in await archived(it.service))
        assert not [word for word in NEVER_TOLD if word in events]


async def test_rejected_by_the_bank_issued_again_and_every_statement_once(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        await it.confirmed(initiative)
        tranche = await it.accepted(initiative)
        _, first = await it.issued(tranche)
        rejected = bank.reject_all(first)
        twice = await asyncio.gather(
            *(it.by("accountant", "POST", "/bank-statements", rejected, "k") for _ in range(3))
        )
        assert [answer.json() for answer in twice] == [twice[0].json()] * 3
        again = await it.by("accountant", "POST", "/bank-statements", rejected)
        assert (again.status_code, again.json()["code"]) == (409, "payment_already_rejected")
        refusal = await it.ask(payments.IssuePayment, tranche, tranche_id=tranche)
        (refused,) = await it.told("FundingCommandRefused")
        assert f'"{refusal}"' in refused.data
        assert "bank_details_not_renewed" in refused.data
        await it.confirmed(initiative, OTHER_IBAN)
        _, second = await it.issued(tranche, attempt=2)
        assert OTHER_IBAN.encode() in second
        await it.done("accountant", "/bank-statements", bank.answer(second))
        settled = await it.by("accountant", "POST", "/bank-statements", bank.answer(second))
        assert (settled.status_code, settled.json()["code"]) == (409, "payment_already_settled")
        assert len(await it.told("PaymentSettled")) == len(await it.told("PaymentRejected")) == 1
        await eventually(it.invariants, lambda found: all(found.values()))


async def test_a_stop_releases_and_a_recovery_is_booked_apart(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(140_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        await it.confirmed(initiative)
        _, file = await it.issued(await it.accepted(initiative))
        await it.done("accountant", "/bank-statements", bank.answer(file))
        await it.ask(funding.ReleaseCommitment, initiative, agreement_id=initiative, reason="committee")
        await it.told("CommitmentReleased")
        order = {"amount_cents": 80_000_01, "reason": "stopped"}
        too_much = await it.by("officer", "POST", f"/agreements/{initiative}/recoveries", order)
        assert (too_much.json()["code"], too_much.json()["allowed"]) == (
            "recovery_exceeds_paid",
            {"maximum": 80_000_00},
        )
        ordered = await it.done("officer", f"/agreements/{initiative}/recoveries", order | {"amount_cents": 50_000_00})
        await it.done("accountant", f"/recoveries/{ordered['recovery_id']}/collection")
        await it.ask(funding.CloseAgreement, initiative, agreement_id=initiative)
        await it.told("AgreementClosed")
        await eventually(it.invariants, lambda found: all(found.values()))
        shown = await eventually(
            lambda: it.got("authority", f"/envelopes/{it.call}"), lambda shown: shown["collected_cents"] > 0
        )
        assert (shown["available_cents"], shown["paid_cents"]) == (60_000_00, 80_000_00)
        assert (shown["recovered_cents"], shown["collected_cents"]) == (50_000_00, 50_000_00)
