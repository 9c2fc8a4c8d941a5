"""Pages by area: a module (or package) for each, with its ``router``."""

import importlib
import pkgutil

from fastapi import APIRouter


def all_routers() -> tuple[APIRouter, ...]:
    """The routers of all areas, in the order of their names."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(module.router for module in modules)
