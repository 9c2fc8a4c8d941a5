"""Documents that a beneficiary sends: kept under their digest, read by those who confirm the account and by nobody else."""

from collections.abc import Mapping
from hashlib import sha256

from contracts.people import PersonErased
from deploy.local import bank
from services.funding.domain.documents import MAX_BYTES, MOST
from tests.conftest import SEASON_START, Token
from tests.funding import IBAN
from tests.funding_scene import HOLDER, scene
from tests.platform import eventually

STATEMENT = b"%PDF-1.4\ncanary of a statement\n%%EOF\n"
DIGEST = sha256(STATEMENT).hexdigest()


async def test_a_document_is_kept_once_and_opened_for_those_who_may_see_it(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        initiative = await it.prepared()
        base = f"/agreements/{initiative}/documents"
        for _ in range(2):
            assert (await it.by("owner", "PUT", f"{base}/{DIGEST}", STATEMENT)).status_code == 201
        (listed,) = await it.got("programme", base)
        assert (listed["digest"], listed["media_type"], listed["size"]) == (DIGEST, "application/pdf", len(STATEMENT))
        for who in ("owner", "programme", "officer", "accountant"):
            answer = await it.by(who, "GET", f"{base}/{DIGEST}")
            assert (answer.status_code, answer.content) == (200, STATEMENT)
            assert "sandbox" in answer.headers["content-security-policy"]
        assert (await it.by("authority", "GET", f"{base}/{DIGEST}")).status_code == 404
        assert (await it.by("programme", "PUT", f"{base}/{DIGEST}", STATEMENT)).status_code == 404
        await it.others.happened(PersonErased(person_id=it.people["owner"]), it.people["owner"], SEASON_START)

        async def gone() -> int:
            return (await it.by("programme", "GET", f"{base}/{DIGEST}")).status_code

        await eventually(gone, lambda status: status == 404)


async def test_a_document_is_named_by_what_it_was_sent_as(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        initiative = await it.prepared()
        await it.done("officer", f"/agreements/{initiative}/countersignature")
        await it.confirmed(initiative)
        _, file = await it.issued(await it.accepted(initiative))
        await it.done("accountant", "/bank-statements", bank.answer(file))
        base = f"/agreements/{initiative}"
        sent = {name: STATEMENT + name.encode() for name in ("report", "proof", "other")}
        digests = {name: sha256(content).hexdigest() for name, content in sent.items()}
        for name, content in sent.items():
            assert (await it.by("owner", "PUT", f"{base}/documents/{digests[name]}", content)).status_code == 201
        (year,) = (await it.got("owner", base))["reports_due"]
        await it.done("owner", f"{base}/financial-reports", {"year": int(year), "document": digests["report"]})
        details = {"holder": HOLDER, "iban": IBAN, "proof": digests["proof"]}
        await it.done("owner", f"{base}/bank-details", details)
        listed = {each["digest"]: (each["kind"], each["year"]) for each in await it.got("officer", f"{base}/documents")}
        assert listed == {
            digests["report"]: ("financial_report", int(year)),
            digests["proof"]: ("bank_statement", None),
            digests["other"]: ("other", None),
        }


async def test_what_is_no_document_is_refused_with_what_is_allowed(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.publish_call(1_000_000_00)
        base = f"/agreements/{await it.prepared()}/documents"
        for content, code in ((b"MZ, a program", "content"), (b"", "content"), (b"%PDF-other", "digest")):
            digest = DIGEST if code == "digest" else sha256(content).hexdigest()
            answer = await it.by("owner", "PUT", f"{base}/{digest}", content)
            assert (answer.status_code, answer.json()["code"]) == (422, "document_not_allowed")
            assert answer.json()["field"] == code
        large = STATEMENT + bytes(MAX_BYTES)
        assert (await it.by("owner", "PUT", f"{base}/{sha256(large).hexdigest()}", large)).status_code == 413
        assert (await it.by("owner", "PUT", f"{base}/nothing", STATEMENT)).status_code == 422
        for number in range(MOST):
            each = STATEMENT + str(number).encode()
            assert (await it.by("owner", "PUT", f"{base}/{sha256(each).hexdigest()}", each)).status_code == 201
        answer = await it.by("owner", "PUT", f"{base}/{DIGEST}", STATEMENT)
        assert answer.json()["code"] == "documents_too_many"
        assert len(await it.got("owner", base)) == MOST
