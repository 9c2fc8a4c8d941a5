"""The API documents: an AsyncAPI 3.0 document per publishing or commanded service, an OpenAPI 3.1 document per HTTP API.

``python -m deploy.documents`` writes them to ``docs/api``; with ``--check`` it says which are not current.
"""

import asyncio
import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from contracts.model import Command
from contracts.registry import MESSAGES
from contracts.topics import TOPICS, Topic

FOLDER = Path(__file__).parent.parent / "docs" / "api"
SERVICES = ("people", "applications", "evaluation", "coaching", "funding", "observatory", "notifications", "feedback")


def asyncapi(service: str) -> dict[str, Any]:
    """What ``service`` publishes and is asked, from the topics table and the registry."""
    topics = [topic for topic in TOPICS if topic.service == service]
    channels = {topic.kind: _channel(topic) for topic in topics}
    action = {"events": "send", "commands": "receive"}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Tremplin {service}",
            "version": "1",
            "description": "CloudEvents 1.0.2, Kafka binary content mode",
            "license": {"name": "AGPL-3.0-or-later"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": {
            f"{action[kind]}-{kind}": {"action": action[kind], "channel": {"$ref": f"#/channels/{kind}"}}
            for kind in channels
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    wanted = topic.kind == "commands"
    messages = {
        name: {
            "name": name,
            "title": model.__name__,
            "summary": (model.__doc__ or "").strip().split("\n")[0],
            "headers": {"type": "object", "properties": {"ce_type": {"const": name}}, "required": ["ce_type"]},
            "payload": {"$ref": f"../../contracts/schemas/{name.removeprefix('tremplin.')}.json"},
        }
        for name, model in sorted(MESSAGES.items())
        if model.service == topic.service and issubclass(model, Command) is wanted
    }
    kafka = {
        "topic": topic.name,
        "partitions": topic.partitions,
        "topicConfiguration": {"retention.ms": topic.retention_ms},
    }
    return {"address": topic.name, "messages": messages, "bindings": {"kafka": kafka}}


async def openapi(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service, built with settings that lead nowhere: nothing is started."""
    built = await import_module(f"services.{service}.main").build()
    document: dict[str, Any] = built.api.openapi()
    built.database.close()
    return document


def _nowhere(folder: Path) -> None:
    (folder / "key").write_bytes(bytes(32))
    os.environ |= {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "MONGODB_URI": "mongodb://127.0.0.1:1/?directConnection=true",
        "TREMPLIN_ISSUER": "http://127.0.0.1:1",
        "TREMPLIN_JWKS_URL": "http://127.0.0.1:1/jwks",
        "TREMPLIN_MASTER_KEY_FILE": str(folder / "key"),
        "TREMPLIN_MAIL_DIR": str(folder),
        "TREMPLIN_PAYMENTS_DIR": str(folder),
        **{f"TREMPLIN_{service.upper()}_PORT": "1" for service in SERVICES},
    }


async def documents() -> dict[Path, str]:
    """Every document's path and text."""
    with tempfile.TemporaryDirectory() as folder:
        _nowhere(Path(folder))
        found = {FOLDER / f"{service}.openapi.json": await openapi(service) for service in SERVICES}
    for service in sorted({topic.service for topic in TOPICS if topic.service}):
        found[FOLDER / f"{service}.asyncapi.json"] = asyncapi(service)
    return {path: json.dumps(item, indent=1, ensure_ascii=False) + "\n" for path, item in found.items()}


def main(arguments: list[str]) -> int:
    texts = asyncio.run(documents())
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        if stale:
            print(
                "Documents are not current; run: make docs", *[path.name for path in stale], sep="\n", file=sys.stderr
            )
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(texts[path])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
