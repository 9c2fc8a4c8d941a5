"""What is on the screen as a file: CSV and XLSX, row by row, without formulas.

CSV is UTF-8 with a byte order mark, fields apart by semicolons, lines by CR LF: what spreadsheets open as it stands in France.
A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection); in XLSX a text is a
text. Amounts, dates and numbers are theirs, not the page's texts, so that they can be counted on.
"""

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Literal

from starlette.responses import StreamingResponse
from xlsxwriter import Workbook

from services.portal.formats import ZONE
from services.portal.page import Page

BOM = "\ufeff"
SEPARATOR = ";"
CHUNK_BYTES = 64 * 1024
MAX_CELL = 32_000
"""Characters; XLSX has 32 767 at most."""
CSV_KIND = "text/csv; charset=utf-8"
XLSX_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = re.compile(r"^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|]|^[\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]+")
Form = Literal["csv", "xlsx"]
Rows = AsyncIterator[Mapping[str, Any]] | Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """``name``: the key of a row; ``label``: what stands above it, translated."""

    name: str
    label: str


def export(page: Page, rows: Rows, columns: Sequence[Column], form: Form, name: str) -> StreamingResponse:
    """The rows as a file to download, called ``name`` with the day. A row's missing key is an empty cell.

    Values: texts, numbers, ``Decimal``, booleans (in words), dates, instants (in Paris time), lists of texts, ``None``.
    """
    stem = _NOT_IN_NAMES.sub("-", name).strip("-") or "export"
    file = f"{stem}-{page.now.astimezone(ZONE):%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "private, no-store"}
    told = _told(page, rows, columns)
    if form == "csv":
        return StreamingResponse(_csv(told, columns), media_type=CSV_KIND, headers=headers)
    return StreamingResponse(_xlsx(told, columns, stem), media_type=XLSX_KIND, headers=headers)


async def _told(page: Page, rows: Rows, columns: Sequence[Column]) -> AsyncIterator[list[Any]]:
    words = {True: page._("Yes"), False: page._("No")}
    async for row in _each(rows):
        yield [_plain(row.get(column.name), words) for column in columns]


async def _each(rows: Rows) -> AsyncIterator[Mapping[str, Any]]:
    if isinstance(rows, AsyncIterator):
        async for row in rows:
            yield row
    else:
        for row in rows:
            yield row


def _plain(value: Any, words: Mapping[bool, str]) -> Any:
    if isinstance(value, bool):
        return words[value]
    if isinstance(value, list | tuple | set | frozenset):
        return _text(", ".join(map(str, value)))
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return _text(str(value))


def _text(value: str) -> str:
    return _CONTROL.sub("", value)[:MAX_CELL]


def neutral(value: Any) -> Any:
    """A value for a CSV cell: a text that could be a formula is none any more."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


async def _csv(rows: AsyncIterator[list[Any]], columns: Sequence[Column]) -> AsyncIterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=SEPARATOR)
    buffer.write(BOM)
    writer.writerow([neutral(column.label) for column in columns])
    async for row in rows:
        writer.writerow([neutral(value) for value in row])
        if buffer.tell() >= CHUNK_BYTES:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


async def _xlsx(rows: AsyncIterator[list[Any]], columns: Sequence[Column], name: str) -> AsyncIterator[bytes]:
    with tempfile.TemporaryFile() as file:
        await _fill(file, rows, columns, name)
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


async def _fill(file: IO[bytes], rows: AsyncIterator[list[Any]], columns: Sequence[Column], name: str) -> None:
    """One row at a time in memory; the file is put together at the end, off the loop."""
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True})
    formats: dict[type, Any] = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(columns) - 1), 18)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.label, head)
    number = 0
    async for row in rows:
        number += 1
        for at, value in enumerate(row):
            _write(sheet, number, at, value, formats)
    await asyncio.to_thread(book.close)


def _write(sheet: Any, row: int, column: int, value: Any, formats: Mapping[type, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        kind = datetime if isinstance(value, datetime) else date
        sheet.write_datetime(row, column, value, formats[kind])
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)
