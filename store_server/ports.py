"""What the use cases need of the outside: durable records, live state, a messenger, a clock, keys.

Each port has an embedded adapter and, where it matters, a scaled-out one; every adapter of a port passes the same tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from store_server.domain.consent import Admitted, Standing
from store_server.domain.kiosk_views import KioskView
from store_server.domain.picked_pairs import PickedPair
from store_server.domain.sightings import AdmittedSightings
from store_server.domain.suggesting import Complements
from store_server.domain.tracking import Track
from store_server.wire.assortment import RefusedRow
from store_server.wire.calibration import Calibration
from store_server.wire.drafts import PlanEdit, SavedEdit
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.message import Message
from store_server.wire.people import Role
from store_server.wire.plan_files import DxfLayers, DxfMapping, ImportedPlan, PlanFormat
from store_server.wire.plan_versions import PlanVersion
from store_server.wire.privacy import ConsentEvent, Purpose
from store_server.wire.shopping import Product, WishList
from store_server.wire.sightings import NodeHealth, NodeState


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


# --- durable ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NodeRecord:
    node_key: str
    public_key: bytes
    state: NodeState
    boot_id: int
    highest_sequence: int
    last_batch_at: datetime | None
    health: NodeHealth | None


class ReplayVerdict(StrEnum):
    """What the replay window says of a batch's number (requirement C4)."""

    FRESH = "fresh"
    SEEN = "seen"
    TOO_OLD = "too_old"
    OLDER_BOOT = "older_boot"


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    verdict: ReplayVerdict
    received_at: datetime
    """When this batch was first received, where it was SEEN; now, where it is FRESH."""
    valid_ids_version: str


class CodeKind(StrEnum):
    NODE = "node"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class BeaconRecord:
    beacon_id: str
    label: str
    wrapped_key: bytes
    exponent: int
    clock_offset_s: float
    """The beacon's seconds counter minus Unix time."""


@dataclass(frozen=True, slots=True)
class ShopperRecord:
    standing: Standing
    pin_hash: str | None
    is_family_tag: bool
    changed_at: Mapping[Purpose, datetime]
    """When each purpose was last given or withdrawn."""


class Credential(StrEnum):
    """How a request proves whom it comes from; the columns of the authorization table."""

    NOBODY = "nobody"
    NODE = "node"
    KIOSK = "kiosk"
    CARD = "card"
    CARD_PIN = "card_pin"
    STAFF = "staff"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Session:
    token_hash: str
    credential: Credential
    subject: str
    """kiosk_key, shopper_id or user_name."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PlanRecord:
    version: int
    published_at: datetime
    document: FloorplanDocument
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class DraftAt:
    draft_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """The draft as it was kept last: later edits are to be replayed onto it."""

    draft_id: str
    base_version: int
    revision: int
    """Of the newest edit."""
    kept_revision: int
    kept_document: FloorplanDocument


@dataclass(frozen=True, slots=True)
class StockRecord:
    quantity: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class UserRecord:
    user_name: str
    role: Role
    password_hash: str
    is_disabled: bool
    may_publish: bool
    """Managers only: editing the plan and publishing it are separate rights."""


class NodeRecords(Protocol):
    def make_code(self, kind: CodeKind, key: str, code_hash: str, expires_at: datetime) -> None: ...
    def use_code(self, kind: CodeKind, code_hash: str, at: datetime) -> str | None:
        """The key the code was made for, once and before it expires; None otherwise."""
        ...

    def enrol(self, node_key: str, public_key: bytes, at: datetime) -> None: ...
    def node(self, node_key: str) -> NodeRecord | None: ...
    def nodes(self) -> Sequence[NodeRecord]: ...
    def set_state(self, node_key: str, state: NodeState) -> None: ...
    def set_key(self, node_key: str, public_key: bytes) -> None: ...
    def note_batch(
        self,
        node_key: str,
        boot_id: int,
        sequence: int,
        valid_ids_version: str,
        health: NodeHealth | None,
        at: datetime,
    ) -> ReplayAnswer:
        """Take a batch's number if it is fresh, durably, in one transaction; otherwise say why not."""
        ...

    def pair_kiosk(self, kiosk_key: str, at: datetime) -> None: ...
    def see_kiosk(self, kiosk_key: str, at: datetime) -> None: ...
    def unpair_kiosk(self, kiosk_key: str) -> None: ...
    def kiosks(self) -> Mapping[str, datetime | None]:
        """Paired kiosks and when each was last seen."""
        ...


