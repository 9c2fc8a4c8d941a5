"""What benchmarks make of their rounds, and where they write it."""

from pathlib import Path

import pytest

from tests.benchmarks import lists, report
from tests.benchmarks.__main__ import ALL
from tests.benchmarks.figures import Aim, Figure, percentile
from tests.benchmarks.load import Measured
from tests.benchmarks.machine import here


def test_a_ratio_is_that_of_the_same_round() -> None:
    figure = Figure("submissions", "/s", [100, 50, 80], "bare", [200, 50, 100], Aim(least=0.5))
    assert (figure.value, figure.ratio, figure.spread, figure.met) == (80, 0.8, (0.5, 1.0), True)


@pytest.mark.parametrize(
    ("aim", "met"), [(Aim(most=150), True), (Aim(most=149), False), (Aim(least=151), False), (None, None)]
)
def test_a_figure_that_is_compared_with_nothing_is_judged_itself(aim: Aim | None, met: bool | None) -> None:
    figure = Figure("latency", "ms", [100, 200, 150], aim=aim)
    assert (figure.ratio, figure.spread, figure.met) == (None, (100, 200), met)


def test_percentiles_lie_between_what_was_found() -> None:
    assert percentile([10, 20], 50) == 15
    assert percentile(range(1, 102), 99) == 100


def test_the_page_has_a_place_for_every_part() -> None:
    page = report.PAGE.read_text(encoding="utf-8")
    assert not [part for part in ALL if f"<!-- bench:{part} -->" not in page or f"<!-- /bench:{part} -->" not in page]


def test_only_the_figures_of_a_part_change_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("By hand.\n<!-- bench:a -->\nold\n<!-- /bench:a -->\nBy hand too.\n", encoding="utf-8")
    monkeypatch.setattr(report, "PAGE", page)
    more = {"processor µs each": 1234.5, "kB": 0.5, "rounds": 3}
    report.update_page("a", here(), [Figure("pages", "/s", [0.5], "empty", [2], Aim(least=0.5), more)])
    text = page.read_text(encoding="utf-8")
    assert "| pages | 0.5 /s | 2 /s (empty) | 0.25 | 0.25 | ≥ 0.5: missed |" in text
    assert "| processor µs each | 1,234 |" in text
    assert text.startswith("By hand.\n")
    assert text.endswith("\nBy hand too.\n")
    assert "old" not in text
    with pytest.raises(SystemExit, match="no place for the figures of b"):
        report.update_page("b", here(), [])


def test_a_list_that_goes_on_is_judged_against_a_full_page() -> None:
    found = {
        20: [Measured(100, 0, 0)],
        50: [Measured(80, 0, 0)],
        3740: [Measured(70, 0, 0)],
        8415: [Measured(10, 0, 0)],
    }
    met = {figure.what: (figure.ratio, figure.met) for figure in lists.compared("list", found, 50)}
    assert met == {
        "list: 20": (None, None), "list: 50": (0.8, None), "list: 3740": (0.875, True), "list: 8415": (0.125, False),
    }  # fmt: skip
