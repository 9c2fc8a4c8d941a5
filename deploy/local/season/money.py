"""The money of a season: agreements signed, tranches through the chain by those whose turn it is, the bank's answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from schwifty import IBAN

from deploy.local import bank
from deploy.local.season.door import Person, together
from deploy.local.season.stage import Stage

SUSPENDED = (3, "committee")
REJECTED = (5, "start")
"""By the laureate's rank (from 0) and the tranche: whose payment the accountant suspends, and whose the bank rejects."""

CLAWED_BACK_CENTS = 3_000_000
BANK_CODE = "20041"

Step = Callable[[dict[str, Any], dict[str, Any]], Awaitable[None]]


@dataclass
class Money:
    """The agreements of the laureates. ``accounts`` counts the bank details that each has given."""

    stage: Stage
    accounts: dict[UUID, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    acts: int = 0

    async def act(self) -> int:
        """Everyone does what waits for them; how many things were done."""
        before = self.acts
        ids = [str(each) for each in self.stage.laureates]
        pages = [ids[start : start + 100] for start in range(0, len(ids), 100)]
        for page in pages:
            agreements = await self.stage.door.get(self.stage.cast.accountant, "funding", "/agreements", ids=page)
            await together(self._one(agreement) for agreement in agreements)
        return self.acts - before

    def tally(self, agreements: list[dict[str, Any]]) -> int:
        """How many tranches are settled."""
        return sum(tranche["status"] == "settled" for each in agreements for tranche in each["tranches"])

    async def _one(self, agreement: dict[str, Any]) -> None:
        base = f"/agreements/{agreement['agreement_id']}"
        owner = self.stage.owner(UUID(agreement["agreement_id"]))
        if agreement["status"] == "prepared":
            await self._do(owner, f"{base}/signature", {"signatory": f"Synthétique {owner.label.title()}"})
        elif agreement["status"] == "signed_by_beneficiary":
            await self._do(self.stage.cast.orderer, f"{base}/countersignature")
        elif agreement["status"] == "signed":
            await self._account(agreement, owner, base)
            for tranche in agreement["tranches"]:
                await self._tranche(agreement, tranche)
        elif agreement["status"] == "stopped" and agreement["paid_cents"]:
            await self._claw_back(agreement, base)

    async def _do(self, person: Person, path: str, body: Any = None, key: str | None = None) -> Any:
        self.acts += 1
        return await self.stage.door.post(person, "funding", path, body, key)

    async def _account(self, agreement: dict[str, Any], owner: Person, base: str) -> None:
        details = agreement["bank_details"]
        if details is None:
            await self._give_account(agreement, owner, base)
        elif not details["confirmed"]:
            for agent in (self.stage.cast.officer, self.stage.cast.second_officer):
                if str(agent.id) not in details["confirmed_by"]:
                    await self._do(agent, f"{base}/bank-details/confirmations", key=f"{base} {details['version']}")

    async def _give_account(self, agreement: dict[str, Any], owner: Person, base: str) -> None:
        identity = UUID(agreement["agreement_id"])
        given = self.accounts[identity] = self.accounts.get(identity, 0) + 1
        number = f"{self.stage.applications[identity].applicant.number:09d}{given:02d}"
        iban = IBAN.generate("FR", bank_code=BANK_CODE, branch_code="01005", account_code=number)
        body = {
            "holder": agreement["beneficiary"],
            "iban": str(iban),
            "proof": sha256(str(iban).encode()).hexdigest(),
        }
        await self._do(owner, f"{base}/bank-details", body, key=f"{base} account {given}")

    async def _tranche(self, agreement: dict[str, Any], tranche: dict[str, Any]) -> None:
        steps: dict[str, Step] = {
            "request": self._request,
            "certification": self._certify,
            "order": self._order,
            "acceptance": self._check,
            "suspension_lift": self._lift,
            "bank_statement": self._bank,
        }
        if tranche["status"] == "rejected":
            await self._change_account(agreement, tranche)
        elif tranche["next"] and (step := steps.get(tranche["next"][0])):
            await step(agreement, tranche)

    async def _request(self, agreement: dict[str, Any], tranche: dict[str, Any]) -> None:
        await self._do(self.stage.owner(UUID(agreement["agreement_id"])), f"/tranches/{tranche['tranche_id']}/request")

    async def _certify(self, _: dict[str, Any], tranche: dict[str, Any]) -> None:
        await self._do(self.stage.cast.orderer, f"/tranches/{tranche['tranche_id']}/certification")

    async def _order(self, _: dict[str, Any], tranche: dict[str, Any]) -> None:
        await self._do(self.stage.cast.orderer, f"/tranches/{tranche['tranche_id']}/order")

    async def _check(self, agreement: dict[str, Any], tranche: dict[str, Any]) -> None:
        path = f"/tranches/{tranche['tranche_id']}"
        if self._fate(agreement, tranche) == SUSPENDED and path not in self.done:
            self.done.add(path)
            await self._do(self.stage.cast.accountant, f"{path}/suspension", {"reason": "evidence_missing"})
        else:
            await self._do(self.stage.cast.accountant, f"{path}/acceptance")

    async def _lift(self, _: dict[str, Any], tranche: dict[str, Any]) -> None:
        await self._do(self.stage.cast.accountant, f"/tranches/{tranche['tranche_id']}/suspension/lift")

    async def _bank(self, agreement: dict[str, Any], tranche: dict[str, Any]) -> None:
        accountant, payment = self.stage.cast.accountant, tranche["payments"][-1]
        file = await self.stage.door.get(accountant, "funding", f"/payments/{payment['payment_id']}/file")
        rejected = self._fate(agreement, tranche) == REJECTED and payment["attempt"] == 1
        answer = bank.reject_all(file) if rejected else bank.answer(file)
        self.acts += 1
        await self.stage.door.ask(
            accountant,
            "POST",
            "funding",
            "/bank-statements",
            content=answer,
            headers={"Content-Type": "application/xml"},
            key=f"statement {payment['payment_id']}",
        )

    async def _change_account(self, agreement: dict[str, Any], tranche: dict[str, Any]) -> None:
        path = f"rejected {tranche['tranche_id']}"
        if path not in self.done:
            self.done.add(path)
            identity = UUID(agreement["agreement_id"])
            await self._give_account(agreement, self.stage.owner(identity), f"/agreements/{identity}")

    async def _claw_back(self, agreement: dict[str, Any], base: str) -> None:
        if not agreement["recoveries"]:
            body = {"amount_cents": CLAWED_BACK_CENTS, "reason": "cycle_stopped"}
            await self._do(self.stage.cast.orderer, f"{base}/recoveries", body)

    def _fate(self, agreement: dict[str, Any], tranche: dict[str, Any]) -> tuple[int, str]:
        return self.stage.laureates.index(UUID(agreement["agreement_id"])), tranche["code"]
