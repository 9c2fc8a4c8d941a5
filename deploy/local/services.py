"""The services of an installation: their names, their composition roots, and the environment each process gets."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.local import portal
from deploy.local.directory import DataDirectory
from deploy.local.portal import PORTAL, PROVIDER
from deploy.local.ports import LOOPBACK
from deploy.local.refusals import SettingInvalid, port_variable

SERVICES = ("people", "applications", "evaluation", "coaching", "funding", "observatory", "notifications", "feedback")
WORKER = "worker"
ISSUER = "issuer"
ALL = "all"
FOR_DEMONSTRATION = (ISSUER, PROVIDER)
WITHOUT_EVENTS = (PORTAL, *FOR_DEMONSTRATION)
KNOWN = (*SERVICES, WORKER, *WITHOUT_EVENTS)
_ROOTS = {WORKER: "workflows.worker", ISSUER: "deploy.local.issuer", PROVIDER: "deploy.local.provider.main"}
_PORT_NAMES = {WORKER: "workflows"}
_PASSED_ON = ("OTEL_", "TREMPLIN_", "KAFKA_", "TEMPORAL_", "PYTHON", "LC_")
_KEPT = ("PATH", "LANG", "HOME", "TMPDIR", "TZ", "VIRTUAL_ENV")


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """The names of services to serve, ``all`` spelled out (every service, the worker and the portal), each once, in order.

    Raises ``SettingInvalid`` for a name that is none.
    """
    spelled = [each for name in names for each in ((*SERVICES, WORKER, PORTAL) if name == ALL else (name,))]
    if not spelled or set(spelled) - set(KNOWN):
        raise SettingInvalid("The service name", "one of " + ", ".join((ALL, *KNOWN)))
    return tuple(dict.fromkeys(spelled))


def root_module(name: str) -> str:
    """The module whose ``build`` makes the service of that name."""
    return _ROOTS.get(name, f"services.{name}.main")


def port_name(name: str) -> str:
    """The name under which a service's port is known: the worker's is ``workflows``."""
    return _PORT_NAMES.get(name, name)


def wanted_ports(environment: Mapping[str, str], names: Iterable[str]) -> dict[str, int]:
    """The ports that the environment fixes, by name; raises ``SettingInvalid`` for what is no port."""
    wanted = {}
    for name in names:
        text = environment.get(port_variable(name), "")
        if text:
            if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
                raise SettingInvalid(port_variable(name), "a port between 1 and 65535")
            wanted[name] = int(text)
    return wanted


def environment(
    directory: DataDirectory, addresses: Mapping[str, str], ports: Mapping[str, int], administrator: str
) -> dict[str, str]:
    """The environment of a service process.

    ``addresses`` are those of the infrastructure parts, by the variable that names them; ``ports`` those of the services
    by port name; ``administrator`` is the id of the person who gives the first roles.
    """
    issuer = f"http://{LOOPBACK}:{ports[ISSUER]}"
    root = directory.root.absolute()
    absolute = DataDirectory(root)
    inherited = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_PASSED_ON)}
    return {
        "TREMPLIN_BROKER_PROFILE": "embedded",
        "TREMPLIN_MAIL_DIR": str(root / "mail"),
        "TREMPLIN_SMS_DIR": str(root / "sms"),
        **inherited,
        **portal.environment(absolute, ports, [port_name(name) for name in (*SERVICES, WORKER)], inherited),
        **addresses,
        **{port_variable(name): str(port) for name, port in ports.items()},
        "TREMPLIN_BOOTSTRAP_ADMIN": administrator,
        "TREMPLIN_CLOCK_FILE": str(absolute.clock),
        "TREMPLIN_ISSUER": issuer,
        "TREMPLIN_ISSUER_KEY_FILE": str(absolute.issuer_key),
        "TREMPLIN_JWKS_URL": f"{issuer}/jwks",
        "TREMPLIN_MASTER_KEY_FILE": str(absolute.master_key),
        "TREMPLIN_VAR": str(root),
    }


def module_directory() -> Path:
    """The directory from which ``python -m deploy.local`` finds the product."""
    return Path(__file__).resolve().parents[2]
