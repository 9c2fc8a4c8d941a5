"""The receipt of a submission as an accessible PDF (PDF/UA-1), set by Typst."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typst

from services.portal.formats import Formats
from services.portal.words import N_

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
    return bytes(
        typst.compile(
            str(TEMPLATE), root=str(TEMPLATE.parent), format="pdf", pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(data)},
        )
    )  # fmt: skip
