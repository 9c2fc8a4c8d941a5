"""A call from a file, created as a person with the right to do so."""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from deploy.local.operations.platform import Platform
from deploy.local.refusals import PlatformRefusal

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class FileUnreadable(PlatformRefusal):
    """A file that cannot be read, or holds no YAML and no JSON."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}.")


class _AsWritten(yaml.SafeLoader):
    """YAML in which dates stay text, as JSON has them."""


_AsWritten.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> tuple[dict[str, Any], str]:
    """The call in a YAML or JSON file, and the file's SHA-256. Raises ``FileUnreadable``, which names the line if any."""
    try:
        raw = path.read_bytes()
        content = yaml.load(raw, Loader=_AsWritten)  # noqa: S506 - a safe loader without dates
    except OSError as error:
        raise FileUnreadable(path, error.strerror or "unknown reason") from None
    except yaml.MarkedYAMLError as error:
        line = f" at line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise FileUnreadable(path, f"it is not YAML{line}") from None
    except (yaml.YAMLError, ValueError):
        raise FileUnreadable(path, "it is not YAML") from None
    if not isinstance(content, dict):
        raise FileUnreadable(path, "it must hold one call, field by field")
    return content, hashlib.sha256(raw).hexdigest()


async def create(platform: Platform, path: Path, person: UUID) -> dict[str, Any]:
    """Create the call as ``person``; the same file again gets the first answer. Raises ``FileUnreadable``, ``Refused``."""
    body, key = read(path)
    answer: dict[str, Any] = await platform.post_as(person, platform.require("applications"), "/calls", body, key)
    return answer
