"""Bare workflow starts, as a process of its own: a client, and a worker for workflows that only wait."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from uuid import uuid4

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from temporalio.client import Client
from temporalio.worker import Worker

from services.chassis.serving import HttpServer
from tests.benchmarks.waiting import Waiting

TASK_QUEUE = "raw"
AT_ONCE = 20


class Starts:
    def __init__(self, client: Client) -> None:
        self._client = client

    def app(self) -> Starlette:
        return Starlette(
            routes=[Route("/starts/{count:int}", self.start, methods=["POST"]), Route("/health/ready", self.ready)]
        )

    async def start(self, request: Request) -> JSONResponse:
        """Start so many workflows; the seconds that it took."""
        left, begun = iter(range(request.path_params["count"])), time.perf_counter()
        await asyncio.gather(*(self._client_of(left) for _ in range(AT_ONCE)))
        return JSONResponse({"seconds": time.perf_counter() - begun})

    async def ready(self, request: Request) -> JSONResponse:
        return JSONResponse({"status": "ready"})

    async def _client_of(self, left: Iterator[int]) -> None:
        for _ in left:
            await self._client.start_workflow(Waiting.run, "", id=f"raw-{uuid4()}", task_queue=TASK_QUEUE)


async def main(port: int) -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    await HttpServer(Starts(client).app(), "127.0.0.1", port, "raw").start()
    await Worker(client, task_queue=TASK_QUEUE, workflows=[Waiting]).run()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
