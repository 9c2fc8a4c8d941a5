"""A site of a few small pages under the portal's content security policy, on which the bench is tried."""

from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_VENDOR = Path(__file__).parents[2] / "services" / "portal" / "static" / "vendor"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)

PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="htmx-config" content='{{"includeIndicatorCSS":false,"extensions":"sse"}}'>
<title>Essai</title>
<link rel="stylesheet" href="/style.css">
<script src="/vendor/htmx.min.js"></script>
<script src="/vendor/hx-sse.min.js"></script>
</head>
<body>
<a href="#contenu">Aller au contenu</a>
<main id="contenu">
<h1>Essai</h1>
{main}
</main>
</body>
</html>
"""
FORM = """<form id="nom" method="post" action="/saluer" data-hx-post="/saluer" data-hx-target="#nom" data-hx-swap="outerHTML">
{error}<p><label for="qui">Votre nom</label> <input id="qui" name="qui"></p>
<p><label><input type="radio" name="ton" value="tu"> Tutoyer</label>
<label><input type="radio" name="ton" value="vous"> Vouvoyer</label></p>
<p><label for="pays">Pays</label> <select id="pays" name="pays"><option>Belgique</option><option>France</option></select></p>
<p><button>Saluer</button></p>
</form>"""
_REFUSED = '<p id="erreur" role="alert">Dites votre nom.</p>'
_STREAM = '<div id="suite" data-hx-sse:connect="/flux" data-hx-sse:close="fin"><p>Pas encore.</p></div>'
_STYLE = """body { color: #111; background: #fff }
.pale { color: #ccc }
:focus-visible { outline: 3px solid #000 }
.nu { outline: none }"""


async def _page(request: Request) -> Response:
    return _html(PAGE.format(main=request.query_params.get("main") or FORM.format(error="") + _STREAM))


async def _greet(request: Request) -> Response:
    form = await request.form()
    name = form.get("qui")
    partial = request.headers.get("HX-Request-Type") == "partial"
    main = f"<p>Bonjour {name}, {form.get('ton')}, {form.get('pays')}.</p>" if name else FORM.format(error=_REFUSED)
    return _html(main if partial else PAGE.format(main=main), 200 if name else 422)


async def _stream(_: Request) -> Response:
    async def events() -> AsyncIterator[str]:
        yield "data: <p>Un pas de plus.</p>\n\n"
        yield "event: fin\ndata: x\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def _style(_: Request) -> Response:
    return Response(_STYLE, media_type="text/css")


async def _give(_: Request) -> Response:
    answer = RedirectResponse("/biscuit", 303)
    answer.set_cookie("biscuit", "sec", httponly=True)
    return answer


async def _show(request: Request) -> Response:
    return _html(PAGE.format(main=f"<p>Biscuit : {request.cookies.get('biscuit', 'aucun')}</p>"))


async def _broken(_: Request) -> Response:
    return _html(PAGE.format(main="<p>Panne.</p>"), 500)


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, {"Content-Security-Policy": _POLICY})


def site() -> Starlette:
    """``/?main=…`` shows any markup as a page's main part; without it, a form that greets and an event stream."""
    routes = [Route("/", _page), Route("/saluer", _greet, methods=["POST"]), Route("/flux", _stream)]
    routes += [Route("/style.css", _style), Route("/panne", _broken)]
    routes += [Route("/donner", _give), Route("/biscuit", _show)]
    return Starlette(routes=[*routes, Mount("/vendor", StaticFiles(directory=_VENDOR))])
