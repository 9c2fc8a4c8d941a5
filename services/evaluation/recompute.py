"""Recompute a round's ranking from its published ballots: ``tremplin recompute FILE``.

The file is what ``GET /rounds/{id}/ballots/published`` answers. Exit code 1 when the published ranking does not follow from it.
"""

import json
import sys
from pathlib import Path

from services.evaluation.domain.publication import Mismatch, recompute, verify

__all__ = ["main", "recompute"]


def main(arguments: list[str]) -> int:
    """Print the recomputed ranking: rank, label and exact score, one a line."""
    if len(arguments) != 1:
        sys.stderr.write("usage: tremplin recompute FILE\n")
        return 2
    try:
        ranking = verify(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    except Mismatch as error:
        sys.stderr.write(f"The published ballots do not hold: {error}\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"This is no document of published ballots ({type(error).__name__})\n")
        return 2
    sys.stdout.writelines(f"{rank} {label} {score or '-'}\n" for rank, label, score in ranking)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
