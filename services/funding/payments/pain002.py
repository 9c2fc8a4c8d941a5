"""The bank's answer as ISO 20022 pain.002, read strictly: no document type, no entities, nothing guessed.

See the Payment Status Report, versions 03 to 14, and the external code set ExternalStatusReason1Code.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from contracts.model import Model
from services.funding.domain.refusals import PaymentUnknown, StatementInvalid, XmlForbidden, XmlMalformed

_ROOT = re.compile(r"^\{(urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.(?:0[3-9]|1[0-4]))\}Document$")
_REASON = re.compile(r"^[A-Z][A-Z0-9]{3}$")
_MESSAGE = re.compile(r"^[A-Za-z0-9/?:().,'+ -]{1,35}$")
_SETTLED = ("ACSC", "ACCC")
_REJECTED = "RJCT"
_PENDING = ("ACCP", "ACSP", "ACTC", "ACWC", "ACWP", "PDNG", "RCVD")
STATUSES = (*_SETTLED, _REJECTED, *_PENDING)
_TEXT_LIMIT = 140


class BankAnswer(Model):
    """What a report says of one payment: settled, rejected with ``reason`` (in lower case), or neither yet."""

    payment_id: UUID
    settled: bool = False
    reason: str | None = None
    amount_cents: int | None = None

    @property
    def final(self) -> bool:
        return self.settled or self.reason is not None


class Statement(Model):
    message_id: str
    answers: tuple[BankAnswer, ...]


def read(document: bytes) -> Statement:
    """The answers in a report, transaction by transaction, or the group's when it names none.

    Raises ``XmlForbidden``, ``XmlMalformed``, ``StatementInvalid`` with the field, ``PaymentUnknown`` for an id not of ours.
    """
    try:
        root = fromstring(document, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise XmlForbidden from None
    except (ParseError, ValueError, LookupError):
        raise XmlMalformed from None
    namespace = _ROOT.match(root.tag)
    if namespace is None:
        raise StatementInvalid(field="Document")
    ns = {"": namespace[1]}
    message = _text(root, "CstmrPmtStsRpt/GrpHdr/MsgId", ns)
    if not _MESSAGE.match(message):
        raise StatementInvalid(field="MsgId")
    answers = tuple(_answers(root, ns))
    if not answers:
        raise StatementInvalid(field="TxInfAndSts")
    if len({answer.payment_id for answer in answers}) < len(answers):
        raise StatementInvalid("A payment is answered twice in one report", field="OrgnlEndToEndId")
    return Statement(message_id=message, answers=answers)


def _answers(root: Element, ns: dict[str, str]) -> Iterator[BankAnswer]:
    transactions = root.findall("CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts", ns)
    for transaction in transactions:
        payment = _payment(_text(transaction, "OrgnlEndToEndId", ns))
        yield _answer(payment, _text(transaction, "TxSts", ns), transaction, ns)
    for group in () if transactions else root.findall("CstmrPmtStsRpt/OrgnlGrpInfAndSts", ns):
        yield _answer(_payment(_text(group, "OrgnlMsgId", ns)), _text(group, "GrpSts", ns), group, ns)


def _answer(payment: UUID, status: str, element: Element, ns: dict[str, str]) -> BankAnswer:
    if status not in STATUSES:
        raise StatementInvalid(field="TxSts", allowed=list(STATUSES))
    reason = _reason(element, ns) if status == _REJECTED else None
    amount = element.find("OrgnlTxRef/Amt/InstdAmt", ns)
    cents = None if amount is None else _cents(amount)
    return BankAnswer(payment_id=payment, settled=status in _SETTLED, reason=reason, amount_cents=cents)


def _reason(element: Element, ns: dict[str, str]) -> str:
    code = element.findtext("StsRsnInf/Rsn/Cd", None, ns)
    if code is None:
        return "unspecified"
    if not _REASON.match(code):
        raise StatementInvalid(field="StsRsnInf/Rsn/Cd")
    return code.lower()


def _cents(amount: Element) -> int:
    try:
        cents = Decimal(amount.text or "") * 100
    except InvalidOperation:
        raise StatementInvalid(field="InstdAmt") from None
    if amount.get("Ccy") != "EUR" or not cents.is_finite() or cents != int(cents):
        raise StatementInvalid(field="InstdAmt", allowed={"Ccy": "EUR"})
    return int(cents)


def _payment(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise PaymentUnknown(field="OrgnlEndToEndId") from None


def _text(element: Element, path: str, ns: dict[str, str]) -> str:
    text = (element.findtext(path, None, ns) or "").strip()
    if not text or len(text) > _TEXT_LIMIT:
        raise StatementInvalid(field=path.rsplit("/", 1)[-1])
    return text
