"""Finding the programs that the embedded platform runs, without importing any of them."""

import os
import shutil
import sysconfig
from importlib import metadata
from pathlib import Path


def on_path(name: str) -> Path | None:
    """The program of that name on PATH, if any."""
    found = shutil.which(name)
    return Path(found).absolute() if found else None


def beside_python(name: str) -> Path | None:
    """The program of that name among the scripts of this Python installation, if any."""
    found = shutil.which(name, path=sysconfig.get_path("scripts"))
    return Path(found).absolute() if found else None


def inside_package(distribution: str, file: str) -> Path | None:
    """A program kept as a file inside an installed package, if that package is installed and has it."""
    try:
        path = Path(str(metadata.distribution(distribution).locate_file(file)))
    except metadata.PackageNotFoundError:
        return None
    return path if path.is_file() and os.access(path, os.X_OK) else None
