"""The HTTP API of applications."""

from fastapi import FastAPI

from services.applications.api import (
    applications,
    attachments,
    batches,
    calls,
    instruction,
    invitations,
    lists,
    messages,
    mine,
    notes,
    officers,
    paper,
    results,
)
from services.applications.api.attachments import body_limit
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.http import make_api as make
from services.chassis.identity import Verifier

__all__ = ["body_limit", "make_api"]
ROOMS = (
    calls, mine, applications, instruction, results, attachments, messages, invitations, lists, officers, notes, paper,
    batches,
)  # fmt: skip


def make_api(store: Store, clock: Clock, verifier: Verifier) -> FastAPI:
    """All routes of applications, each declaring who may call it."""
    api = make("applications", "Tremplin: applications", verifier)
    for room in ROOMS:
        room.add_routes(api, store, clock)
    return api
