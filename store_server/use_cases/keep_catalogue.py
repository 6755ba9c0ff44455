"""The whole catalogue for kiosks to keep, so that "where is it" has an answer while the server has none."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from store_server.ports import Clock, Records
from store_server.use_cases.floors import Floors
from store_server.use_cases.shop import found_products
from store_server.wire.shopping import MOST_PRODUCTS_KEPT, Catalogue

HOLDS_FOR: Final = timedelta(minutes=5)
"""Reading 20,000 products takes some tenths of a second; stock comes from the till's files a few times a day."""


@dataclass(frozen=True, slots=True)
class WrittenCatalogue:
    """As it is sent: JSON of a ``Catalogue``, and a name for exactly this content."""

    body: bytes
    etag: str
    plan_version: int
    written_at: datetime


@dataclass
class CatalogueKeeper:
    """Writes the catalogue once for all kiosks that ask within the next minutes; a new plan is written at once."""

    records: Records
    floors: Floors
    clock: Clock
    _written: WrittenCatalogue | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> WrittenCatalogue:
        floor = self.floors.current()
        plan_version = 0 if floor is None else floor.plan.version
        with self._lock:
            now = self.clock.now()
            written = self._written
            if written is not None and written.plan_version == plan_version and now - written.written_at < HOLDS_FOR:
                return written
            skus = self.records.assortment.skus("", None, limit=MOST_PRODUCTS_KEPT)
            products = list(self.records.store.products(skus).values())
            catalogue = Catalogue(plan_version=plan_version, products=found_products(products, self.records, floor))
            body = catalogue.model_dump_json().encode()
            self._written = WrittenCatalogue(body, hashlib.sha256(body).hexdigest()[:32], plan_version, now)
            return self._written
