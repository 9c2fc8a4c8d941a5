"""The part that only the client sees: discovery, keys, the token endpoint, userinfo."""

import base64
import binascii
import hmac
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from deploy.local.provider.issuing import ALGORITHM, Provider
from deploy.local.provider.requests import Client, Refused, single
from services.chassis.tokens import public_keys


def install(api: FastAPI, provider: Provider) -> None:
    """Add the provider's machine endpoints to ``api``."""
    root = urlsplit(provider.issuer).path

    @api.get(f"{root}/.well-known/openid-configuration")
    async def discovery() -> JSONResponse:
        await provider.answering("discovery")
        return JSONResponse(_metadata(provider))

    @api.get(f"{root}/jwks")
    async def jwks() -> JSONResponse:
        await provider.answering("jwks")
        return JSONResponse(public_keys(provider.key))

    @api.post(f"{root}/token")
    async def token(request: Request) -> Response:
        await provider.answering("token")
        form = await request.form(max_files=0, max_fields=50)
        try:
            given = single((name, value) for name, value in form.multi_items() if isinstance(value, str))
            _require_client(provider.client, request.headers.get("authorization", ""), given)
            if given.get("grant_type") != "authorization_code":
                raise Refused("unsupported_grant_type", "grant_type")
            found = provider.redeem(given.get("code", ""), given.get("redirect_uri", ""), given.get("code_verifier"))
        except Refused as refusal:
            return _refused(refusal)
        return JSONResponse(found)

    @api.api_route(f"{root}/userinfo", methods=["GET", "POST"])
    async def userinfo(request: Request) -> Response:
        await provider.answering("userinfo")
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        grant = provider.granted(value) if scheme.casefold() == "bearer" else None
        if grant is None:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, HTTPStatus.UNAUTHORIZED, headers=challenge)
        content, media_type = provider.told(grant)
        return Response(content, media_type=media_type)


def _metadata(provider: Provider) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0."""
    issuer, shape = provider.issuer, provider.shape
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/session/end",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": list(shape.scopes),
        "claims_supported": sorted({"sub", *(claim for claims in shape.scopes.values() for claim in claims)}),
        "acr_values_supported": list(shape.levels),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "userinfo_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": ["fr", "en"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
    }


def _require_client(client: Client, authorization: str, given: dict[str, str]) -> None:
    """The client says who it is in one way (RFC 6749, 2.3). Raises ``Refused``."""
    if authorization and "client_secret" in given:
        raise Refused("invalid_request", "client_secret")
    name, secret = _basic(authorization) if authorization else (given.get("client_id"), given.get("client_secret"))
    same = hmac.compare_digest((secret or "").encode(), client.secret.encode())
    if name != client.id or not same:
        raise Refused("invalid_client")


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    try:
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_client") from None
    if scheme.casefold() != "basic" or not colon:
        raise Refused("invalid_client")
    return unquote_plus(name), unquote_plus(secret)


def _refused(refusal: Refused) -> JSONResponse:
    unknown = refusal.code == "invalid_client"
    about = {"error_description": refusal.about} if refusal.about else {}
    return JSONResponse(
        {"error": refusal.code, **about},
        HTTPStatus.UNAUTHORIZED if unknown else HTTPStatus.BAD_REQUEST,
        headers={"WWW-Authenticate": "Basic"} if unknown else None,
    )
