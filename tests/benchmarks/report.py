"""Figures for people: a file for each part, a table in the terminal, and the part's place in ``docs/performance.md``."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from tests.benchmarks.figures import Figure

FOLDER = Path("var/bench")
PAGE = Path("docs/performance.md")
GIGABYTE = 1_000_000_000
_COLUMNS = ("what", "ours", "compared with", "ratio", "rounds", "aim")


def keep(part: str, where: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Write the part's file below ``FOLDER``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {"part": part, **where, "figures": [figure.as_dict() for figure in figures]}
    (FOLDER / f"{part}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def table(figures: Sequence[Figure], title: str) -> Table:
    """The figures of a part, or of all."""
    found = Table(*_COLUMNS, title=title)
    for figure in figures:
        found.add_row(*_row(figure))
    return found


def update_page(part: str, where: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Put the figures between the part's two marks on the page; what people wrote around them stays.

    Raises ``SystemExit`` with a sentence when the page has no such marks.
    """
    begin, end = f"<!-- bench:{part} -->", f"<!-- /bench:{part} -->"
    page = PAGE.read_text(encoding="utf-8")
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{PAGE} has no place for the figures of {part}: put {begin} and {end} into it")
    PAGE.write_text(f"{before}{begin}\n{_section(where, figures)}\n{end}{after}", encoding="utf-8")


def _section(where: dict[str, Any], figures: Sequence[Figure]) -> str:
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_row, figures)]
    return "\n\n".join([_stamp(where), _lines(rows), *_details(figures)])


def _stamp(where: dict[str, Any]) -> str:
    machine = where["machine"]
    memory = f"{machine['memory_bytes'] / GIGABYTE:.1f} GB"
    servers = ", ".join(dict.fromkeys(where["servers"].values()))
    place = f"{machine['processor']}, {machine['cores']} cores, {memory}"
    return f"{where['at'][:10]}, commit {where['commit']}, Python {where['versions']['python']}; {place}; {servers}."


def _details(figures: Sequence[Figure]) -> list[str]:
    """What figures have beside them: a line for each, or for each detail when there are more of those."""
    detailed = [figure for figure in figures if figure.more]
    names = list(dict.fromkeys(name for figure in detailed for name in figure.more))
    if not detailed:
        return []
    cells = [[_shown(figure.more[name]) if name in figure.more else "" for name in names] for figure in detailed]
    rows = [["", *names], *([figure.what, *line] for figure, line in zip(detailed, cells, strict=True))]
    if len(names) > len(detailed):
        rows = [list(column) for column in zip(*rows, strict=True)]
    return [_lines([rows[0], ["---"] * len(rows[0]), *rows[1:]])]


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    low, high = map(_shown, figure.spread)
    compared = f"{_shown(figure.as_dict()['limit'])} {figure.unit} ({figure.against})" if figure.limit else ""
    aim = f"{figure.aim}: {'met' if figure.met else 'missed'}" if figure.aim else ""
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    rounds = low if low == high else f"{low} – {high}"
    return figure.what, f"{_shown(figure.value)} {figure.unit}".strip(), compared, ratio, rounds, aim


def _shown(number: float) -> str:
    """Three digits that count."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return re.sub(r"\.?0+$", "", f"{number:.2f}") if number else "0"
