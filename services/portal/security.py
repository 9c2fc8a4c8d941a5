"""What every answer and every unsafe request of the portal is held to: headers, origin, CSRF token, rates, addresses to return to.

After the OWASP cheat sheets on CSP, CSRF and unvalidated redirects, and ASVS 5.0 (V3, V7).
"""

import hmac
import secrets

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains"


class TooMany(Exception):
    """More requests than allowed from one place, or by one person."""


class ForeignRequest(Exception):
    """An unsafe request that did not come from a page of the portal for this very person."""


class SecurityHeaders:
    """Adds the headers to every answer; an answer that says nothing of caches is for nobody else."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        self._headers = {**HEADERS, **({"Strict-Transport-Security": HSTS} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                message["headers"] = headers.raw
            await send(message)

        await self.app(scope, receive, sending if scope["type"] == "http" else send)


def require_same_origin(headers: Headers, origin: str) -> None:
    """An unsafe request names the portal as its origin (or its browser says so). Raises ``ForeignRequest``."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise ForeignRequest
    if headers.get("origin", "").rstrip("/") != origin and not (site == "same-origin" and "origin" not in headers):
        raise ForeignRequest


def masked(token: str) -> str:
    """A CSRF token as a page carries it: another text each time, so that compression cannot tell it (BREACH)."""
    raw = token.encode()
    mask = secrets.token_bytes(len(raw))
    return (mask + bytes(left ^ right for left, right in zip(mask, raw, strict=True))).hex()


def unmasked(sent: str) -> str:
    """The token that ``masked`` made ``sent`` of; some text that is no token for anything else."""
    try:
        raw = bytes.fromhex(sent)
    except ValueError:
        return ""
    half = len(raw) // 2
    return bytes(left ^ right for left, right in zip(raw[:half], raw[half:], strict=False)).decode("ascii", "replace")


def sent_token(request: Request, form: FormData) -> str:
    """The CSRF token that came with a form, unmasked, or in a header where there is no form."""
    sent = form.get("csrf") or request.headers.get("x-csrf-token", "")
    return unmasked(sent) if isinstance(sent, str) else ""


def same(found: str, token: str) -> bool:
    """Whether two tokens are the same, told in a time that does not depend on where they differ."""
    return hmac.compare_digest(found.encode(), token.encode())


def local_path(path: str | None, otherwise: str) -> str:
    """``path`` when it is one of the portal's own, else ``otherwise``: nobody is sent elsewhere."""
    if not path or not path.startswith("/") or path.startswith("//") or any(c in path for c in "\\\r\n\t"):
        return otherwise
    return path


class Rates:
    """How often one address, or one person, may do something, by kind; kept in the process.

    ``sent`` is for all forms of a person together, as the settings say.
    """

    LIMITS = {"login": "30/minute", "form": "20/minute", "lookup": "60/minute", "parked": "60/minute"}  # noqa: RUF012

    def __init__(self, forms_a_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        limits = {**self.LIMITS, "sent": f"{forms_a_minute}/minute"}
        self._limits = {kind: parse(text) for kind, text in limits.items()}

    async def require(self, request: Request, kind: str) -> None:
        """One more from the request's address. Raises ``TooMany``."""
        await self.require_of(request.client.host if request.client else "unknown", kind)

    async def require_of(self, whom: str, kind: str) -> None:
        """One more of an address or a person. Raises ``TooMany``."""
        if not await self._limiter.hit(self._limits[kind], kind, whom, cost=1):
            raise TooMany
