"""All durable records, as one port."""

from __future__ import annotations

from typing import Protocol

from store_server.ports.assortment import AssortmentRecords, StoreRecords
from store_server.ports.calls import CallRecords
from store_server.ports.nodes import NodeRecords
from store_server.ports.people import PeopleRecords
from store_server.ports.plans import PlanRecords
from store_server.ports.shoppers import ShopperRecords


class Records(Protocol):
    """Durable things, in transactions."""

    @property
    def calls(self) -> CallRecords: ...
    @property
    def nodes(self) -> NodeRecords: ...
    @property
    def shoppers(self) -> ShopperRecords: ...
    @property
    def store(self) -> StoreRecords: ...
    @property
    def assortment(self) -> AssortmentRecords: ...
    @property
    def plans(self) -> PlanRecords: ...
    @property
    def people(self) -> PeopleRecords: ...
    def settle(self) -> None:
        """What keeping costs beside the keeping itself, done now so that nobody who writes waits for it."""
        ...
