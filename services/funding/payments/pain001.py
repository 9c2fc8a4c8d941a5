"""Credit transfers as ISO 20022 pain.001.001.09: one payment, one file, the same bytes whenever it is written again.

sepaxml lays the document out and counts it; its random ids and system time are replaced by what follows from the payment.
"""

from functools import lru_cache
from importlib.resources import files
from xml.etree.ElementTree import register_namespace, tostring

import xmlschema
from defusedxml.ElementTree import fromstring
from sepaxml import SepaTransfer

from contracts.model import Model
from services.funding.domain.paris import day_of
from services.funding.domain.payment import Instruction

SCHEMA = "pain.001.001.09"
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"


class Debtor(Model):
    """The account that pays."""

    name: str
    iban: str
    bic: str


class PaymentFileInvalid(ValueError):
    """The file would not be valid for its schema. The text names no content."""


@lru_cache(maxsize=1)
def schema() -> xmlschema.XMLSchema:
    """The schema of ISO 20022 that comes with sepaxml."""
    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / f"{SCHEMA}.xsd"))


def write(instruction: Instruction, debtor: Debtor) -> bytes:
    """The file of one payment, valid for the schema, with its number of transactions and control sum.

    The payment's id without hyphens is the id of message, payment information and transaction (EndToEndId).
    Raises ``PaymentFileInvalid``.
    """
    identity = instruction.payment_id.hex
    config = {"name": debtor.name, "IBAN": debtor.iban, "BIC": debtor.bic, "batch": False, "currency": "EUR"}
    transfer = SepaTransfer(config, schema=SCHEMA, clean=True)
    payment = {
        "name": instruction.account.holder,
        "IBAN": instruction.account.iban,
        "amount": instruction.amount_cents,
        "execution_date": day_of(instruction.issued_at),
        "description": instruction.reference,
        "endtoend_id": identity,
    }
    if instruction.account.bic:
        payment["BIC"] = instruction.account.bic
    transfer.add_payment(payment)
    return _settled(transfer.export(validate=False), identity, f"{instruction.issued_at:%Y-%m-%dT%H:%M:%SZ}")


def _settled(document: bytes, identity: str, created: str) -> bytes:
    root = fromstring(document)
    for name, text in (("MsgId", identity), ("PmtInfId", identity), ("CreDtTm", created)):
        for element in root.iter(f"{{{NAMESPACE}}}{name}"):
            element.text = text
    if not schema().is_valid(root):
        raise PaymentFileInvalid("payment_file_invalid")
    register_namespace("", NAMESPACE)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
