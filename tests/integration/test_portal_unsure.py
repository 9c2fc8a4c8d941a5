"""What is said when a service stops answering in the middle: nothing is called unchanged that may have been changed."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local import ports
from tests.portal import Standing, environment, standing

UNKNOWN, UNCHANGED = "On ne sait pas si cela a été fait", "Rien n’a été modifié."


class Funding:
    """Answers as funding does about tranches; from a request whose line begins with ``silent_from`` on it hangs up."""

    def __init__(self) -> None:
        self.silent_from = "never"
        self.silent = False
        self.asked: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().partition(" HTTP/")[0]
        self.silent = self.silent or line.startswith(self.silent_from)
        self.asked.append(line)
        if not self.silent:
            body = json.dumps(_answer(line)).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        writer.close()
        await writer.wait_closed()


def _answer(line: str) -> dict[str, Any]:
    method, path = line.split(" ")
    tranche = {"tranche_id": path.split("/")[2], "agreement_id": str(uuid4()), "code": "committee", "suspended": None}
    facts = {"number": "AIC-2021-000042", "beneficiary": "Association Synthétique", "amount_cents": 100}
    state = (
        {"status": "requested", "next": ["certification"]} if method == "GET" else {"status": "certified", "next": []}
    )
    return {**tranche, **facts, **state}


@contextlib.asynccontextmanager
async def before(funding: Funding, mongodb: str, master_key: Path, folder: Path) -> AsyncIterator[Standing]:
    """A portal that asks this funding."""
    async with await asyncio.start_server(funding.serve, ports.LOOPBACK, 0) as server:
        given = environment(mongodb, master_key, folder, f"unsure_{uuid4().hex[:8]}_")
        port = server.sockets[0].getsockname()[1]
        async with standing(given | {"TREMPLIN_FUNDING_URL": f"http://{ports.LOOPBACK}:{port}"}) as found:
            yield found


async def test_of_several_acts_each_is_told_as_it_is_known(mongodb: str, master_key: Path, tmp_path: Path) -> None:
    funding, tranches = Funding(), [str(uuid4()) for _ in range(4)]
    funding.silent_from = f"POST /tranches/{tranches[1]}"
    async with before(funding, mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        sent = {"key": "one", "item": [f"certification:{each}" for each in tranches]}
        page = await visitor.post("/fr/funding/together", sent)
        assert page.status_code == 200
        assert UNCHANGED not in page.text
        assert [page.text.count(text) for text in ("Issue inconnue", "Non tenté", "1 acte accompli")] == [1, 2, 1]
        assert page.text.count("AIC-2021-000042") == page.text.count("Association Synthétique") == 4
    assert [line for line in funding.asked if line.startswith("POST")] == [
        f"POST /tranches/{each}/certification" for each in tranches[:2]
    ]


@pytest.mark.parametrize("silent_from", ["POST", "GET"])
async def test_an_act_without_an_answer_and_one_without_its_page_may_have_been_done(
    mongodb: str, master_key: Path, tmp_path: Path, silent_from: str
) -> None:
    funding = Funding()
    funding.silent_from = silent_from
    async with before(funding, mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        page = await visitor.post(f"/fr/funding/tranches/{uuid4()}/certification", {"key": "one"})
        assert page.status_code == 503
        assert UNKNOWN in page.text
        assert UNCHANGED not in page.text


async def test_what_was_never_sent_and_what_was_only_read_changed_nothing(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    address = f"/fr/funding/tranches/{uuid4()}/certification"
    async with standing(environment(mongodb, master_key, tmp_path, f"away_{uuid4().hex[:8]}_")) as portal:
        visitor = await portal.visitor("authorising_officer")
        for page in (await visitor.post(address, {"key": "one"}), await visitor.get(address)):
            assert page.status_code == 503
            assert UNCHANGED in page.text
            assert UNKNOWN not in page.text


async def test_of_too_many_tranches_the_first_are_shown_and_the_others_named(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    async with before(Funding(), mongodb, master_key, tmp_path) as portal:
        visitor = await portal.visitor("authorising_officer")
        page = await visitor.get("/fr/funding/together", params={"tranche": [str(uuid4()) for _ in range(101)]})
        assert "les 100 premières des 101 tranches" in page.text
        assert page.text.count("AIC-2021-000042") == page.text.count('name="item"') == 100
