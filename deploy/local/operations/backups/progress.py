"""How a backup or a restore tells how far it is."""

from collections.abc import Callable

Told = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""
