"""The HTTP API of funding."""

from fastapi import FastAPI

from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Verifier
from services.funding.api import agreements, books, documents, lists, tranches
from services.funding.api.documents import body_limit
from services.funding.payments.files import PaymentAdapter
from services.funding.store import Store

__all__ = ["body_limit", "make_api"]


def make_api(store: Store, clock: Clock, verifier: Verifier, adapter: PaymentAdapter) -> FastAPI:
    """Envelopes, agreements, tranches, payments and the books, over HTTP."""
    api = http.make_api("funding", "Tremplin: funding", verifier)
    books.add_work(api, store)
    books.add_envelopes(api, store, clock)
    books.add_ledger(api, store)
    lists.add_lists(api, store)
    lists.add_rows(api, store)
    agreements.add_reading(api, store)
    agreements.add_signing(api, store, clock)
    documents.add_documents(api, store, clock)
    agreements.add_bank_details(api, store, clock)
    agreements.add_reports_and_recoveries(api, store, clock)
    tranches.add_ordering(api, store, clock)
    tranches.add_checking(api, store, clock)
    tranches.add_paying(api, store, clock, adapter)
    return api
