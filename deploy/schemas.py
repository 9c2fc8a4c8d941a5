"""The JSON Schemas of all messages, and the check that a change can be read by every version ever committed, and reads them.

FULL_TRANSITIVE for one version of a message: what both have must be the same; what is new must be optional; what is gone must
have been optional, and is remembered (``x-retired``) so that its name never comes back with another meaning. Anything else
is a new version with an upcaster. See https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html
"""

import json
import sys
from pathlib import Path
from typing import Any

from contracts.registry import MESSAGES, UPCASTERS

FOLDER = Path(__file__).parent.parent / "contracts" / "schemas"
_PROSE = ("title", "description", "default", "examples")


def file_of(wire_type: str) -> Path:
    return FOLDER / f"{wire_type.removeprefix('tremplin.')}.json"


def plain(schema: Any, definitions: dict[str, Any]) -> Any:
    """``schema`` with its references put in and its prose left out: what matters to a reader."""
    if isinstance(schema, list):
        return [plain(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return plain(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    kept = {key: value for key, value in schema.items() if key not in _PROSE}
    if isinstance(kept.get("properties"), dict):
        kept["properties"] = {name: plain(value, definitions) for name, value in kept["properties"].items()}
        rest = {key: plain(value, definitions) for key, value in kept.items() if key not in ("properties", "$defs")}
        return {**rest, "properties": kept["properties"]}
    return {key: plain(value, definitions) for key, value in kept.items() if key != "$defs"}


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What in ``new`` cannot be read by, or cannot read, data written to ``old``; empty when they are compatible."""
    before, after = _properties(old), _properties(new)
    retired = old.get("x-retired", {})
    needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
    found = [f"{name} changed" for name in before.keys() & after.keys() if before[name] != after[name]]
    found += [
        f"{name} came back with another meaning"
        for name in after.keys() & retired.keys()
        if after[name] != retired[name]
    ]
    found += [f"{name} is new and required" for name in (after.keys() - before.keys()) & needed_after]
    found += [f"{name} was required and is gone" for name in (before.keys() - after.keys()) & needed_before]
    both = before.keys() & after.keys()
    found += [f"{name} became required" for name in both & (needed_after - needed_before)]
    found += [f"{name} is no longer required" for name in both & (needed_before - needed_after)]
    return sorted(found)


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.get("$defs", {})
    return {name: plain(value, definitions) for name, value in schema.get("properties", {}).items()}


def check() -> tuple[list[str], dict[Path, str]]:
    """The incompatibilities of the models with the committed schemas, and the text of every schema file."""
    problems: list[str] = []
    texts: dict[Path, str] = {}
    for wire_type, model in sorted(MESSAGES.items()):
        schema = model.model_json_schema(mode="serialization")
        path = file_of(wire_type)
        if path.exists():
            old = json.loads(path.read_text())
            problems += [f"{wire_type}: {reason}" for reason in breaks(old, schema)]
            gone = {name: value for name, value in _properties(old).items() if name not in schema["properties"]}
            if retired := {**old.get("x-retired", {}), **gone}:
                schema["x-retired"] = retired
        texts[path] = json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    known = {*texts, *map(file_of, UPCASTERS)}
    problems += [
        f"{path.name}: its model is gone, but archives hold it" for path in FOLDER.glob("*.json") if path not in known
    ]
    return problems, texts


def main(arguments: list[str]) -> int:
    """``--write`` writes the schemas; without it, says whether they are compatible and current."""
    problems, texts = check()
    if problems:
        advice = "A change that is not FULL_TRANSITIVE needs a new version and an upcaster (contracts/registry.py)."
        print(*problems, advice, sep="\n", file=sys.stderr)
        return 1
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    if "--write" in arguments:
        FOLDER.mkdir(exist_ok=True)
        for path in stale:
            path.write_text(texts[path])
        return 0
    if stale:
        print("Schemas are not current; run: make docs", *[path.name for path in stale], sep="\n", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
