"""docker-compose.yml as compose sees it: the main file with those that it includes."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("docker-compose.yml", "deploy/compose/platform.yaml", "deploy/compose/observability.yaml")


def together() -> dict[str, Any]:
    """The main file with those that it includes, as compose sees them: each name is given in one file only."""
    found: dict[str, Any] = {"services": {}, "networks": {}, "volumes": {}, "secrets": {}}
    for part in PARTS:
        content = yaml.safe_load((ROOT / part).read_text())
        for kind, known in found.items():
            assert not known.keys() & content.get(kind, {}).keys()
            known.update(content.get(kind, {}))
    return found


COMPOSE = together()
