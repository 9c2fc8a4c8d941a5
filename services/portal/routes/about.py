"""About the site: how accessible it is, who publishes it, what it knows of people, and where everything is."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from services.portal.admission import anyone
from services.portal.navigation import AREAS, PUBLIC, Link
from services.portal.page import Page
from services.portal.words import N_

router = APIRouter()
KEPT_SECONDS = 300
FURTHER = (
    Link("/laureates/map", N_("Map of the laureates")),
    Link("/funded-projects", N_("Funded projects")),
)
ABOUT = (
    Link("/accessibility", N_("Accessibility")),
    Link("/legal", N_("Legal notice")),
    Link("/privacy", N_("Personal data")),
    Link("/site-map", N_("Site map")),
    Link("/feedback", N_("Give my opinion")),
)
PRIVATE = sorted({f"/{link.path.split('/')[1]}" for link in AREAS} | {"/login", "/logout", "/resume", "/callback"})


@router.get("/accessibility")
async def accessibility(page: Page = anyone()) -> Response:
    return await page.render_public("public/accessibility.html", KEPT_SECONDS)


@router.get("/legal")
async def legal(page: Page = anyone()) -> Response:
    settings = page.parts.settings
    return await page.render_public(
        "public/legal.html", KEPT_SECONDS, publisher=settings.publisher, contact=settings.contact, host=settings.hosting
    )


@router.get("/privacy")
async def privacy(page: Page = anyone()) -> Response:
    settings = page.parts.settings
    return await page.render_public(
        "public/privacy.html", KEPT_SECONDS, publisher=settings.publisher, contact=settings.contact,
        idle_minutes=settings.idle_seconds // 60, longest_hours=settings.absolute_seconds // 3_600,
    )  # fmt: skip


@router.get("/site-map")
async def site_map(page: Page = anyone()) -> Response:
    return await page.render_public(
        "public/site-map.html", KEPT_SECONDS, groups=(PUBLIC, FURTHER, ABOUT), private=AREAS
    )


@router.get("/robots.txt")
async def robots(page: Page = anyone()) -> Response:
    """Public pages may be listed; areas of persons, searches and the way in may not."""
    lines = ["User-agent: *", *(f"Disallow: /{name}{path}" for name in ("fr", "en") for path in PRIVATE)]
    lines += ["Disallow: /*?after="]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})
