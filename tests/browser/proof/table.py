"""The portal's own table of routes, to which addresses are traced back."""

from collections.abc import Iterable
from functools import cached_property
from typing import Literal, get_origin
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.portal.admission import Admit, admissions
from services.portal.routes import all_routers

OUTSIDE = ("/login", "/callback/", "/language/", "/robots.txt")
"""The ways in and out, and what is for machines: the tests of the log-in and of the doors have them."""
SITE_MAP = "/fr/site-map"
"""A public page, which says to everyone which areas there are."""


class Table:
    """Every route, in the order in which they are tried, with whom it declares to be for."""

    def __init__(self) -> None:
        app = FastAPI()
        for router in all_routers():
            app.include_router(router)
        self.admissions = list(admissions(app))

    @cached_property
    def pages(self) -> list[APIRoute]:
        """The routes with a GET."""
        return [route for route, _ in self.admissions if "GET" in (route.methods or ())]

    def route(self, address: str, method: str = "GET") -> tuple[APIRoute, Admit] | None:
        """The route that answers at an address of the portal and whom it is for, or nothing."""
        path = local(address)
        of_method = (each for each in self.admissions if method in (each[0].methods or ()))
        return next((each for each in of_method if each[0].path_regex.match(path)), None)

    @cached_property
    def forms(self) -> set[str]:
        """The paths of the routes that a form is sent to."""
        return {route.path for route, _ in self.admissions if "POST" in (route.methods or ())}

    def form(self, address: str, method: str) -> str:
        """The path of the route that a form is sent to; the address itself where there is none."""
        found = self.route(address, method)
        return found[0].path if found else address

    def leads(self, route: APIRoute, admit: Admit, origin: str, roles: Iterable[str]) -> bool:
        """Whether somebody in these roles follows a link to the route; no role is the public."""
        held = frozenset(roles)
        if route.path.startswith(OUTSIDE) or admit.public == bool(held):
            return False
        return origin != SITE_MAP or not admit.roles or not held.isdisjoint(admit.roles)

    def unreached(self, seen: Iterable[str]) -> set[str]:
        """The pages that are not among these."""
        return {route.path for route in self.pages if not route.path.startswith(OUTSIDE)} - set(seen)


def kind(route: APIRoute, address: str) -> str:
    """The route's path, with those of its parts that are one of a few words as the address has them."""
    match, words = route.path_regex.match(local(address)), list[str]()
    for field in route.dependant.path_params:
        if match and get_origin(field.field_info.annotation) is Literal:
            words.append(match[field.alias])
    return " ".join([route.path, *words])


def local(address: str) -> str:
    """An address' path without its language."""
    return "/" + urlsplit(address).path.lstrip("/").partition("/")[2]
