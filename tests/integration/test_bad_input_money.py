"""Money asked for, ordered or reported wrongly: a clear answer, and not a cent moves."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from deploy.local import bank
from tests.conftest import Token
from tests.funding_scene import Scene, scene

BILLION_LAUGHS = (
    b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(
        f"<!ENTITY {name} '{f'&{before};' * 10}'>".encode() for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + b"]><Document>&i;</Document>"
)
OUTSIDE = b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><Document>&x;</Document>"


def about(file: bytes, payment: str, other: str) -> bytes:
    """The bank's answer to a file, with a second transaction on another payment."""
    answer = bank.answer(file)
    end = answer.index(b"</OrgnlPmtInfAndSts>")
    start = answer.index(b"<TxInfAndSts>")
    second = answer[start:end].replace(payment.encode(), other.encode())
    return answer[:end] + second + answer[end:]


async def refused(it: Scene, who: str, path: str, body: Any, status: int, code: str, key: str | None = None) -> None:
    answer = await it.by(who, "POST", path, body, key)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def ready(it: Scene) -> Any:
    await it.publish_call(150_000_00)
    initiative = await it.prepared()
    await it.done("officer", f"/agreements/{initiative}/countersignature")
    await it.confirmed(initiative)
    return initiative


async def test_a_report_that_is_wrong_anywhere_settles_nothing(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        payment, file = await it.issued(await it.accepted(await ready(it)))
        short = payment.replace("-", "")
        good, path = bank.answer(file), "/bank-statements"
        wrong: list[tuple[Any, int, str]] = [
            (BILLION_LAUGHS, 422, "xml_forbidden"),
            (OUTSIDE, 422, "xml_forbidden"),
            (b"<!DOCTYPE d>" + good.split(b"?>", 1)[1], 422, "xml_forbidden"),
            (about(file, short, uuid4().hex), 422, "payment_unknown"),
            (good.replace(b"80000.00", b"80000.01"), 422, "amount_mismatch"),
            (good.replace(b"ACSC", b"WHAT"), 422, "statement_invalid"),
            (good[:-20], 422, "xml_malformed"),
            ({"settled": True}, 422, "xml_malformed"),
            (b"", 422, "xml_malformed"),
            (good.replace(b"</Document>", b" " * 1_100_000 + b"</Document>"), 413, "too_large"),
        ]
        for document, status, code in wrong:
            await refused(it, "accountant", path, document, status, code)
        await refused(it, "officer", path, good, 403, "forbidden")
        assert (await it.got("authority", f"/envelopes/{it.call}"))["paid_cents"] == 0
        assert (await it.done("accountant", path, good))["settled"] == 1
        await refused(it, "accountant", path, good, 409, "payment_already_settled")
        await refused(it, "accountant", path, bank.reject_all(file), 409, "payment_already_settled")
        await it.told("PaymentSettled")
        assert len(await it.told("PaymentSettled")) == 1
        assert await it.dead_letters() == []


async def test_a_key_goes_with_one_report(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        initiative = await ready(it)
        _, first = await it.issued(await it.accepted(initiative))
        _, second = await it.issued(await it.accepted(initiative, "committee"))
        done = await it.by("accountant", "POST", "/bank-statements", bank.answer(first), "key")
        assert done.status_code == 200
        await refused(it, "accountant", "/bank-statements", bank.answer(second), 422, "idempotency_key_reused", "key")
        again = await it.by("accountant", "POST", "/bank-statements", bank.answer(first), "key")
        assert again.json() == done.json()
        assert (await it.done("accountant", "/bank-statements", bank.answer(second)))["settled"] == 1


async def test_steps_out_of_turn_and_by_the_wrong_side_move_nothing(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        initiative = await ready(it)
        tranche, unknown = await it.opened(initiative, "committee"), uuid4()
        path = f"/tranches/{tranche}"
        await refused(it, "officer", f"{path}/certification", None, 409, "out_of_turn")
        await refused(it, "officer", f"{path}/order", None, 409, "out_of_turn")
        await it.done("owner", f"{path}/request")
        await refused(it, "officer", f"{path}/order", None, 409, "out_of_turn")
        await refused(it, "accountant", f"{path}/certification", None, 403, "forbidden")
        await it.done("officer", f"{path}/certification")
        await refused(it, "accountant", f"{path}/acceptance", None, 409, "out_of_turn")
        await refused(it, "accountant", f"{path}/order", None, 403, "forbidden")
        await it.done("officer", f"{path}/order")
        await refused(it, "officer", f"{path}/acceptance", None, 403, "forbidden")
        await refused(it, "accountant", f"{path}/payments", None, 409, "out_of_turn")
        for step in ("payments", "acceptance"):
            await refused(it, "accountant", f"/tranches/{unknown}/{step}", None, 404, "tranche_unknown")
        file = await it.by("accountant", "GET", f"/payments/{unknown}/file")
        assert (file.status_code, file.json()["code"]) == (404, "not_found")
        assert (await it.got("accountant", path))["status"] == "ordered"


async def test_an_amount_that_is_none_changes_no_book(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        initiative = await ready(it)
        for cents in (0, -1, 10**13 + 1, 10**30, 1.5, "1e2", True, None, [1]):
            body = {"amount_cents": cents, "reason": "stop"}
            await refused(it, "officer", f"/agreements/{initiative}/recoveries", body, 422, "invalid_request")
            ruling = await it.by("authority", "POST", f"/envelopes/{it.call}/decisions", body)
            assert (ruling.status_code, ruling.json()["code"]) in ((422, "invalid_request"), (422, "below_committed"))
        assert (await it.got("authority", f"/envelopes/{it.call}"))["amount_cents"] == 150_000_00
