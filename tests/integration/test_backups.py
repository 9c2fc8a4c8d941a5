"""Backup and restore over the database's protocol: what comes back is what was there, with the keys that fit."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bson import Int64

from deploy.local.operations.backups import refusals
from deploy.local.refusals import SettingInvalid
from tests.backups import Keeper, Registers

MANY = 1_200
"""More than go into a batch."""

VALUES = {
    "small": 5,
    "wide": Int64(5),
    "float": 1.5,
    "nothing": None,
    "bytes": b"\x00\xff",
    "instant": datetime(2021, 12, 1, tzinfo=UTC),
    "nested": [{"é": "…"}, []],
}


async def test_what_is_restored_is_what_was_backed_up(keeper: Keeper, registers: Registers, other: str) -> None:
    await registers(3)
    await keeper.adds("attachment_chunks", [{"_id": number, **VALUES} for number in range(MANY)])
    before = await keeper.contents(keeper.prefix)
    taken = await keeper.takes("one")
    assert (taken.data.events, taken.broken, taken.workflows, taken.stood_seconds) == (3, [], False, None)
    assert [path for path in (keeper.folder / "one").rglob("*") if path.stat().st_mode & 0o077] == []
    restored = await keeper.restores("one", other)
    assert restored.documents == taken.data.documents + taken.keys.documents > MANY
    assert await keeper.contents(other) == before == await keeper.contents(keeper.prefix)
    assert sorted(path.name for path in keeper.folder.iterdir()) == ["one"]


async def test_keys_are_of_the_same_installation_and_no_earlier(
    keeper: Keeper, registers: Registers, other: str, database_prefix: str
) -> None:
    await registers(3)
    await keeper.takes("one")
    await registers(2)
    await keeper.takes("two")
    with pytest.raises(refusals.KeysUnfit, match="of another installation, or of an earlier moment"):
        await keeper.restores("two", other, keys="one")
    with pytest.raises(refusals.NotABackup, match=r"manifest\.json: No such file"):
        await keeper.restores("two", other, keys="three")
    assert await keeper.contents(other) == {}
    shutil.rmtree(keeper.folder / "one" / "keys")
    shutil.move(keeper.folder / "two" / "keys", keeper.folder / "safe")
    restored = await keeper.restores("one", other, keys="safe")
    assert restored.backup.keys.documents == 5
    assert restored.erased == ()


async def test_payment_files_have_to_have_a_place(
    keeper: Keeper, registers: Registers, other: str, tmp_path: Path
) -> None:
    await registers(1)
    payments, again = tmp_path / "payments", tmp_path / "again"
    payments.mkdir()
    (payments / "pain001-1.xml").write_text("<Document/>")
    (payments / ".under-way").write_text("half")
    await keeper.takes("one", TREMPLIN_PAYMENTS_DIR=str(payments))
    with pytest.raises(SettingInvalid, match="TREMPLIN_PAYMENTS_DIR"):
        await keeper.restores("one", other)
    with pytest.raises(refusals.DataThere, match=r"pain001-1\.xml"):
        await keeper.restores("one", other, TREMPLIN_PAYMENTS_DIR=str(payments))
    await keeper.restores("one", other, TREMPLIN_PAYMENTS_DIR=str(again))
    assert {path.name: path.read_text() for path in again.iterdir()} == {"pain001-1.xml": "<Document/>"}
