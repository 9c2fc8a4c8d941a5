"""The provider's pages: rendered without scripts, under a policy that allows none (CSP level 3)."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from deploy.local.provider.persons import Kind, Page
from deploy.local.provider.requests import ENGLISH, FRENCH
from deploy.local.provider.texts import ROLES, TEXTS

_HERE = Path(__file__).parent
STYLE = (_HERE / "static" / "provider.css").read_bytes()
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
)
_COLON = {FRENCH: " :", ENGLISH: ":"}


def choice(
    path: str, kind: Kind, redirect_uri: str, language: str, words: str, role: str, page: Page,
    wrong: Sequence[str] = (), entered: Mapping[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    """The page on which a person is chosen. ``wrong`` are the fields to mend, ``entered`` what was typed into them."""
    link = partial(_link, path, {"lang": language, "q": words, "role": role})
    return _answer(
        "choose.html", language, 422 if wrong else 200, redirect_uri,
        title=TEXTS[language][f"title_{kind}"], kind=kind, here=path, link=link, words=words, role=role,
        roles=ROLES[language], page=page, wrong=wrong, entered=entered or {}, colon=_COLON[language],
    )  # fmt: skip


def stopped(reason: str, language: str = FRENCH, **about: str) -> HTMLResponse:
    """A page that leads nowhere: ``reason`` is ``untrusted`` or ``expired``."""
    text = TEXTS[language]
    return _answer(
        "stopped.html",
        language,
        400,
        None,
        title=text[f"title_{reason}"],
        message=text[reason].format(**about),
        wrong=(),
    )


def policy(redirect_uri: str | None) -> str:
    """The Content-Security-Policy. Forms lead here, and by redirect to the client: browsers check both."""
    target = ""
    if redirect_uri:
        address = urlsplit(redirect_uri)
        target = f" {address.scheme}://{address.netloc}"
    return (
        f"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'{target}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def _link(path: str, state: Mapping[str, str], page: int = 1, language: str | None = None) -> str:
    asked = {**state, **({"lang": language} if language else {}), **({"page": str(page)} if page > 1 else {})}
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


def _answer(template: str, language: str, status: int, redirect_uri: str | None, **given: Any) -> HTMLResponse:
    content = _TEMPLATES.get_template(template).render(language=language, text=TEXTS[language], **given)
    return HTMLResponse(content, status, headers={"Content-Security-Policy": policy(redirect_uri)})
