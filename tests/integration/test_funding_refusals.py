"""Funding on real servers, where it says no: the last euro, crashes in between, wrong requests, erased persons."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from contracts import payments
from contracts.people import PersonErased
from services.funding.domain.agreement import tranche_id_of
from services.funding.handlers import agreements as handlers
from services.funding.store import Store
from tests.conftest import SEASON_START, Token
from tests.funding import IBAN, PROOF
from tests.funding_scene import HOLDER, scene
from tests.platform import eventually

STRAY = (
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>M</MsgId></GrpHdr>'
    b"<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>"
    b"</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
)


async def test_two_agreements_race_for_the_last_euro(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(140_000_00)
        racing = [await it.prepared() for _ in range(3)]
        paths = [f"/agreements/{each}/countersignature" for each in racing for _ in range(2)]
        answers = await asyncio.gather(*(it.by("officer", "POST", path) for path in paths))
        codes = [answer.json().get("code") for answer in answers]
        shown = [(await it.got("officer", f"/agreements/{each}"))["status"] for each in racing]
        assert sorted(shown) == ["signed", "signed_by_beneficiary", "signed_by_beneficiary"]
        assert {code for code in codes if code} <= {"envelope_exceeded", "out_of_turn"}
        loser = racing[shown.index("signed_by_beneficiary")]
        too_low = await it.by(
            "authority", "POST", f"/envelopes/{it.call}/decisions", {"amount_cents": 1, "reason": "less"}
        )
        assert (too_low.status_code, too_low.json()["allowed"]) == (422, {"minimum": 140_000_00})
        more = {"amount_cents": 280_000_00, "reason": "more", "decided_at": SEASON_START.isoformat()}
        await it.done("authority", f"/envelopes/{it.call}/decisions", more)
        assert (await it.done("officer", f"/agreements/{loser}/countersignature"))["status"] == "signed"
        await it.told("AgreementSigned", 2)
        await eventually(it.invariants, lambda found: all(found.values()))


async def test_a_countersignature_interrupted_anywhere_is_carried_to_its_end(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(140_000_00)
        store, clock = Store(it.service.database), it.service.database.clock
        initiative = await it.prepared()
        command = handlers.Countersign(command_id=uuid4(), by=it.people["officer"], agreement_id=initiative)
        await store.agreements.decide(
            str(initiative), command, lambda state: handlers.signing.countersign(state, command, clock.now())
        )
        await asyncio.gather(*(handlers.resume_commitments(store, clock) for _ in range(3)))
        assert (await it.got("officer", f"/agreements/{initiative}"))["status"] == "signed"
        assert (await handlers.countersign(command, store, clock))["status"] == "signed", "the same request again"
        assert len(await it.told("AgreementSigned")) == 1
        assert (await it.got("authority", f"/envelopes/{it.call}"))["available_cents"] == 0


async def test_wrong_requests_get_a_clear_answer_and_change_nothing(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(140_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        tranche, unknown = tranche_id_of(initiative, "start"), uuid4()
        bomb = b'<!DOCTYPE d [<!ENTITY a "b">]><Document>&a;</Document>'
        wrong = {"holder": HOLDER, "iban": "FR7630006000011234567890188", "proof": PROOF}
        cases = [
            ("owner", f"/tranches/{tranche}/order", None, 403, "forbidden"),
            ("officer", f"/tranches/{tranche}/order", None, 409, "out_of_turn"),
            ("officer", f"/tranches/{tranche}/certification", None, 409, "advance_needs_no_certification"),
            ("officer", f"/tranches/{unknown}/order", None, 404, "tranche_unknown"),
            ("programme", f"/tranches/{tranche}/request", None, 404, "tranche_unknown"),
            ("officer", f"/agreements/{unknown}/countersignature", None, 404, "not_found"),
            ("owner", f"/agreements/{initiative}/bank-details", wrong, 422, "iban_invalid"),
            ("owner", f"/agreements/{initiative}/bank-details", wrong | {"x": 1}, 422, "invalid_request"),
            ("officer", f"/agreements/{initiative}/recoveries", {"amount_cents": 0, "reason": "stop"}, 422, "invalid_request"),
            ("accountant", "/bank-statements", bomb, 422, "xml_forbidden"),
            ("accountant", "/bank-statements", b"<a", 422, "xml_malformed"),
            ("accountant", "/bank-statements", STRAY % uuid4().hex.encode(), 422, "payment_unknown"),
            ("accountant", f"/recoveries/{unknown}/collection", None, 404, "not_found"),
        ]  # fmt: skip
        for who, path, body, status, code in cases:
            answer = await it.by(who, "POST", path, body)
            assert (answer.status_code, answer.json()["code"]) == (status, code), path
            assert "FR76300060000112345678901" not in answer.text
        assert (await it.by("accountant", "GET", f"/payments/{unknown}/file")).status_code == 404
        assert (await it.by("accountant", "GET", "/work?role=authorising_officer")).status_code == 403
        both = it.token(uuid4(), "authorising_officer", "accountant")
        headers = {"Authorization": f"Bearer {both}"}
        refused = await it.client.post(f"/tranches/{tranche}/order", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "incompatible_roles")
        stranger = {"Authorization": f"Bearer {it.token(uuid4(), 'applicant')}"}
        assert (await it.client.get(f"/agreements/{initiative}", headers=stranger)).status_code == 404
        await it.ask(payments.IssuePayment, unknown, tranche_id=unknown)
        (answer,) = await it.told("FundingCommandRefused")
        assert "tranche_unknown" in answer.data
        assert await it.dead_letters() == []


async def test_what_an_erased_person_gave_is_gone(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(140_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        await it.confirmed(initiative)
        shown = await it.got("officer", f"/agreements/{initiative}")
        assert shown["bank_details"]["iban"] == IBAN
        tranche = await it.accepted(initiative)
        await it.others.happened(PersonErased(person_id=it.people["owner"]), it.people["owner"], SEASON_START)
        await eventually(
            lambda: it.got("officer", f"/agreements/{initiative}"), lambda shown: "iban" not in shown["bank_details"]
        )
        await it.ask(payments.IssuePayment, tranche, tranche_id=tranche)
        (answer,) = await it.told("FundingCommandRefused")
        assert "bank_details_missing" in answer.data


async def test_a_payment_that_cannot_leave_now_leaves_later_and_once(
    service_environment: Mapping[str, str], token: Token, tmp_path: Path
) -> None:
    obstacle = tmp_path / "payments"
    obstacle.write_text("a file where the directory should be")
    async with scene(service_environment, token) as it:
        await it.publish_call(140_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        await it.confirmed(initiative)
        tranche = await it.accepted(initiative)
        issued = await it.done("accountant", f"/tranches/{tranche}/payments")
        refused = await it.by("accountant", "GET", f"/payments/{issued['payment_id']}/file")
        assert (refused.status_code, refused.json()["code"]) == (503, "payment_not_sent")
        obstacle.unlink()
        written = obstacle / f"pain001-{issued['payment_id']}.xml"

        async def there() -> bool:
            return written.exists()

        await eventually(there)
        assert await it.dead_letters() == []