class ShopperRecords(Protocol):
    def add_beacon(self, beacon: BeaconRecord, at: datetime) -> None: ...
    def beacon_by_label(self, label: str) -> BeaconRecord | None: ...
    def bound_beacons(self) -> Sequence[tuple[BeaconRecord, Standing]]:
        """The beacons in shoppers' hands."""
        ...

    def free_labels(self) -> Sequence[str]: ...
    def bound_count(self) -> int: ...
    def move_clock(self, beacon_id: str, clock_offset_s: float) -> None: ...
    def add_shopper(
        self, shopper_id: str, card_hash: str, pin_hash: str | None, is_family_tag: bool, at: datetime
    ) -> None: ...
    def bind(self, shopper_id: str, beacon_id: str, at: datetime) -> bool:
        """Put the beacon in the shopper's hand; False, and nothing done, where it or the hand is taken."""
        ...

    def unbind(self, beacon_id: str) -> Standing | None:
        """Take the beacon out of its bearer's hand and raise their epoch; None where nobody held it."""
        ...

    def shopper(self, shopper_id: str) -> ShopperRecord | None: ...
    def shopper_id_by_card(self, card_hash: str) -> str | None: ...
    def holder_of(self, beacon_id: str) -> Standing | None: ...
    def change_consents(
        self,
        shopper_id: str,
        make_events: Callable[[ConsentEvent | None], Sequence[ConsentEvent]],
        *,
        raise_epoch: bool,
    ) -> Standing:
        """Append the events made after the ledger's last one, and bring the standing up to them, in one transaction."""
        ...

    def set_paused(self, shopper_id: str, is_paused: bool, at: datetime) -> Standing:
        """Pausing raises the epoch."""
        ...

    def ledger(self) -> Iterable[ConsentEvent]: ...
    def wish_list(self, shopper_id: str) -> WishList: ...
    def change_wish_list(self, shopper_id: str, change: Callable[[WishList], WishList]) -> WishList:
        """Read, change and write in one transaction, so that two screens cannot lose each other's change."""
        ...

    def dismiss(self, shopper_id: str, sku: str) -> None: ...
    def dismissed(self, shopper_id: str) -> frozenset[str]: ...


class PlanRecords(Protocol):
    """Published versions, which never change, and the one draft managers share."""

    def publish(
        self, document: FloorplanDocument, calibration: Calibration | None, author: str, note: str, at: datetime
    ) -> int: ...
    def roll_back(self, version: int, author: str, note: str, at: datetime) -> int | None:
        """Publish an older version again, as a new one; None where there is no such version."""
        ...

    def current(self) -> PlanRecord | None:
        """The published plan."""
        ...

    def version(self) -> int:
        """0 where nothing is published."""
        ...

    def of_version(self, version: int) -> PlanRecord | None: ...
    def versions(self) -> Sequence[PlanVersion]:
        """The newest first."""
        ...

    def draft(self) -> DraftRecord | None: ...
    def draft_at(self) -> DraftAt | None:
        """Which draft there is and how far it has come, without reading it."""
        ...

    def begin_draft(self, draft_id: str, base_version: int, document: FloorplanDocument, at: datetime) -> DraftAt:
        """The draft there is; where there is none, this one."""
        ...

    def edits(self, draft_id: str, since: int) -> Sequence[SavedEdit]:
        """What came after a revision, oldest first."""
        ...

    def last_edits(self, draft_id: str, most: int, most_bytes: int) -> Sequence[SavedEdit]:
        """The newest steps that fit, oldest first."""
        ...

    def save_edit(self, edit: PlanEdit, author: str, at: datetime, judge: Callable[[int], None]) -> SavedEdit | None:
        """Append an edit to the draft, whole or not at all.

        ``judge`` is called inside the transaction with the draft's revision and raises where the edit does not fit; an edit
        that is there already is answered as it was saved, without asking. None where the draft is no longer there.
        """
        ...

    def keep_draft(self, draft_id: str, revision: int, document: FloorplanDocument) -> None:
        """Remember the whole draft at a revision, so that opening it need not replay every edit."""
        ...

    def publish_draft(
        self,
        draft_id: str,
        revision: int,
        document: FloorplanDocument,
        calibration: Calibration | None,
        author: str,
        note: str,
        at: datetime,
    ) -> int | None:
        """Publish and end the draft in one transaction; None, and nothing done, where it is not at this revision."""
        ...

    def end_draft(self, draft_id: str, revision: int) -> bool:
        """Throw the draft away; False where it is not at this revision."""
        ...

    def put_picture(self, picture_id: str, png: bytes, at: datetime) -> None: ...
    def picture(self, picture_id: str) -> bytes | None: ...
    def place_underlay(self, placed_json: str | None) -> None: ...
    def underlay(self) -> str | None:
        """The picture under the draft and how it lies, as its message's JSON."""
        ...


