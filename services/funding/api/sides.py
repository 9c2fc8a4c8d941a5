"""Routes of the two functions that exclude each other are declared with ``caller: Caller = ORDERING`` or ``PAYING``."""

from typing import Any

from fastapi import Depends, Request

from services.chassis.identity import Allow, Caller
from services.funding.domain.refusals import IncompatibleRoles


class Side(Allow):
    """As ``Allow``; but whoever holds both functions may use neither."""

    async def __call__(self, request: Request) -> Caller:
        caller = await super().__call__(request)
        if caller.has("authorising_officer") and caller.has("accountant"):
            raise IncompatibleRoles
        return caller


ORDERING: Any = Depends(Side("authorising_officer"))
PAYING: Any = Depends(Side("accountant"))
