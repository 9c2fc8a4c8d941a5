"""The receipt of a submission, and an agreement, as accessible PDFs (PDF/UA-1), set by Typst.

That profile allows no character without a glyph. What no font of the machine has (emoji, Chinese…) is shown as "□": a receipt
is always made. Its fingerprint is of what was typed.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from services.portal.formats import Formats
from services.portal.words import N_, word

TEMPLATE = Path(__file__).parent / "receipts" / "receipt.typ"
NO_GLYPH = "□"
ROUNDS = 3
"""How often Typst is asked: what it finds after it has replaced something, such as what a replaced one was joined to, is new."""
_REFUSED = re.compile(r'(?:the text|codepoint) `"(.+?)"`', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_BEYOND_LATIN = re.compile(r"[^\n -~\u00a0-\u017f\u2010-\u2026\u202f\u20ac\u25a1]")


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
    text = json.dumps(data, ensure_ascii=False)
    for _ in range(ROUNDS):
        try:
            return _compiled(text)
        except typst.TypstError as error:
            refused = "".join(_REFUSED.findall(error.diagnostic))
            refused = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), refused)
            text = text.translate({ord(each): NO_GLYPH for each in refused if _BEYOND_LATIN.match(each)})
    return _compiled(_BEYOND_LATIN.sub(NO_GLYPH, text))


def _compiled(text: str) -> bytes:
    return bytes(
        typst.compile(
            str(TEMPLATE), root=str(TEMPLATE.parent), format="pdf", pdf_standards=["ua-1"], sys_inputs={"data": text}
        )
    )
