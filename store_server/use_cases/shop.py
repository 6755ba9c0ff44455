"""The shopper's list, from a phone or a kiosk; finding products; answering a suggestion; tapping a token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from store_server.domain.kiosk_views import closed, led_step_free, opened_by, touched
from store_server.domain.wish_lists import NotOnTheList, WishListFull, put, remove
from store_server.ports import Clock, LiveState, Records
from store_server.use_cases.admit_beacons import Admissions
from store_server.use_cases.availability import Availability
from store_server.use_cases.floors import Floor, Floors
from store_server.use_cases.keep_promises import Promises
from store_server.use_cases.locate_shoppers import Spine
from store_server.use_cases.publish_views import Views
from store_server.use_cases.refusals import Conflict, NotAllowed, NotFound
from store_server.wire.levels import ChooseWays
from store_server.wire.privacy import ChangeConsent, Purpose
from store_server.wire.shopping import (
    AnswerSuggestion,
    ChangeWishListItem,
    ClosedReason,
    FoundProduct,
    FoundProducts,
    KioskState,
    Product,
    WishList,
    WishListItem,
)

MOST_ANSWERS = 50


def found_products(products: Sequence[Product], records: Records, floor: Floor | None) -> tuple[FoundProduct, ...]:
    """Each product with its place on this floor and what is known of its stock."""
    stock = records.store.stock([product.sku for product in products])
    return tuple(
        FoundProduct(
            product=product,
            place=None if floor is None else floor.places.get(product.sku),
            stock=stock[product.sku].quantity if product.sku in stock else None,
            stock_as_of=stock[product.sku].as_of if product.sku in stock else None,
        )
        for product in products
    )


@dataclass(frozen=True)
class Lists:
    """Wish lists and the catalogue they are written from."""

    records: Records
    floors: Floors
    availability: Availability

    def wish_list(self, shopper_id: str) -> WishList:
        return self.availability.told(self.records.shoppers.wish_list(shopper_id), self.floors.current())

    def put(self, shopper_id: str, change: ChangeWishListItem) -> WishList:
        """Add a product of the catalogue, or change its state."""
        product = self.records.store.product(change.sku)
        if product is None:
            raise NotFound("The store has no such product.")
        item = WishListItem(sku=product.sku, name=product.name, state=change.state)
        self._change(shopper_id, lambda wish_list: put(wish_list, item))
        return self.wish_list(shopper_id)

    def remove(self, shopper_id: str, sku: str) -> WishList:
        self._change(shopper_id, lambda wish_list: remove(wish_list, sku))
        return self.wish_list(shopper_id)

    def find(self, query: str, limit: int) -> FoundProducts:
        """ "Do you have it, where is it", from name, brand, category, sku or barcode."""
        query = query.strip()[:100]
        floor = self.floors.current()
        products = self.records.store.find_products(query, min(limit, MOST_ANSWERS)) if query else []
        return FoundProducts(query=query, products=found_products(products, self.records, floor))

    def _change(self, shopper_id: str, change: Callable[[WishList], WishList]) -> None:
        try:
            self.records.shoppers.change_wish_list(shopper_id, change)
        except (WishListFull, NotOnTheList) as refused:
            raise Conflict(str(refused)) from refused


@dataclass(frozen=True)
class AtKiosk:
    """What may be done at one kiosk, for the shopper who tapped there and for nobody else."""

    live: LiveState
    records: Records
    admissions: Admissions
    floors: Floors
    views: Views
    spine: Spine
    lists: Lists
    promises: Promises
    clock: Clock

    def tap(self, kiosk_key: str, token_id: str) -> KioskState:
        now = self.clock.now()
        visitor = self.live.kiosk_view(kiosk_key).visitor(token_id)
        if visitor is None:
            raise NotFound("This token is not shown here any more. Tap the one on the screen.")
        shopper_id = visitor.bearer.shopper_id
        record = self.records.shoppers.shopper(shopper_id)
        if record is None or not record.standing.permits(Purpose.GUIDANCE):
            raise NotFound("This token is not shown here any more. Tap the one on the screen.")
        wish_list = self.lists.wish_list(shopper_id)
        may_suggest = record.standing.permits(Purpose.SUGGESTIONS)
        self.views.change(
            kiosk_key, lambda view: opened_by(view, token_id, wish_list, may_suggest, now.timestamp()), now
        )
        return self._look_again(kiosk_key)

    def touch(self, kiosk_key: str) -> None:
        now = self.clock.now()
        self.views.change(kiosk_key, lambda view: touched(view, now.timestamp()), now)

    def leave(self, kiosk_key: str) -> KioskState:
        return self.views.change(kiosk_key, lambda view: closed(view, ClosedReason.DONE), self.clock.now())

    def choose_ways(self, kiosk_key: str, choice: ChooseWays) -> KioskState:
        """For this shopper, until they leave this screen; nothing of it is kept."""
        shopper_id = self._opened(kiosk_key, choice.token_id)
        is_step_free = choice.is_step_free
        self.views.change(kiosk_key, lambda view: led_step_free(view, shopper_id, is_step_free), self.clock.now())
        return self._look_again(kiosk_key)

    def put(self, kiosk_key: str, change: ChangeWishListItem, token_id: str | None = None) -> KioskState:
        self.lists.put(self._opened(kiosk_key, token_id), change)
        return self._look_again(kiosk_key)

    def remove(self, kiosk_key: str, sku: str, token_id: str | None = None) -> KioskState:
        self.lists.remove(self._opened(kiosk_key, token_id), sku)
        return self._look_again(kiosk_key)

    def answer(self, kiosk_key: str, answer: AnswerSuggestion, token_id: str | None = None) -> KioskState:
        shopper_id = self._opened(kiosk_key, token_id)
        record = self.records.shoppers.shopper(shopper_id)
        if record is None or not record.standing.permits(Purpose.SUGGESTIONS):
            raise NotAllowed("Suggestions are switched off.")
        if answer.answer == "add_to_list":
            self.lists.put(shopper_id, ChangeWishListItem(sku=answer.sku))
        else:
            self.records.shoppers.dismiss(shopper_id, answer.sku)
        return self._look_again(kiosk_key)

    def withdraw(self, kiosk_key: str, change: ChangeConsent) -> KioskState:
        """Giving consent at a kiosk asks for the card too, which a kiosk cannot read yet; withdrawing asks for nothing."""
        if change.event != "withdrawn":
            raise NotAllowed("To switch something on, use your card's page on your phone.")
        self.promises.withdraw_consent(self._opened(kiosk_key), change.purpose, change.language, f"kiosk:{kiosk_key}")
        return self.views.state(kiosk_key)

    def _opened(self, kiosk_key: str, token_id: str | None = None) -> str:
        """Whose list is open here; with ``token_id`` only where it is still the one under that token."""
        now = self.clock.now()
        opened = self.live.kiosk_view(kiosk_key).opened
        if opened is None:
            raise NotAllowed("Nobody has tapped a token here.")
        if token_id is not None and opened.token.token_id != token_id:
            raise Conflict("This list is not open here any more.")
        shopper_id = opened.bearer.shopper_id
        self.views.change(kiosk_key, lambda view: touched(view, now.timestamp()), now)
        return shopper_id

    def _look_again(self, kiosk_key: str) -> KioskState:
        now = self.clock.now()
        floor = self.floors.current()
        if floor is not None and kiosk_key in floor.kiosks:
            self.spine.look_at_kiosk(floor, kiosk_key, self.admissions.current(now).standings, now)
        return self.views.state(kiosk_key)
