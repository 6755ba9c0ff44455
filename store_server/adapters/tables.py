"""SQLModel rows: keys, times, versions, plus whole documents as JSON that ``wire`` validated on the way in.

Instants are stored as Unix seconds (float): SQLite keeps no time zone, and a number compares the same on both engines.
"""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel


class NodeRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "node"
    node_key: str = Field(primary_key=True)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str
    enrolled_s: float
    boot_id: int = Field(default=0, sa_type=BigInteger)
    highest_sequence: int = Field(default=-1, sa_type=BigInteger)
    last_batch_s: float | None = None
    health_json: str | None = None


class NodeBatchRow(SQLModel, table=True):
    """The replay window: the receipts of the last sequences of each node's present boot."""

    __tablename__: ClassVar[str] = "node_batch"
    node_key: str = Field(primary_key=True)
    boot_id: int = Field(primary_key=True, sa_type=BigInteger)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    received_s: float
    valid_ids_version: str


class OneTimeCodeRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "one_time_code"
    code_hash: str = Field(primary_key=True)
    kind: str
    key: str = Field(index=True)
    expires_s: float
    used_s: float | None = None


class KioskRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "kiosk"
    kiosk_key: str = Field(primary_key=True)
    paired_s: float
    last_seen_s: float | None = None


class HelpCallRow(SQLModel, table=True):
    """A call for help: of a kiosk, and of who went there; not of who called."""

    __tablename__: ClassVar[str] = "help_call"
    call_id: str = Field(primary_key=True)
    kiosk_key: str = Field(index=True)
    open_kiosk_key: str | None = Field(default=None, unique=True, index=True)
    """The kiosk again while the call is open: there is one of each."""
    called_s: float
    acknowledged_s: float | None = None
    acknowledged_by: str | None = None
    done_s: float | None = None
    done_by: str | None = None


class BeaconRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "beacon"
    beacon_id: str = Field(primary_key=True)
    label: str = Field(unique=True, index=True)
    wrapped_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    exponent: int
    clock_offset_s: float
    added_s: float


class ShopperRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "shopper"
    shopper_id: str = Field(primary_key=True)
    card_hash: str = Field(unique=True, index=True)
    pin_hash: str | None = None
    beacon_id: str | None = Field(default=None, unique=True, index=True)
    bound_s: float | None = None
    epoch: int = 0
    is_paused: bool = False
    resumed_s: float | None = None
    is_family_tag: bool = False
    made_s: float


class ConsentRow(SQLModel, table=True):
    """How each purpose stands now; the ledger says how it came to."""

    __tablename__: ClassVar[str] = "consent"
    shopper_id: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    is_given: bool
    changed_s: float


class ConsentEventRow(SQLModel, table=True):
    """The append-only ledger."""

    __tablename__: ClassVar[str] = "consent_event"
    seq: int = Field(primary_key=True)
    shopper_id: str = Field(index=True)
    event_json: str


class WishListRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "wish_list"
    shopper_id: str = Field(primary_key=True)
    version: int
    wish_list_json: str


class DismissalRow(SQLModel, table=True):
    """ "Not this again": one suggestion one shopper does not want to see any more."""

    __tablename__: ClassVar[str] = "dismissal"
    shopper_id: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)


class ProductRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "product"
    sku: str = Field(primary_key=True)
    search_text: str
    category: str = Field(index=True)
    """Without case."""
    product_json: str


class CategoryFlagRow(SQLModel, table=True):
    """What this store has decided of its categories: ``wire.assortment.CategoryFlag``."""

    __tablename__: ClassVar[str] = "category_flag"
    category: str = Field(primary_key=True)
    """Without case."""
    flag: str = Field(primary_key=True)
    written: str


class PairingRow(SQLModel, table=True):
    """Which product the store offers first with which."""

    __tablename__: ClassVar[str] = "pairing"
    sku: str = Field(primary_key=True)
    with_sku: str = Field(primary_key=True)
    note: str | None = None


class StockRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "stock"
    sku: str = Field(primary_key=True)
    quantity: int
    as_of_s: float


class BasketItemRow(SQLModel, table=True):
    """What was bought together; of no person: a basket has a till's number and no shopper."""

    __tablename__: ClassVar[str] = "basket_item"
    basket_id: str = Field(primary_key=True)
    sku: str = Field(primary_key=True)


class FloorplanRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "floorplan"
    version: int = Field(primary_key=True)
    published_s: float
    author: str
    note: str
    document_json: str
    calibration_json: str | None = None
    rolled_back_to: int | None = None


class DraftRow(SQLModel, table=True):
    """The one draft: the whole of it as it was at some revision; what came after is in ``plan_edit``."""

    __tablename__: ClassVar[str] = "plan_draft"
    draft_id: str = Field(primary_key=True)
    base_version: int
    begun_s: float
    kept_revision: int
    kept_json: str


class PlanEditRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "plan_edit"
    draft_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    edit_id: str = Field(unique=True, index=True)
    saved_json: str


class PlanPictureRow(SQLModel, table=True):
    """Pictures under the draft, for tracing."""

    __tablename__: ClassVar[str] = "plan_picture"
    picture_id: str = Field(primary_key=True)
    added_s: float
    png: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class UnderlayRow(SQLModel, table=True):
    """Which picture lies under the draft, and how: at most one row."""

    __tablename__: ClassVar[str] = "plan_underlay"
    name: str = Field(primary_key=True)
    placed_json: str


class LearnedRow(SQLModel, table=True):
    """What was learned from baskets, ready to serve."""

    __tablename__: ClassVar[str] = "learned"
    name: str = Field(primary_key=True)
    learned_s: float
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class UserRow(SQLModel, table=True):
    __tablename__: ClassVar[str] = "user_account"
    user_name: str = Field(primary_key=True)
    role: str
    password_hash: str
    is_disabled: bool = False
    may_publish: bool = True


class SessionRow(SQLModel, table=True):
    """Server-side sessions of kiosks, shoppers and people; only the token's hash is kept."""

    __tablename__: ClassVar[str] = "session"
    __table_args__ = (Index("ix_session_subject", "credential", "subject"),)
    token_hash: str = Field(primary_key=True)
    credential: str
    subject: str
    started_s: float
    seen_s: float
    expires_s: float
    idle_s: float
