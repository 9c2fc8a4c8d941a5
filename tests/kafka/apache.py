"""Apache Kafka in KRaft mode for tests: one node or several, each broker and controller in one process, data in a folder."""

import asyncio
import base64
import contextlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local import ports
from deploy.local.broker import Broker
from deploy.local.children import Child, Launch
from deploy.local.ports import LOOPBACK
from services.chassis.broker import administrating

JARS = "TREMPLIN_KAFKA_JARS"
"""Names the folder of the jars; without it, tests have the embedded broker."""
PATIENCE_SECONDS = 120.0
GRACE_SECONDS = 20.0
FEW = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
"""For the Java machine: a small heap, and a fast start rather than a fast run."""


def chosen() -> bool:
    return JARS in os.environ


def _java(program: str, *arguments: str) -> tuple[str, ...]:
    jars = f"{os.environ[JARS]}/*"
    return (shutil.which("java") or "java", *FEW, "-cp", jars, program, *arguments)


@dataclass(frozen=True)
class Special:
    """Listeners beside the usual ones, further lines of the settings, further arguments when a node is made."""

    listeners: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    making: tuple[str, ...] = ()


@dataclass
class Node:
    """One node of a cluster, and what is particular about it."""

    number: int
    folder: Path
    port: int
    controller_port: int
    special: "Special"

    def __post_init__(self) -> None:
        environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        launch = Launch(
            name=f"kafka-{self.number}",
            command=_java("kafka.Kafka", str(self.folder / "server.properties")),
            environment={**environment, "HOME": str(self.folder)},
            directory=self.folder,
            healthy=lambda: Broker().healthy(self.address),
            patience=PATIENCE_SECONDS,
            every=0.1,
        )
        self.child = Child(launch, self.folder / "kafka.log")

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    async def make(self, cluster: str, nodes: "list[Node]") -> None:
        """Give it an empty place for its data, as a member of the cluster of these nodes."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        path = self.folder / "server.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in self._settings(nodes).items()))
        command = _java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(path), *self.special.making)
        pipe, together = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=together)
        told, _ = await process.communicate()
        assert process.returncode == 0, told.decode()

    def _settings(self, nodes: "list[Node]") -> dict[str, str]:
        copies, enough = str(len(nodes)), str(len(nodes) // 2 + 1)
        listeners = (f"PLAINTEXT://{self.address}", f"CONTROLLER://{LOOPBACK}:{self.controller_port}")
        voters = ",".join(f"{node.number}@{LOOPBACK}:{node.controller_port}" for node in nodes)
        return {
            "process.roles": "broker,controller",
            "node.id": str(self.number),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": ",".join((*listeners, *self.special.listeners)),
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self.folder / "data"),
            "log.segment.delete.delay.ms": "1000",
            "auto.create.topics.enable": "false",
            "message.max.bytes": "4000000",
            "default.replication.factor": copies,
            "min.insync.replicas": enough,
            "offsets.topic.num.partitions": "3",
            "offsets.topic.replication.factor": copies,
            "group.initial.rebalance.delay.ms": "0",
            **self.special.settings,
        }


@dataclass
class Cluster:
    """Nodes that are made and started together."""

    nodes: list[Node]

    @property
    def address(self) -> str:
        return ",".join(node.address for node in self.nodes)

    async def make(self) -> None:
        """Start it without anything in it."""
        cluster = base64.urlsafe_b64encode(b"tremplin" + secrets.token_bytes(8)).decode().rstrip("=")
        await asyncio.gather(*(node.make(cluster, self.nodes) for node in self.nodes))
        await asyncio.gather(*(node.child.start() for node in self.nodes))

    async def stop(self, grace: float = 0.0) -> None:
        await asyncio.gather(*(node.child.stop(grace) for node in self.nodes))

    async def empty(self) -> None:
        """Take everything out: topics by deleting them; by a new beginning where a group still holds a place for the killed."""
        async with administrating(self.address) as admin:
            if topics := [name for name in await admin.list_topics() if not name.startswith("__")]:
                await admin.delete_topics(topics)
            while set(await admin.list_topics()) & set(topics):  # noqa: ASYNC110  the broker says when
                await asyncio.sleep(0.02)
            deserted = [name for name, _ in await admin.list_consumer_groups() if await _members(admin, name)]
        if deserted:
            await self.stop()
            await self.make()


async def _members(admin: AIOKafkaAdminClient, group: str) -> int:
    (answer,) = await admin.describe_consumer_groups([group])
    return len(answer.to_object()["groups"][0]["members"])


@contextlib.asynccontextmanager
async def running(folder: Path, count: int = 1, special: Special | None = None) -> AsyncIterator[Cluster]:
    """A cluster of ``count`` nodes in ``folder``, gone at the end."""
    nodes = [
        Node(number, folder / str(number), ports.free_port(), ports.free_port(), special or Special())
        for number in range(1, count + 1)
    ]
    cluster = Cluster(nodes)
    try:
        await cluster.make()
        yield cluster
    finally:
        await cluster.stop()
