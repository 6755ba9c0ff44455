"""store_server <-> kiosk and shopper page: products, wish lists, guidance, suggestions."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from store_server.wire.floorplans import FeatureId
from store_server.wire.levels import GuidanceCrossing, LevelName
from store_server.wire.message import Identifier, Instant, Key, Label, Message, Metres, Sku

Count = Annotated[int, Field(ge=0, le=10**9)]
MAX_WISH_LIST_ITEMS = 200


class Product(Message):
    sku: Sku
    name: Label
    category: Label
    brand: Label | None = None
    gtin: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,14}$")] | None = None
    price_minor: Count | None = None
    """In the currency's smallest unit; None where the till does not say."""
    is_sensitive: bool = False


class ShelfHeight(StrEnum):
    """Where to look: for somebody who stands before the shelf."""

    BOTTOM = "bottom"
    LOW = "low"
    MIDDLE = "middle"
    EYE = "eye"
    TOP = "top"


class ShelfPlace(Message):
    """Where a product stands, in words a person can follow."""

    slot_key: Label
    fixture_key: Label
    zone: Label | None
    side: Label
    bay: int
    shelf: int
    x_m: Metres
    y_m: Metres
    height: ShelfHeight | None = None
    """None where the plan does not say how many shelves there are."""
    level: LevelName | None = None
    """None where the plan has one level."""


class FoundProduct(Message):
    """One answer to "do you have it, where is it"."""

    product: Product
    place: ShelfPlace | None
    """None: on no shelf of the published plan."""
    stock: Count | None
    """None: not known."""
    stock_as_of: Instant | None


class FoundProducts(Message):
    """GET /api/products?q=..."""

    query: Annotated[str, StringConstraints(max_length=100)]
    products: tuple[FoundProduct, ...]
    as_of: Instant | None = None
    """None: as it is now. A kiosk without its server answers from the catalogue it kept, and says when that was right."""


MOST_PRODUCTS_KEPT = 50_000


class Catalogue(Message):
    """GET /api/kiosk/catalogue: all products with their places, for a kiosk to search in while it cannot reach the server."""

    plan_version: Count
    """The plan whose places these are."""
    products: Annotated[tuple[FoundProduct, ...], Field(max_length=MOST_PRODUCTS_KEPT)]


class WishState(StrEnum):
    WANTED = "wanted"
    PICKED_UP = "picked_up"
    SKIPPED = "skipped"


class Substitute(Message):
    """What may be taken instead of a product that is sold out: of the same kind, and on a shelf."""

    sku: Sku
    name: Label
    place: ShelfPlace | None


class WishListItem(Message):
    sku: Sku
    name: Label
    state: WishState = WishState.WANTED
    place: ShelfPlace | None = None
    is_sold_out: bool = False
    """By the stock as the till last told it; nobody is led to it."""
    substitute: Substitute | None = None


class WishList(Message):
    """A shopper's wish list; ``version`` rises with each change, so that two screens cannot overwrite each other."""

    version: Count
    items: Annotated[tuple[WishListItem, ...], Field(max_length=MAX_WISH_LIST_ITEMS)]


class ChangeWishListItem(Message):
    """PUT /api/shopper/wish-list/items: add a product or change its state."""

    sku: Sku
    state: WishState = WishState.WANTED


class RemoveWishListItem(Message):
    """DELETE /api/shopper/wish-list/items."""

    sku: Sku


class Certainty(StrEnum):
    """How the position may be worded: SURE "you are here", NEAR "you are near", UNKNOWN "we can't see you just now"."""

    SURE = "sure"
    NEAR = "near"
    UNKNOWN = "unknown"


class GuidanceKind(StrEnum):
    GO_TO = "go_to"
    """Walk on along the path to the next item."""
    ARRIVED = "arrived"
    """The item is within reach: this shelf."""
    NO_POSITION = "no_position"
    """We can't see the beacon just now; the item's place is still told."""
    NO_PATH = "no_path"
    """There is no way to it on the published plan; the item's place is still told."""
    NO_PLACE = "no_place"
    """The items left stand on no shelf: ask staff."""
    SOLD_OUT = "sold_out"
    """The items left are sold out."""
    ALL_DONE = "all_done"
    """Nothing left on the list, and no way to a checkout that we know."""
    TO_CHECKOUT = "to_checkout"
    """Nothing is left that can be had: walk on along the path to the till. The next item is sold out or stands nowhere."""
    AT_CHECKOUT = "at_checkout"
    """The till is within reach."""


class GuidanceStep(Message):
    """One turn of the way and how far to walk after it."""

    move: Literal["ahead", "left", "right", "back", "round_left", "round_right"]
    """``round_*``: round the end of the shelves and back along their other side."""
    walk_m: Annotated[float, Field(ge=0, le=1e5)]
    nth: Annotated[int, Field(ge=1, le=5)] | None
    """Which opening between the shelves on that side; None where there is none to count."""
    past: Label | None
    """The part of the store that ends just before the turn. Never a sensitive one."""
    into: Label | None
    """The part of the store the turn leads into. Never a sensitive one."""


