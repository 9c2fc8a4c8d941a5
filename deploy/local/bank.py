"""The bank's side of the embedded platform and of tests: from a payment file (pain.001) to the answer (pain.002) to it.

It stands outside the services and knows nothing but the file, as a bank would.
"""

from collections.abc import Mapping
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import fromstring

_PAIN_001 = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
PAIN_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def answer(payment_file: bytes, rejections: Mapping[str, str] | None = None) -> bytes:
    """The report on every transaction of ``payment_file``: settled, or rejected with the reason that ``rejections`` gives.

    ``rejections`` maps an EndToEndId to a code of ExternalStatusReason1Code, such as ``AC04`` (account closed).
    """
    refused = dict(rejections or {})
    request = fromstring(payment_file, forbid_dtd=True)
    message = request.findtext(f".//{_PAIN_001}GrpHdr/{_PAIN_001}MsgId", "")
    created = request.findtext(f".//{_PAIN_001}GrpHdr/{_PAIN_001}CreDtTm", "")
    document = Element("Document", xmlns=PAIN_002)
    report = SubElement(document, "CstmrPmtStsRpt")
    header = SubElement(report, "GrpHdr")
    _add(header, "MsgId", sha256(payment_file + repr(sorted(refused.items())).encode()).hexdigest()[:32])
    _add(header, "CreDtTm", created)
    group = SubElement(report, "OrgnlGrpInfAndSts")
    _add(group, "OrgnlMsgId", message)
    _add(group, "OrgnlMsgNmId", "pain.001.001.09")
    for information in request.iter(f"{_PAIN_001}PmtInf"):
        status = SubElement(report, "OrgnlPmtInfAndSts")
        _add(status, "OrgnlPmtInfId", information.findtext(f"{_PAIN_001}PmtInfId", ""))
        for transfer in information.iter(f"{_PAIN_001}CdtTrfTxInf"):
            _transaction(status, transfer, refused)
    written: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def reject_all(payment_file: bytes, code: str = "AC04") -> bytes:
    """The report that rejects every transaction of ``payment_file`` with ``code``."""
    found = fromstring(payment_file, forbid_dtd=True).iter(f"{_PAIN_001}EndToEndId")
    return answer(payment_file, {element.text or "": code for element in found})


def _transaction(status: Element, transfer: Element, refused: Mapping[str, str]) -> None:
    end_to_end = transfer.findtext(f"{_PAIN_001}PmtId/{_PAIN_001}EndToEndId", "")
    instructed = transfer.find(f"{_PAIN_001}Amt/{_PAIN_001}InstdAmt")
    transaction = SubElement(status, "TxInfAndSts")
    _add(transaction, "OrgnlEndToEndId", end_to_end)
    _add(transaction, "TxSts", "RJCT" if end_to_end in refused else "ACSC")
    if end_to_end in refused:
        reason = SubElement(SubElement(transaction, "StsRsnInf"), "Rsn")
        _add(reason, "Cd", refused[end_to_end])
    if instructed is not None:
        amount = SubElement(SubElement(transaction, "OrgnlTxRef"), "Amt")
        SubElement(amount, "InstdAmt", Ccy=instructed.get("Ccy", "")).text = instructed.text


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
