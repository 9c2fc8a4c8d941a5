"""What a file is, by its content: PDF (ISO 32000), PNG (RFC 2083), JPEG, OpenDocument text, Office Open XML.

Office files are ZIP archives whose own table says what they hold; of it only two small members are read, within bounds.
"""

import io
import zipfile
import zlib

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {"pdf": PDF, "png": PNG, "jpg": JPEG, "jpeg": JPEG, "odt": ODT, "docx": DOCX, "xlsx": XLSX}
ALLOWED = (PDF, PNG, JPEG, ODT, DOCX, XLSX)
_ANYTHING = ("", "application/octet-stream", "binary/octet-stream")
_MAIN_PARTS = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_PDF_HEADER_WITHIN = 1_024
_MEMBER_BYTES = 200_000


def type_of(content: bytes) -> str | None:
    """The media type of ``content``, one of ``ALLOWED``, or None for anything else, damaged files among it."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return PDF if b"%PDF-" in content[:_PDF_HEADER_WITHIN] and b"%%EOF" in content else None


def _office_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "mimetype" in archive.namelist():
                return ODT if _member(archive, "mimetype").strip() == ODT.encode() else None
            parts = _member(archive, "[Content_Types].xml")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, zlib.error):
        return None
    return next((found for main, found in _MAIN_PARTS.items() if main in parts), None)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_MEMBER_BYTES)


def claimed(name: str, media_type: str) -> tuple[str, ...]:
    """The media types that a file's name and its declared type claim; nothing for a declaration that says nothing."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    declared = media_type.split(";")[0].strip().lower()
    by_name = EXTENSIONS.get(extension, f"unknown/{extension}") if extension else ""
    return tuple(claim for claim in (by_name, declared) if claim not in _ANYTHING)
