"""Checking a published file against its table schema, before it leaves: not part of the running service."""

from pathlib import Path

from frictionless import Schema, system, validate

SCHEMAS = {"grants": Path(__file__).parent / "schemas" / "subventions-2.1.1.json"}


def problems(name: str, path: Path) -> list[str]:
    """What is wrong with the CSV file at ``path``, one sentence each; nothing when it fits the schema of ``name``.

    Raises ``KeyError`` for a name that has no schema. Values of the file may appear in the sentences.
    """
    with system.use_context(trusted=True):
        schema = Schema.from_descriptor(str(SCHEMAS[name]))
        report = validate(str(path), schema=schema, type="table", encoding="utf-8")
    found = report.flatten(["rowNumber", "fieldName", "message"])
    return [f"row {row}, {field}: {message}" for row, field, message in found]
