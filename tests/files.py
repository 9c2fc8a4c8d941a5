"""Small files of every kind that is taken, and some that lie."""

import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20)
SCRIPT = b"#!/bin/sh\necho hello\n"
_OFFICE = "application/vnd.openxmlformats-officedocument"


def archive(**members: str) -> bytes:
    """A ZIP file with these members, ``__`` in a name standing for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as found:
        for name, text in members.items():
            found.writestr(zipfile.ZipInfo(name.replace("__", ".")), text)
    return buffer.getvalue()


def _office(main: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as found:
        types = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
        found.writestr(zipfile.ZipInfo("[Content_Types].xml"), types, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


ODT = archive(mimetype="application/vnd.oasis.opendocument.text", content__xml="<a/>")
ODS = archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", content__xml="<a/>")
DOCX = _office(f"{_OFFICE}.wordprocessingml.document.main+xml")
XLSX = _office(f"{_OFFICE}.spreadsheetml.sheet.main+xml")
DOCM = _office("application/vnd.ms-word.document.macroEnabled.main+xml")
ZIP = archive(readme="hello")
