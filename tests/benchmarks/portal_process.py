"""A portal as a process of its own that also answers ``/fr/empty``: an empty template, made each time."""

import uvloop
from fastapi import APIRouter
from jinja2 import Template
from starlette.responses import HTMLResponse, Response

from services.chassis.runtime import run
from services.chassis.settings import read
from services.portal.admission import anyone
from services.portal.main import Portal
from services.portal.page import Page
from services.portal.settings import Settings

router = APIRouter()
EMPTY = Template("<!doctype html>\n<html lang={{ language }}>\n<title>-</title>\n", autoescape=True)


@router.get("/empty")
async def empty(page: Page = anyone()) -> Response:
    return HTMLResponse(EMPTY.render(language=page.language))


async def _serve() -> None:
    portal = Portal(read(Settings))
    portal.app.include_router(router)
    await run(portal)


if __name__ == "__main__":
    uvloop.run(_serve())