class Guidance(Message):
    """What leads to the next stop. Worded by the screen, in the shopper's language, from these facts."""

    kind: GuidanceKind
    certainty: Certainty
    next_item: WishListItem | None
    distance_m: Annotated[float, Field(ge=0, le=1e5)] | None
    """Along ``path``."""
    path: Annotated[tuple[tuple[Metres, Metres], ...], Field(max_length=2000)]
    """The path from the shopper to the shelf or the till, as far as it is on the shopper's level; empty where there is none."""
    turn: Literal["ahead", "left", "right", "back"] | None
    """Where the path leads first, as seen by someone facing the way the kiosk's map has up."""
    near: Annotated[tuple[Label, ...], Field(max_length=2)] = ()
    """Names of the part of the store the shopper is near; two where the signals fit both. None where it is sensitive."""
    steps: Annotated[tuple[GuidanceStep, ...], Field(max_length=60)] = ()
    """The path in words; the first move is ``turn``'s."""
    shelf_side: Literal["ahead", "left", "right"] | None = None
    """Where the shelf is for somebody who has walked the path."""
    order: Annotated[tuple[Sku, ...], Field(max_length=MAX_WISH_LIST_ITEMS)] = ()
    """The tour: what is left to fetch, in the order it is walked."""
    tour_m: Annotated[float, Field(ge=0, le=1e6)] | None = None
    """What is left to walk over all of it to the checkout; None where that is not known. Without what stairs and
    lifts take."""
    level_id: FeatureId | None = None
    """The level of the shopper and of ``path``; None while they are not seen and no path is known."""
    crossings: Annotated[tuple[GuidanceCrossing, ...], Field(max_length=20)] = ()
    """What to take where ``path`` ends, and then, to the level of the next item or the till; empty where the shopper is on it."""


class SuggestionReason(Message):
    """Why this product is suggested: people who bought ``because_name`` often bought it too, or the store picked it."""

    because_sku: Sku
    because_name: Label
    baskets_together: Count
    """Baskets that held both; 0 where the store picked it."""
    baskets_with_because: Count
    is_picked_by_store: bool = False
    note: Label | None = None
    """The store's own words, where it picked it."""


class Suggestion(Message):
    sku: Sku
    name: Label
    place: ShelfPlace | None
    distance_m: Annotated[float, Field(ge=0, le=1e5)] | None
    reason: SuggestionReason


class AnswerSuggestion(Message):
    """What a shopper says to a suggestion."""

    sku: Sku
    answer: Literal["add_to_list", "not_this_again"]


class Token(Message):
    """The neutral sign of one opted-in shopper in a kiosk's catchment: says nothing until its owner taps it."""

    token_id: Identifier
    colour: Literal["orange", "sky", "green", "yellow", "blue", "vermilion", "purple"]
    shape: Literal["circle", "square", "triangle", "star", "diamond", "hexagon"]
    digits: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


class TapToken(Message):
    """POST /api/kiosk/taps."""

    token_id: Identifier


class OpenedShopper(Message):
    """What the shopper who tapped sees."""

    token: Token
    wish_list: WishList
    guidance: Guidance
    suggestion: Suggestion | None
    may_suggest: bool
    """SUGGESTIONS is given."""
    is_leaving: bool
    """Out of the catchment: the screen counts down and is then cleared."""
    is_step_free: bool = False
    """Led without stairs and escalators, by ways that are wide enough, as they chose on this screen."""
    is_handing_off: bool = False
    """The address that takes this to a phone was not used yet."""


class ClosedReason(StrEnum):
    LEFT = "left"
    IDLE = "idle"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


class KioskState(Message):
    """Socket event ``kiosk_state`` and GET /api/kiosk/state: all a kiosk shows of shoppers, whole, each time it changes."""

    version: Count
    """Rises with every change; a screen that sees a gap or reconnects fetches the state again."""
    at: Instant
    kiosk_key: Key
    plan_version: Count
    tokens: tuple[Token, ...]
    opened: OpenedShopper | None
    closed_reason: ClosedReason | None
    """Why the last opened shopper's view ended; None once somebody else tapped."""
    positions_are_live: bool
    """False: too few nodes are heard from just now; the screen says so."""


class KioskPaired(Message):
    """Answer to PairKiosk."""

    kiosk_key: Key
    store_name: Label
    demo_note: Label | None
    """What a demo must say on the screen: which parts are invented."""


class PairKiosk(Message):
    """POST /api/kiosk/pairings: the one-time code a manager made for this screen."""

    code: Annotated[str, StringConstraints(min_length=8, max_length=64)]
