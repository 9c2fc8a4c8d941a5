"""Static files: read once, named by their content so that browsers keep them for ever, and compressed beforehand."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
STYLES = ("tokens.css", "layout.css", "forms.css", "data.css", "public.css", "print.css")
FOREVER = "public, max-age=31536000, immutable"
_COMPRESSED = {"text/css", "text/javascript", "image/svg+xml", "application/json"}
_LEAST_BYTES = 500


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    kind: str
    plain: bytes
    packed: bytes | None


class Assets:
    """Every file under ``static/``, by its address; ``portal.css`` is put together from the styles."""

    def __init__(self, folder: Path = FOLDER) -> None:
        contents = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in {".js", ".svg", ".png", ".ico", ".woff2", ".txt"}
        }
        contents["portal.css"] = b"\n".join((folder / name).read_bytes() for name in STYLES if (folder / name).exists())
        self._by_address: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        for name, content in contents.items():
            asset = _asset(name, content)
            address = f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"
            self._by_address[address], self._addresses[name] = asset, address

    def address(self, name: str) -> str:
        """Where a static file is found. Raises ``KeyError`` for one that is not there."""
        return self._addresses[name]

    async def serve(self, request: Request) -> Response:
        """The file, compressed where the browser takes that; an address of another version is not found."""
        asset = self._by_address.get(request.url.path)
        if asset is None:
            return Response("Not found", 404, media_type="text/plain")
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(asset.plain, media_type=asset.kind, headers=headers)


def _asset(name: str, content: bytes) -> Asset:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packable = kind in _COMPRESSED and len(content) >= _LEAST_BYTES
    return Asset(name, kind, content, gzip.compress(content, 9, mtime=0) if packable else None)