class StoreRecords(Protocol):
    def put_products(self, products: Sequence[Product]) -> None: ...
    def product(self, sku: str) -> Product | None: ...
    def products(self, skus: Iterable[str]) -> Mapping[str, Product]: ...
    def find_products(self, query: str, limit: int) -> Sequence[Product]: ...
    def put_stock(self, rows: Sequence[tuple[str, int]], as_of: datetime) -> None: ...
    def stock(self, skus: Iterable[str]) -> Mapping[str, StockRecord]: ...
    def put_basket_items(self, rows: Sequence[tuple[str, str]]) -> None: ...
    def baskets(self) -> Iterable[tuple[str, str]]: ...
    def save_complements(self, complements: Complements, at: datetime) -> None: ...
    def complements(self) -> tuple[float, Complements] | None:
        """When they were learned (Unix seconds), and they; None where nothing was learned yet."""
        ...


class AssortmentRecords(Protocol):
    """How the store arranges what it sells: its categories, which are sensitive, and what goes with what."""

    def skus(self, query: str, category: str | None, offset: int = 0, limit: int | None = None) -> Sequence[str]:
        """Products, of one category or of all, whose name, brand, category, sku or barcode holds every word; by name."""
        ...

    def count(self, query: str, category: str | None) -> int:
        """How many ``skus`` would answer without a limit."""
        ...

    def known(self, skus: Iterable[str]) -> frozenset[str]:
        """Those of these that the catalogue has."""
        ...

    def categories(self) -> Sequence[tuple[str, int]]:
        """Each as it is written, and its number of products; sensitive ones without products too."""
        ...

    def sensitive_categories(self) -> frozenset[str]:
        """Without case."""
        ...

    def flag_category(self, category: str, *, is_sensitive: bool) -> None: ...
    def pairings(self) -> Sequence[PickedPair]: ...
    def put_pairing(self, pair: PickedPair, most: int) -> bool:
        """Add it or change its note; False, and nothing done, where there would be more than ``most``."""
        ...

    def remove_pairing(self, sku: str, with_sku: str) -> bool:
        """False where there was none."""
        ...


class PeopleRecords(Protocol):
    def put_user(self, user_name: str, role: Role, password_hash: str, *, may_publish: bool = True) -> None: ...
    def user(self, user_name: str) -> UserRecord | None: ...
    def open_session(
        self, token_hash: str, credential: Credential, subject: str, at: datetime, *, idle_s: float, absolute_s: float
    ) -> Session: ...
    def session(self, token_hash: str, at: datetime) -> Session | None:
        """The session, if it has neither expired nor idled out; using it counts as being there."""
        ...

    def close_session(self, token_hash: str) -> None: ...
    def close_sessions_of(self, credentials: Iterable[Credential], subject: str) -> None: ...
    def purge_sessions(self, at: datetime) -> int: ...


