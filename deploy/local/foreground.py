"""``tremplin up``: the platform in the foreground of a terminal."""

import asyncio
import contextlib
import signal
from functools import partial

from rich.console import Console

from deploy.local import screens
from deploy.local.directory import DataDirectory
from deploy.local.installation import Installation, Options, prepare_installation

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run_in_foreground(directory: DataDirectory, options: Options) -> None:
    """Run the platform on ``directory`` until a stopping signal; a second one ends without waiting. Raises ``PlatformRefusal``."""
    console = Console()
    directory.prepare()
    with directory.held():
        installation = await prepare_installation(directory, options, report=partial(_tell, console))
        running = asyncio.create_task(_run(console, installation))
        loop = asyncio.get_running_loop()
        for number in _STOPPING:
            loop.add_signal_handler(number, running.cancel)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await running
        finally:
            for number in _STOPPING:
                loop.remove_signal_handler(number)
            _tell(console, "Stopping.")
            await installation.stop()


async def _run(console: Console, installation: Installation) -> None:
    await installation.start()
    console.print(screens.addresses(installation.description()))
    _tell(console, "Services are starting. Ctrl-C stops everything; `tremplin status` says how it is.")
    await installation.run(ready=partial(_tell, console, screens.invitation(installation.description())))


def _tell(console: Console, sentence: str) -> None:
    """Print a sentence; a terminal that has gone away is no reason to fail."""
    with contextlib.suppress(OSError):
        console.print(sentence, markup=False, soft_wrap=True)
