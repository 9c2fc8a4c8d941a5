"""Reading an upload as it comes, and no further than its limit."""

from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.applications.domain import attachments
from services.applications.domain.refusals import AttachmentTooLarge, UploadMalformed

MAX_NAME = 200
OVERHEAD = 64 * 1024
"""Bytes of a request beside the file: boundaries, headers, other parts."""


@dataclass
class Upload:
    """One file: the name and type that it is sent under, and its bytes."""

    name: str = ""
    declared: str = ""
    content: bytearray = field(default_factory=bytearray)


class _Reader:
    """The parser's callbacks; keeps the part named ``file``, within its limit."""

    def __init__(self, boundary: bytes, limit: int) -> None:
        self.upload: Upload | None = None
        self.ended = False
        self._limit = limit
        self._header, self._value = bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._wanted = False
        self.parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._header_ended,
                "on_headers_finished": self._part_begins,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )

    def _header_ended(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _part_begins(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._wanted = options.get(b"name") == b"file" and self.upload is None
        if self._wanted:
            name = options.get(b"filename", b"").decode(errors="replace").replace("\\", "/").rsplit("/", 1)[-1]
            printable = "".join(character for character in name if character.isprintable())
            declared = self._headers.get(b"content-type", b"").decode("latin-1")
            self.upload = Upload(printable[-MAX_NAME:], declared)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._wanted and self.upload is not None:
            self.upload.content += data[start:end]
            if len(self.upload.content) > self._limit:
                raise AttachmentTooLarge(field="file", allowed=attachments.limits())

    def _end(self) -> None:
        self.ended = True


async def read_upload(request: Request, limit: int) -> Upload:
    """The part named ``file`` of a multipart/form-data request, of at most ``limit`` bytes.

    Raises ``AttachmentTooLarge`` at the first byte too many, and before any when the request says so itself;
    ``UploadMalformed`` when there is no such part, or an empty one, or the request ends in its middle.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit + OVERHEAD:
        raise AttachmentTooLarge(field="file", allowed=attachments.limits())
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise UploadMalformed(field="content-type", allowed="multipart/form-data")
    try:
        reader = _Reader(options[b"boundary"], limit)
        async for chunk in request.stream():
            reader.parser.write(chunk)
        reader.parser.finalize()
    except FormParserError:
        raise UploadMalformed(field="body") from None
    if not reader.ended or reader.upload is None or not reader.upload.content:
        raise UploadMalformed(field="file")
    return reader.upload
