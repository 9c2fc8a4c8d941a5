"""Coaching over HTTP: the cycle's record for its owner, its mentor and the officers."""

from fastapi import FastAPI

from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Verifier
from services.coaching.api import deciding, following, messages, reading
from services.coaching.settings import Settings
from services.coaching.store import Store


def make_api(store: Store, clock: Clock, verifier: Verifier, settings: Settings) -> FastAPI:
    """The HTTP API of coaching."""
    api = http.make_api("coaching", "Tremplin coaching", verifier)
    reading.routes(api, store, clock, settings)
    following.routes(api, store, clock, settings)
    deciding.routes(api, store, clock)
    messages.routes(api, store, clock)
    return api
