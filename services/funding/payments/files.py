"""Payments leave as files in a directory, one by payment, named by its id; the bank's channel takes them from there."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol
from uuid import UUID

from services.funding.domain.payment import Instruction
from services.funding.payments.pain001 import Debtor, write


class PaymentAdapter(Protocol):
    """How a payment leaves. ``send`` may be called again for the same payment and then sends nothing new."""

    def send(self, instruction: Instruction) -> bytes: ...


class PaymentFiles:
    """Writes pain.001 files into ``directory``, whole or not at all, readable by their owner only."""

    def __init__(self, directory: Path, debtor: Debtor) -> None:
        self._directory, self._debtor = directory, debtor

    def path(self, payment_id: UUID) -> Path:
        return self._directory / f"pain001-{payment_id}.xml"

    def send(self, instruction: Instruction) -> bytes:
        """The payment's file; one that is there already stays as it is. Raises ``OSError`` when it cannot be written."""
        path = self.path(instruction.payment_id)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            content = write(instruction, self._debtor)
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self._directory, prefix=".", delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
                Path(draft.name).replace(path)
            except OSError:
                Path(draft.name).unlink(missing_ok=True)
                raise
        return content
