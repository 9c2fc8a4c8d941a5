"""The part that a person sees: a request comes, somebody is chosen, the browser goes back to the client; and the logout."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from deploy.local.provider import screens
from deploy.local.provider.issuing import Provider
from deploy.local.provider.persons import DemoPerson, Newcomer
from deploy.local.provider.requests import FRENCH, Asked, Refused, Untrusted, check, single, trusted_address
from deploy.local.provider.texts import TEXTS

Pairs = list[tuple[str, str]]
_FIELDS = ("given_name", "family_name", "email")
_LONGEST_PAGE = 6
_LONGEST_SEARCH = 100


def install(api: FastAPI, provider: Provider) -> None:
    """Add the provider's pages to ``api``."""
    root = urlsplit(provider.issuer).path

    @api.api_route(f"{root}/authorize", methods=["GET", "POST"])
    async def authorize(request: Request) -> Response:
        pairs = await _pairs(request)
        try:
            address = trusted_address(pairs, provider.client)
        except Untrusted as wrong:
            return screens.stopped("untrusted", field=wrong.field)
        try:
            asked = check(single(pairs), provider.shape)
        except Refused as refusal:
            return _told(provider, address, refusal, dict(pairs).get("state"))
        return RedirectResponse(f"{root}/choose/{provider.choosing.put(asked)}?lang={asked.language}", 303)

    _install_choice(api, provider, root)
    _install_newcomer(api, provider, root)

    @api.api_route(f"{root}/session/end", methods=["GET", "POST"])
    async def end_session(request: Request) -> Response:
        return _left(provider, await _pairs(request))


def _install_choice(api: FastAPI, provider: Provider, root: str) -> None:
    @api.get(f"{root}/choose/{{name}}")
    async def choose(name: str, q: str = "", role: str = "", page: str = "1", lang: str = FRENCH) -> Response:
        asked = provider.choosing.get(name)
        if asked is None:
            return screens.stopped("expired", _language(lang))
        return _page(provider, f"{root}/choose/{name}", asked, lang, words=q, role=role, page=page)

    @api.post(f"{root}/choose/{{name}}")
    async def chosen(name: str, request: Request, lang: str = FRENCH) -> Response:
        asked = provider.choosing.get(name)
        if asked is None:
            return screens.stopped("expired", _language(lang))
        person = provider.persons.find(provider.shape.kind, _entered(await _pairs(request), "person")["person"])
        if person is None:
            return _page(provider, f"{root}/choose/{name}", asked, lang, wrong=("person",))
        return _back(provider, name, person, lang)

    @api.post(f"{root}/choose/{{name}}/cancel")
    async def cancel(name: str) -> Response:
        asked = provider.choosing.take(name)
        if asked is None:
            return screens.stopped("expired")
        return _told(provider, asked.redirect_uri, Refused("access_denied"), asked.state)


def _install_newcomer(api: FastAPI, provider: Provider, root: str) -> None:
    @api.post(f"{root}/choose/{{name}}/newcomer")
    async def newcomer(name: str, request: Request, lang: str = FRENCH) -> Response:
        asked = provider.choosing.get(name)
        if asked is None:
            return screens.stopped("expired", _language(lang))
        entered = _entered(await _pairs(request), *_FIELDS)
        try:
            found = Newcomer.model_validate(entered)
        except ValidationError as error:
            wrong = {str(item["loc"][0]) for item in error.errors(include_input=False)}
            return _page(
                provider, f"{root}/choose/{name}", asked, lang,
                wrong=[field for field in _FIELDS if field in wrong], entered=entered,
            )  # fmt: skip
        return _back(provider, name, provider.persons.welcome(provider.shape.kind, found), lang)


def _page(
    provider: Provider, path: str, asked: Asked, lang: str, words: str = "", role: str = "", page: str = "1",
    wrong: tuple[str, ...] | list[str] = (), entered: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    kind = provider.shape.kind
    number = int(page) if page.isascii() and page.isdecimal() and len(page) <= _LONGEST_PAGE else 1
    words, role = words[:_LONGEST_SEARCH], role[:_LONGEST_SEARCH]
    found = provider.persons.search(kind, words, role, number)
    return screens.choice(path, kind, asked.redirect_uri, _language(lang), words, role, found, wrong, entered)


def _back(provider: Provider, name: str, person: DemoPerson, lang: str) -> Response:
    """To the client with a code, once: of two choices for one request, the first counts."""
    asked = provider.choosing.take(name)
    if asked is None:
        return screens.stopped("expired", _language(lang))
    return _sent(provider, asked.redirect_uri, {"code": provider.choose(asked, person), "state": asked.state})


def _told(provider: Provider, address: str, refusal: Refused, state: str | None) -> Response:
    about = {"error_description": refusal.about} if refusal.about else {}
    return _sent(provider, address, {"error": refusal.code, **about, **({"state": state} if state else {})})


def _sent(provider: Provider, address: str, answer: Mapping[str, str]) -> Response:
    """Back to the client, with the issuer's name beside the answer (RFC 9207)."""
    return _redirect(address, {**answer, "iss": provider.issuer})


def _left(provider: Provider, pairs: Pairs) -> Response:
    """OpenID Connect RP-Initiated Logout 1.0: back to a registered address, with the state that came."""
    given = dict(pairs)
    address, state = given.get("post_logout_redirect_uri", ""), given.get("state", "")
    if len(given) != len(pairs) or address not in provider.client.logout_uris:
        return screens.stopped("untrusted", field="post_logout_redirect_uri")
    if len(state) < provider.shape.least_secret:
        return screens.stopped("untrusted", field="state")
    if not provider.may_leave(given.get("id_token_hint", "")):
        return screens.stopped("untrusted", field="id_token_hint")
    return _redirect(address, {"state": state})


def _redirect(address: str, answer: Mapping[str, str]) -> Response:
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{urlencode(answer)}", 303)


async def _pairs(request: Request) -> Pairs:
    """The parameters of a GET or of a form, in order; files are nothing."""
    if request.method == "GET":
        return request.query_params.multi_items()
    form = await request.form(max_files=0, max_fields=50)
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _entered(pairs: Pairs, *names: str) -> dict[str, str]:
    given = dict(pairs)
    return {name: given.get(name, "") for name in names}


def _language(lang: str) -> str:
    return lang if lang in TEXTS else FRENCH