class Records(Protocol):
    """Durable things, in transactions."""

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


class TillFiles(Protocol):
    """What a till hands over as CSV, row by row; a row that cannot be taken comes as its refusal."""

    def catalogue(self, content: bytes) -> Iterator[Product | RefusedRow]: ...
    def stock(self, content: bytes) -> Iterator[tuple[str, int] | RefusedRow]: ...


# --- live ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LiveTrack:
    """A track and the consent it stands on."""

    track: Track
    shopper_id: str
    epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class LiveWindow:
    """The sightings of the last seconds; ``bearers`` says under which consent each beacon's were admitted."""

    sightings: AdmittedSightings
    bearers: Mapping[str, tuple[str, int]]
    """beacon_id -> (shopper_id, epoch)."""


class LiveState(Protocol):
    """Things that are seconds old. Whatever is of a shopper is dropped here when its epoch has passed."""

    def raise_epoch(self, shopper_id: str, epoch: int) -> None:
        """From now on nothing admitted under an earlier epoch of this shopper is kept, returned or emitted."""
        ...

    def while_current(self, bearers: Iterable[tuple[str, int]]) -> AbstractContextManager[bool]:
        """Hold these (shopper_id, epoch) still: inside, True means that what was admitted under them may be emitted."""
        ...

    def add(self, admitted: Admitted) -> None: ...
    def window(self, since_s: float) -> LiveWindow: ...
    def nodes_heard_since(self, since_s: float) -> frozenset[str]: ...
    def note_node(self, node_id: str, at_s: float) -> None: ...
    def tracks(self) -> Sequence[LiveTrack]: ...
    def save_tracks(self, tracks: Iterable[LiveTrack]) -> None: ...
    def forget(self, beacon_id: str) -> None:
        """Sightings and track of this beacon are gone."""
        ...

    def drop_older(self, before_s: float) -> None:
        """Sightings and tracks past their time are gone."""
        ...

    def kiosk_view(self, kiosk_key: str) -> KioskView: ...
    def kiosk_views(self) -> Mapping[str, KioskView]: ...
    def change_kiosk_view(self, kiosk_key: str, change: Callable[[KioskView], KioskView]) -> KioskView:
        """Read, change and write as one step; ``change`` may be called again if another process was first."""
        ...


class Messenger(Protocol):
    """Wire messages to screens."""

    def to_kiosk(self, kiosk_key: str, message: Message) -> None: ...
    def to_staff(self, message: Message) -> None: ...
    def disconnect(self, credentials: Iterable[Credential], subject: str) -> None:
        """Close the sockets of a session subject whose access ended."""
        ...


# --- keys ------------------------------------------------------------------------------------------------------------


class EphemeralIds(Protocol):
    def __call__(self, identity_key: bytes, k: int, beacon_time_s: int) -> bytes: ...


class Unwrap(Protocol):
    def __call__(self, wrapped: bytes, belongs_to: str) -> bytes: ...


# --- files -----------------------------------------------------------------------------------------------------------


class RefusedPicture(ValueError):
    """No picture we take; the words say what to send instead."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    png: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan, ready to be sent."""

    content: bytes
    mimetype: str
    ending: str


class PlanFiles(Protocol):
    """Plans in the formats of other tools."""

    def read(
        self, plan_format: PlanFormat, raw: bytes, draft: FloorplanDocument, mapping: DxfMapping | None
    ) -> ImportedPlan:
        """The shapes in a file, or its problems; never an exception for what the file holds."""
        ...

    def dxf_layers(self, raw: bytes) -> DxfLayers: ...
    def write(
        self, plan_format: PlanFormat, document: FloorplanDocument, level_id: str | None, at: datetime
    ) -> PlanFile:
        """Raises ``InvalidFloorplan`` where the plan cannot be written so."""
        ...

    def clean_picture(self, raw: bytes) -> CleanPicture:
        """Raises ``RefusedPicture``."""
        ...
