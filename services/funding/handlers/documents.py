"""Documents of agreements: kept for their beneficiary, opened for those who may see the account."""

from typing import Any
from uuid import UUID

from contracts.decision import NotFound
from services.chassis.clock import Clock
from services.funding.domain.documents import media_type
from services.funding.store import Store


async def keep(
    agreement_id: UUID, digest: str, person_id: UUID, content: bytes, store: Store, clock: Clock
) -> dict[str, Any]:
    """Keep what the beneficiary sends. Raises ``NotFound`` for anybody else, ``DocumentNotAllowed``, ``DocumentsTooMany``."""
    agreement = await store.agreement(agreement_id)
    if person_id != agreement.owner_id:
        raise NotFound("There is no such agreement")
    others = [each for each in await store.documents.of(agreement_id) if each["digest"] != digest]
    kind = media_type(content, digest, len(others))
    await store.documents.keep(person_id, agreement_id, digest, kind, content, clock.now())
    return {"digest": digest, "media_type": kind, "size": len(content)}


async def opened(agreement_id: UUID, digest: str, person_id: UUID, confirming: bool, store: Store) -> tuple[str, bytes]:
    """The media type and content of a document. Raises ``NotFound`` when it is not the person's, unless ``confirming``."""
    agreement = await store.agreement(agreement_id)
    if person_id != agreement.owner_id and not confirming:
        raise NotFound("There is no such document")
    return await store.documents.open(agreement.owner_id, agreement_id, digest)
