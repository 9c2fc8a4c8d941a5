"""``tremplin up``: the platform in the foreground of a terminal."""

import asyncio
import contextlib
import signal

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
        installation = await prepare_installation(directory, options, report=console.print)
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
            console.print("Stopping.")
            await installation.stop()


async def _run(console: Console, installation: Installation) -> None:
    await installation.start()
    console.print(screens.addresses(installation.description()))
    console.print("Services are starting. Ctrl-C stops everything; `tremplin status` says how it is.")
    await installation.run(ready=lambda: console.print("Ready."))
