"""HTTP of evaluation: parse, ask a handler, answer."""

from fastapi import FastAPI

from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Verifier
from services.evaluation.api import ballots, progress, results, rounds
from services.evaluation.store.store import Store


def make_api(store: Store, clock: Clock, verifier: Verifier) -> FastAPI:
    """The HTTP API of evaluation."""
    api = http.make_api("evaluation", "Tremplin: evaluation", verifier)
    rounds.routes(api, store)
    ballots.routes(api, store, clock)
    results.routes(api, store, clock)
    progress.routes(api, store, clock)
    return api
