"""What the use cases need of the outside: durable records, live state, a messenger, a clock, keys, files.

Each port has an embedded adapter and, where it matters, a scaled-out one; every adapter of a port passes the same tests.
One file per subject; importers need not know which, so all names are here too.
"""

from store_server.ports.assortment import AssortmentRecords, StockRecord, StoreRecords
from store_server.ports.calls import CallRecord, CallRecords
from store_server.ports.clock import Clock
from store_server.ports.files import CleanPicture, PlanFile, PlanFiles, RefusedPicture, TillFiles
from store_server.ports.keys import EphemeralIds, Unwrap
from store_server.ports.live import LiveKiosk, LiveState, LiveTrack, LiveWindow
from store_server.ports.messenger import Messenger
from store_server.ports.nodes import CodeKind, NodeRecord, NodeRecords, ReplayAnswer, ReplayVerdict
from store_server.ports.people import Credential, PeopleRecords, Session, UserRecord
from store_server.ports.plans import DraftAt, DraftRecord, PlanRecord, PlanRecords
from store_server.ports.records import Records
from store_server.ports.shoppers import BeaconRecord, ShopperRecord, ShopperRecords

__all__ = [
    "AssortmentRecords",
    "BeaconRecord",
    "CallRecord",
    "CallRecords",
    "CleanPicture",
    "Clock",
    "CodeKind",
    "Credential",
    "DraftAt",
    "DraftRecord",
    "EphemeralIds",
    "LiveKiosk",
    "LiveState",
    "LiveTrack",
    "LiveWindow",
    "Messenger",
    "NodeRecord",
    "NodeRecords",
    "PeopleRecords",
    "PlanFile",
    "PlanFiles",
    "PlanRecord",
    "PlanRecords",
    "Records",
    "RefusedPicture",
    "ReplayAnswer",
    "ReplayVerdict",
    "Session",
    "ShopperRecord",
    "ShopperRecords",
    "StockRecord",
    "StoreRecords",
    "TillFiles",
    "Unwrap",
    "UserRecord",
]
