"""What a template becomes."""

from pathlib import Path

import pytest

from services.portal import presentation
from services.portal.assets import Assets
from services.portal.presentation import Presentation


def test_no_page_holds_a_character_that_html_forbids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presentation, "FOLDER", tmp_path)
    (tmp_path / "said.html").write_text("<p>{{ text }}</p>")
    said = "a\x00\x08b\tc\nd\x85\ufffe é 🌱"
    assert Presentation(Assets(), {}).render("fr", "said.html", {"text": said}) == "<p>ab\tc\nd é 🌱</p>"
