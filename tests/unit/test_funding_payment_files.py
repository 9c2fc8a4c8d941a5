"""Payment files (pain.001) out, the bank's reports (pain.002) in."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.decision import Refusal
from deploy.local import bank
from services.funding.domain import refusals
from services.funding.domain.agreement import BankDetails
from services.funding.domain.payment import Instruction
from services.funding.payments import pain001, pain002
from services.funding.payments.files import PaymentFiles
from tests.funding import IBAN, PROOF

DEBTOR = pain001.Debtor(name="Programme Tremplin (exemple)", iban=IBAN, bic="AGRIFRPP")
PAYMENT = UUID("8a1d5c0e-6f0b-4a58-9d6e-2f3f5b0c7d11")


def order(cents: int = 80_000_00, holder: str = "Société d'Été & Fils", bic: str | None = None) -> Instruction:
    account = BankDetails(holder=holder, iban=IBAN, bic=bic, proof=PROOF)
    issued = datetime(2022, 3, 31, 22, 30, tzinfo=UTC)
    return Instruction(
        payment_id=PAYMENT, issued_at=issued, amount_cents=cents, account=account, reference="AIC-2021-000042 start"
    )


def report(transaction: str, header: str = "<MsgId>M1</MsgId>", version: str = "10") -> bytes:
    information = f"<OrgnlPmtInfAndSts>{transaction}</OrgnlPmtInfAndSts>"
    body = f"<CstmrPmtStsRpt><GrpHdr>{header}</GrpHdr>{information}</CstmrPmtStsRpt>"
    return f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">{body}</Document>'.encode()


def answered(status: str, extra: str = "", payment: str = PAYMENT.hex) -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>{payment}</OrgnlEndToEndId><TxSts>{status}</TxSts>{extra}</TxInfAndSts>"


@pytest.mark.parametrize(
    ("cents", "text"), [(80_000_00, "80000.00"), (1, "0.01"), (10, "0.10"), (123_456_789, "1234567.89")]
)
def test_a_file_is_valid_counted_summed_and_always_the_same(cents: int, text: str) -> None:
    document = pain001.write(order(cents), DEBTOR)
    assert pain001.schema().is_valid(document.decode())
    assert document == pain001.write(order(cents), DEBTOR)
    for expected in (f"<CtrlSum>{text}</CtrlSum>", "<NbOfTxs>1</NbOfTxs>", f'<InstdAmt Ccy="EUR">{text}</InstdAmt>'):
        assert expected.encode() in document
    assert f"<EndToEndId>{PAYMENT.hex}</EndToEndId>".encode() in document
    assert b"<ReqdExctnDt><Dt>2022-04-01</Dt></ReqdExctnDt>" in document, "the day as in Paris"


def test_a_bic_is_written_when_there_is_one() -> None:
    assert b"<BICFI>BNPAFRPP</BICFI>" in pain001.write(order(bic="BNPAFRPP"), DEBTOR)


def test_a_file_that_would_be_invalid_is_not_written() -> None:
    with pytest.raises(pain001.PaymentFileInvalid):
        pain001.write(order(), DEBTOR.model_copy(update={"iban": "x"}))


def test_a_payment_has_one_file_whole_and_private(tmp_path: Path) -> None:
    files = PaymentFiles(tmp_path / "payments", DEBTOR)
    first = files.send(order())
    assert files.send(order(holder="Another")) == first
    (path,) = (tmp_path / "payments").iterdir()
    assert path == files.path(PAYMENT)
    assert (path.read_bytes(), path.stat().st_mode & 0o077) == (first, 0)


@pytest.mark.parametrize("cents", [1, 99_999_999_99])
def test_the_bank_settles_or_rejects_what_it_was_sent(cents: int) -> None:
    document = pain001.write(order(cents), DEBTOR)
    (settled,) = pain002.read(bank.answer(document)).answers
    assert settled == pain002.BankAnswer(payment_id=PAYMENT, settled=True, amount_cents=cents)
    (rejected,) = pain002.read(bank.reject_all(document)).answers
    assert rejected == pain002.BankAnswer(payment_id=PAYMENT, reason="ac04", amount_cents=cents)
    assert bank.answer(document) == bank.answer(document) != bank.reject_all(document)


@pytest.mark.parametrize("status", ["ACSP", "PDNG"])
def test_a_status_on_the_way_is_no_answer_yet(status: str) -> None:
    (answer,) = pain002.read(report(answered(status))).answers
    assert not answer.final


def test_a_group_status_answers_for_the_file() -> None:
    group = f"<OrgnlGrpInfAndSts><OrgnlMsgId>{PAYMENT.hex}</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"
    document = report("").replace(b"<OrgnlPmtInfAndSts></OrgnlPmtInfAndSts>", group.encode())
    (answer,) = pain002.read(document).answers
    assert answer == pain002.BankAnswer(payment_id=PAYMENT, reason="unspecified")


BOMB = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">&b;</Document>'
)
EXTERNAL = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><Document>&x;</Document>'
DOCTYPE = b'<!DOCTYPE Document SYSTEM "http://example.org/x.dtd">' + report(answered("ACSC"))


@pytest.mark.parametrize("document", [BOMB, EXTERNAL, DOCTYPE], ids=["entity bomb", "external entity", "document type"])
def test_entities_and_document_types_are_forbidden(document: bytes) -> None:
    with pytest.raises(refusals.XmlForbidden):
        pain002.read(document)


AMOUNT = '<OrgnlTxRef><Amt><InstdAmt Ccy="{}">{}</InstdAmt></Amt></OrgnlTxRef>'


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"", refusals.XmlMalformed),
        (b"not xml", refusals.XmlMalformed),
        (b"\xff\xfe\x00", refusals.XmlMalformed),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', refusals.XmlMalformed),
        (b"<Document/>", refusals.StatementInvalid),
        (report(answered("ACSC"), version="02"), refusals.StatementInvalid),
        (report(answered("ACSC"), header=""), refusals.StatementInvalid),
        (report(answered("ACSC"), header="<MsgId>" + "M" * 36 + "</MsgId>"), refusals.StatementInvalid),
        (report(""), refusals.StatementInvalid),
        (report(answered("WHAT")), refusals.StatementInvalid),
        (report(answered("ACSC") * 2), refusals.StatementInvalid),
        (report(answered("RJCT", "<StsRsnInf><Rsn><Cd>!</Cd></Rsn></StsRsnInf>")), refusals.StatementInvalid),
        (report(answered("ACSC", AMOUNT.format("USD", "1.00"))), refusals.StatementInvalid),
        (report(answered("ACSC", AMOUNT.format("EUR", "1.001"))), refusals.StatementInvalid),
        (report(answered("ACSC", AMOUNT.format("EUR", "NaN"))), refusals.StatementInvalid),
        (report(answered("ACSC", AMOUNT.format("EUR", "x"))), refusals.StatementInvalid),
        (report(answered("ACSC", payment="NOTPROVIDED")), refusals.PaymentUnknown),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused(document: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        pain002.read(document)


def test_a_report_of_many_payments_is_read_in_one() -> None:
    payments = [uuid4() for _ in range(500)]
    statement = pain002.read(report("".join(answered("ACSC", payment=each.hex) for each in payments)))
    assert [answer.payment_id for answer in statement.answers] == payments
