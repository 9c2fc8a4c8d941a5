"""The receipt of a submission, and an agreement, as accessible PDFs (PDF/UA-1), set by Typst."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from services.portal.formats import Formats
from services.portal.words import N_, word

TEMPLATE = Path(__file__).parent / "receipts" / "receipt.typ"


def receipt_pdf(
    receipt: Mapping[str, Any], title: str, applicant: str, language: str, say: Callable[[str], str]
) -> bytes:
    """The PDF of a receipt as ``applications`` gives it. What people typed is data to the template, never markup."""
    formats = Formats(language)
    facts = (
        (N_("Number"), receipt["number"]),
        (N_("Call"), receipt["call"]["title"][language]),
        (N_("Title of the initiative"), title),
        (N_("Applicant"), applicant),
        (N_("Submitted on"), formats.moment(receipt["submitted_at"])),
        (N_("Without an answer, refused on"), formats.day(receipt["silence_at"])),
        (N_("Fingerprint of the content (SHA-256)"), receipt["content_digest"]),
    )
    data = {
        "language": language,
        "title": say(N_("Receipt of an application")),
        "programme": say(N_("Citizen-initiative accelerator")),
        "facts": [[say(name), str(value)] for name, value in facts if value],
        "remedies_title": say(N_("Remedies and delays")),
        "remedies": receipt["remedies"][language],
    }
    return _set(data)


def agreement_pdf(
    agreement: Mapping[str, Any], title: str, clauses: Sequence[str], language: str, say: Callable[[str], str]
) -> bytes:
    """The PDF of an agreement as ``funding`` gives it to its beneficiary, with what it says (``clauses``, translated)."""
    formats = Formats(language)
    facts = [
        (say(N_("Number")), agreement["number"]),
        (say(N_("Initiative")), title),
        (say(N_("Beneficiary")), agreement["beneficiary"]),
        (say(N_("Amount of the grant")), formats.money(agreement["amount_cents"])),
        *((say(word("tranche", each["code"])), _tranche(formats, each, say)) for each in agreement["tranches"]),
        (say(N_("State")), say(word("agreement_progress", agreement["status"]))),
        (say(N_("Signed by both on")), formats.day(agreement["signed_at"])),
    ]
    data = {
        "language": language,
        "title": say(N_("Agreement for a grant")),
        "programme": say(N_("Citizen-initiative accelerator")),
        "facts": [[name, str(value)] for name, value in facts if value],
        "remedies_title": say(N_("What the agreement says")),
        "remedies": "\n".join(clauses),
    }
    return _set(data)


def _tranche(formats: Formats, tranche: Mapping[str, Any], say: Callable[[str], str]) -> str:
    return f"{formats.money(tranche['amount_cents'])} – {say(word('tranche_after', tranche['after']))}"


def _set(data: Mapping[str, Any]) -> bytes:
    return bytes(
        typst.compile(
            str(TEMPLATE), root=str(TEMPLATE.parent), format="pdf", pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(data)},
        )
    )  # fmt: skip
