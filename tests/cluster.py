"""The example overlay of deploy/kubernetes, built, and what tests ask of it."""

from importlib import import_module
from typing import Any

from pydantic_settings import BaseSettings

from deploy.local import services
from tests import manifests

OVERLAY = manifests.ROOT / "overlays" / "example"
BUILT = manifests.build(OVERLAY)
NAMES = (*services.SERVICES, services.WORKER)


def of_kind(kind: str) -> dict[str, Any]:
    """The manifests of that kind, by name."""
    return {each["metadata"]["name"]: each for each in BUILT if each["kind"] == kind}


PROCESSES = tuple(name.removeprefix("tremplin-") for name in of_kind("Deployment"))
SETTINGS: dict[str, str] = of_kind("ConfigMap")["tremplin-settings"]["data"]


def pod(kind: str, name: str) -> dict[str, Any]:
    """The template of the pods of a Deployment or a Job."""
    template: dict[str, Any] = of_kind(kind)[name]["spec"]["template"]
    return template


def container(kind: str, name: str) -> dict[str, Any]:
    (found,) = pod(kind, name)["spec"]["containers"]
    return dict(found)


def settings_class(name: str) -> type[BaseSettings]:
    module = "workflows.settings" if name == services.WORKER else f"services.{name}.settings"
    found: type[BaseSettings] = import_module(module).Settings
    return found
