"""What commands at a terminal share: how an instant is typed, and how a refusal is told."""

from datetime import datetime
from typing import NoReturn

import typer

from deploy.local.refusals import PlatformRefusal, SettingInvalid


def instant(text: str, name: str = "The instant") -> datetime:
    """The aware instant in ``text`` (RFC 3339). Raises ``SettingInvalid`` about ``name``."""
    allowed = "a date and time with an offset, such as 2021-12-01T09:00:00+01:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingInvalid(name, allowed) from None
    if found.tzinfo is None:
        raise SettingInvalid(name, allowed)
    return found


def refuse(refusal: PlatformRefusal) -> NoReturn:
    """Say why, and end the command with code 2."""
    typer.echo(str(refusal), err=True)
    raise typer.Exit(2) from refusal
