"""Errors over HTTP: ``application/problem+json`` (RFC 9457) with a stable code, the field and what is allowed; never input."""

import json
from collections.abc import Iterable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pymongo.errors import PyMongoError
from starlette.exceptions import HTTPException

from contracts.decision import Refusal

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
UNREADABLE = 400
"""FastAPI's status for a body that is no text, or nested too deeply to be read."""

_CODES = {401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


MAX_FIELD = 200
_ECHOING = {
    "value_error": "Value error",
    "assertion_error": "Value error",
    "union_tag_invalid": "Input tag is not known",
}
"""What is said instead of messages that hold input."""


class Problem(JSONResponse):
    """A problem document in ASCII: a field may bear a name that is no text, such as half of a surrogate pair."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode()


def problem(status: int, code: str, title: str, **members: Any) -> JSONResponse:
    """A problem document; members that are None are left out."""
    body = {"type": f"urn:tremplin:problem:{code}", "title": title, "status": status, "code": code}
    body |= {name: value for name, value in members.items() if value not in (None, "", [])}
    headers = {"Retry-After": "1"} if status == 503 else None
    return Problem(body, status, headers=headers)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101
    return problem(
        error.status,
        error.code,
        error.title,
        detail=error.detail,
        field=error.field,
        allowed=error.allowed,
        problems=error.problems,
    )


def field_of(place: Iterable[object]) -> str:
    """The dotted name of a place in a request, in ASCII and bounded: unknown fields bear whatever name they were sent under."""
    return ".".join(map(str, place)).encode("ascii", "backslashreplace").decode()[:MAX_FIELD]


def _unreadable(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_explained(item["type"], item["msg"], item["loc"], item.get("ctx", {})) for item in found]


def _explained(code: str, message: str, place: Iterable[object], context: dict[str, Any]) -> dict[str, Any]:
    allowed = context.get("expected", context.get("expected_tags"))
    explained = {
        "field": field_of(part for part in place if part != "body") or "body",
        "code": code,
        "detail": _ECHOING.get(code, message),
    }
    return explained if allowed is None else {**explained, "allowed": allowed}


async def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    problems = _unreadable(list(error.errors()))
    code = "malformed_json" if any(item["code"] == "json_invalid" for item in problems) else "invalid_request"
    first = problems[0]
    return problem(422, code, "The request is malformed", field=first["field"], problems=problems)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == UNREADABLE:
        return problem(422, "malformed_json", "The request is malformed", field="body")
    response = problem(error.status_code, _CODES.get(error.status_code, "http_error"), str(error.detail))
    response.headers.update(error.headers or {})
    return response


async def _unavailable(_: Request, error: Exception) -> JSONResponse:
    log.error("database.unavailable", error=type(error).__name__)
    return problem(503, "database_unavailable", "The database does not answer or cannot write")


async def _beyond(_: Request, error: Exception) -> JSONResponse:
    return problem(422, "out_of_range", "A number or a date is beyond what can be kept; nothing was changed")


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", error=type(error).__name__)
    return problem(500, "internal_error", "Something went wrong on our side; nothing was acknowledged")


def install(api: FastAPI) -> None:
    """Make ``api`` answer every error as a problem document."""
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(PyMongoError, _unavailable)
    api.add_exception_handler(OverflowError, _beyond)
    api.add_exception_handler(Exception, _unexpected)
