"""Attachments over HTTP: taken, kept sealed, given back, and refused when they lie or never end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any

import httpx
import pytest

from services.chassis.clock import SharedClock
from tests import files
from tests.applications import Json
from tests.season import Season, Someone, Token, open_season

MIB = 1024 * 1024


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


async def send(
    owner: Someone, application: str, content: bytes, name: str = "a.pdf", key: str | None = None, **query: str
) -> httpx.Response:
    given: Any = {"files": {"file": (name, content, "application/octet-stream")}, "params": query}
    return await owner.ask("POST", f"/applications/{application}/attachments", key=key, **given)


def code(answer: httpx.Response) -> tuple[int, str]:
    problem: Json = answer.json()
    return answer.status_code, problem["code"]


async def test_a_file_comes_back_as_it_went_and_is_kept_sealed(season: Season) -> None:
    owner = season.someone()
    application = await season.draft(owner)
    content = files.PDF.replace(b"obj<<>>", b"obj<<" + b"canary-content " * 60_000 + b">>")
    answer = await send(owner, application, content, "Canary-Statuts é.pdf", key="one", slot="statutes")
    assert answer.status_code == 201, answer.text
    attached = answer.json()
    assert attached["digest"] == sha256(content).hexdigest()
    assert (
        attached == (await send(owner, application, content, "Canary-Statuts é.pdf", key="one", slot="statutes")).json()
    )
    assert code(await send(owner, application, files.PDF, key="one")) == (422, "idempotency_key_reused")
    path = f"/applications/{application}/attachments/{attached['attachment_id']}"
    back = await owner.ask("GET", path)
    assert back.content == content
    assert back.headers["content-disposition"].endswith("Canary-Statuts%20%C3%A9.pdf")
    await season.someone().refused("not_found", "GET", path)
    shown = await owner.get(f"/applications/{application}")
    assert [each["name"] for each in shown["attachments"]] == ["Canary-Statuts é.pdf"]
    chunks = await season.service.database.collection("attachment_chunks").find({}).to_list(None)
    assert len(chunks) == 4
    assert b"canary" not in repr(chunks).lower().encode()
    assert (await owner.ask("DELETE", path)).status_code == 200
    await owner.refused("not_found", "GET", path)


async def test_a_file_that_lies_or_is_of_no_use_is_refused(season: Season) -> None:
    owner = season.someone()
    application = await season.draft(owner)
    assert code(await send(owner, application, files.SCRIPT)) == (415, "attachment_type_mismatch")
    assert code(await send(owner, application, files.ZIP, "a.zip")) == (415, "attachment_type_not_allowed")
    assert code(await send(owner, application, files.PDF, slot="nowhere")) == (422, "attachment_slot_unknown")
    assert code(await send(owner, application, b"")) == (422, "upload_malformed")
    path = f"/applications/{application}/attachments"
    await owner.refused("upload_malformed", "POST", path, {"file": "json"})
    cut = {"Content-Type": "multipart/form-data; boundary=x"}
    await owner.refused("upload_malformed", "POST", path, content=b"--x\r\nContent-Disp", headers=cut)
    assert code(await send(season.someone(), application, files.PDF)) == (404, "not_found")
    assert (await owner.get(f"/applications/{application}"))["attachments"] == []


async def test_an_upload_is_cut_at_its_limit(season: Season) -> None:
    owner = season.someone()
    application = await season.draft(owner)
    assert code(await send(owner, application, files.PDF + bytes(10 * MIB))) == (413, "attachment_too_large")
    assert code(await send(owner, application, files.PDF + bytes(30 * MIB))) == (413, "attachment_too_large")
    huge = await owner.ask("PATCH", f"/applications/{application}", {"answers": {"purpose": "x" * 2_000_000}})
    assert code(huge) == (413, "too_large")


async def test_an_upload_that_never_ends_is_answered_and_not_listened_to_any_longer(season: Season) -> None:
    owner = season.someone()
    path = f"/applications/{await season.draft(owner)}/attachments"
    reader, writer = await asyncio.open_connection("127.0.0.1", season.service.port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {season.token(owner.id)}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    writer.write(head.encode() + f"{len(part):x}\r\n".encode() + part + b"\r\n")
    sent = 0

    async def send_without_end() -> None:
        nonlocal sent
        while True:
            writer.write(b"10000\r\n" + bytes(64 * 1024) + b"\r\n")
            await writer.drain()
            sent += 64 * 1024

    sending = asyncio.create_task(send_without_end())
    answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"attachment_too_large" in answer
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(30):
            await sending
    assert sent < 100 * MIB
    writer.close()


async def test_all_together_have_a_limit_too(season: Season) -> None:
    owner = season.someone()
    application = await season.draft(owner)
    tall = files.PDF[:-7] + bytes(9 * MIB) + files.PDF[-7:]
    for _ in range(5):
        assert (await send(owner, application, tall)).status_code == 201
    assert code(await send(owner, application, tall)) == (413, "attachment_too_large")
    assert (await send(owner, application, files.PNG, "a.png")).status_code == 201


async def test_a_missing_piece_comes_by_a_correction(season: Season) -> None:
    owner = season.someone()
    application = await season.submitted(owner)
    path = f"/applications/{application}"
    assert code(await send(owner, application, files.PDF)) == (409, "wrong_state")
    await season.officer.post(f"{path}/correction-requests", {"fields": ["statutes"]}, 201)
    assert code(await send(owner, application, files.PDF)) == (422, "field_not_correctable")
    assert (await send(owner, application, files.PDF, slot="statutes")).status_code == 201
    digest = (await owner.get(path))["content_digest"]
    assert (await owner.post(f"{path}/corrections", {}))["content_digest"] != digest
    assert (await season.officer.get(path))["status"] == "submitted"
