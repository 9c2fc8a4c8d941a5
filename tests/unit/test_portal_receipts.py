"""Receipts and agreements as PDFs, whatever script a title or a name is written in."""

from typing import Any

import pytest

from services.portal.receipts import agreement_pdf, receipt_pdf

NAMES = {
    "emoji": "Jardins 🌱👩🏽‍🌾 partagés ❤️ 1️⃣ 🇫🇷",
    "Chinese": "你好 国",
    "Thai": "ไทย",
    "right to left": "مبادرة المواطنين \u202eabc",
    "Hebrew": "עברית",
    "no characters": "\ufeff\ufffe\U000f0000",
    "markup": '#panic() `"🌱"` \\u{41} $x$ \\',
}
RECEIPT: dict[str, Any] = {
    "number": "AIC-2026-000001",
    "call": {"title": {"fr": "Appel", "en": "Call"}},
    "submitted_at": "2026-03-01T10:00:00Z",
    "silence_at": "2026-05-01",
    "content_digest": "ab" * 32,
    "remedies": {"fr": "Recours gracieux.\nRecours contentieux.", "en": "Review.\nCourt."},
}


def _receipt(title: str, applicant: str = "Zoé Essai") -> bytes:
    return receipt_pdf(RECEIPT, title, applicant, "fr", str)


@pytest.mark.parametrize("script", NAMES)
def test_a_receipt_is_made_for_any_name(script: str) -> None:
    for made in (_receipt(NAMES[script]), _receipt("Jardins", NAMES[script])):
        assert made.startswith(b"%PDF")
        assert b"pdfuaid" in made


@pytest.mark.parametrize("script", NAMES)
def test_an_agreement_is_made_for_any_name(script: str) -> None:
    agreement = {
        "number": "CONV-1", "beneficiary": NAMES[script], "amount_cents": 1_000_000, "status": "signed",
        "signed_at": "2026-06-01", "tranches": [{"code": "first", "amount_cents": 1_000_000, "after": "signature"}],
    }  # fmt: skip
    assert b"pdfuaid" in agreement_pdf(agreement, NAMES[script], ["Première clause."], "fr", str)


def test_letters_that_a_font_has_are_not_replaced() -> None:
    boxes = len(_receipt("□" * 16))
    assert len(_receipt("你" * 16)) < boxes + 100
    assert len(_receipt("مبادرة المواطنين 🌱")) > boxes + 500
