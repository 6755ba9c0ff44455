"""A store opened for a test: real database, real app, real signatures; only the clock and the messenger are the test's."""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scanner_node.identity import NodeIdentity, public_key_base64
from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.adapters.memory_live import MemoryLive
from store_server.adapters.secrets_box import KeyWrap, PasswordHashes
from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.app import Ports, create_app
from store_server.domain.notices import notice
from store_server.ports import CodeKind, Credential
from store_server.settings import Settings
from store_server.use_cases.hand_out_beacons import Card, NewTag
from store_server.web.audience import Store, audience_cookie
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.people import BindTag, ConfirmNode, Role
from store_server.wire.privacy import ChangeConsent, Purpose
from store_server.wire.shopping import Product
from store_server.wire.sightings import EnrolNode, Envelope, Sighting, SightingBatch, format_instant, key_fingerprint
from tests.fakes import MovableClock, RecordingMessenger

ORIGIN = "http://localhost"
KIOSK = "kiosk-1"
NODES = {"rpi-01": (1.0, 1.0), "rpi-02": (19.0, 1.0), "rpi-03": (19.0, 11.0), "rpi-04": (1.0, 11.0)}
AT_KIOSK = (12.0, 5.0)
FAR_AWAY = (1.5, 10.5)
MANAGER, STAFF, PASSWORD = "ada", "kim", "correct horse battery"
TAGS = {f"TAG-00{i}": bytes([i] * 16) for i in (1, 2, 3)}
HASHES = PasswordHashes(memory_kib=8, time_cost=1)
"""argon2 as in the product, at a cost that a test can pay."""


def small_plan() -> FloorplanDocument:
    """20 x 12 m: one shelf with two products, a kiosk in the middle, a node in each corner."""

    def feature(kind: str, key: str, shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": key,
            "feature_type": kind,
            "geometry": {"type": shape, "coordinates": coordinates},
            "properties": {"key": key, "level_id": "L", **properties},
        }

    def box(x0: float, y0: float, x1: float, y1: float) -> list[list[list[float]]]:
        return [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]

    shelf = {"fixture_id": "A", "side": "E", "shelf": 1, "facing": [1.0, 0.0]}
    features = [
        feature("level", "L", "Polygon", box(0, 0, 20, 12)),
        feature("fixture", "A", "Polygon", box(4, 3, 5, 9), category="gondola"),
        feature("shelf_slot", "A-1", "Point", [5, 4], bay=1, sku="peas", **shelf),
        feature("shelf_slot", "A-2", "Point", [5, 8], bay=2, sku="rice", **shelf),
        feature("opening", "door", "LineString", [[8, 0], [10, 0]], category="pedestrian.principal"),
        feature("amenity", "till", "Point", [15, 2], category="checkout"),
        feature(
            "kiosk",
            "K",
            "Polygon",
            box(11.75, 6.5, 12.25, 7.0),
            kiosk_key=KIOSK,
            display_point={"type": "Point", "coordinates": list(AT_KIOSK)},
            catchment_radius_m=4.0,
        ),
        *(feature("scanner_node", key, "Point", list(at), node_key=key, z_m=3.0) for key, at in NODES.items()),
    ]
    plan = {"type": "FeatureCollection", "name": "small shop", "crs_local": {}, "features": features}
    return FloorplanDocument.model_validate_json(json.dumps(plan))


PLAN = small_plan()
PRODUCTS = tuple(Product(sku=sku, name=sku.title(), category=f"{sku} and the like") for sku in ("peas", "rice", "salt"))


@dataclass
class SigningNode:
    """Signs as a scanner node does, with a scanner node's own code."""

    node_id: str
    client: FlaskClient
    clock: MovableClock
    identity: NodeIdentity = field(init=False)

    def __post_init__(self) -> None:
        self.identity = NodeIdentity(Path(), self.node_id, Ed25519PrivateKey.generate(), boot_id=1)

    @property
    def public_key(self) -> str:
        return public_key_base64(self.identity.key)

    def headers(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        sequence: int | None = None,
        sent_at: datetime | None = None,
        signed_by: NodeIdentity | None = None,
    ) -> dict[str, str]:
        envelope = Envelope(
            node_id=self.node_id,
            boot_id=self.identity.boot_id,
            sequence=self.identity.next_sequence() if sequence is None else sequence,
            sent_at=sent_at or self.clock.now(),
        )
        signature = (signed_by or self.identity).sign(envelope, method, path, body)
        return {**envelope.headers(), Envelope.SIGNATURE_HEADER: signature, "Content-Type": "application/json"}

    def get(self, path: str, **how: Any) -> TestResponse:
        return self.client.get(path, headers=self.headers("GET", path, b"", **how))

    def post(self, path: str, body: bytes, extra: dict[str, str] | None = None, **how: Any) -> TestResponse:
        return self.client.post(path, data=body, headers={**self.headers("POST", path, body, **how), **(extra or {})})

    def send(self, sightings: Sequence[Sighting] | Sequence[dict[str, Any]], **how: Any) -> TestResponse:
        """A batch, of messages or of whatever a hostile node would write."""
        plain = [s.model_dump(mode="json") if isinstance(s, Sighting) else s for s in sightings]
        return self.post("/api/node/batches", json.dumps({"sightings": plain}).encode(), **how)


@dataclass
class Browser:
    """A page of this store: sends its Origin, keeps its cookies."""

    client: FlaskClient

    def ask(self, method: str, path: str, content: object = None, **headers: str) -> TestResponse:
        sent: dict[str, str] = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **headers}
        if content is None:
            return self.client.open(path, method=method, headers=sent, buffered=True)
        sent = {"Content-Type": "application/json", **sent}
        return self.client.open(path, method=method, data=json.dumps(content), headers=sent, buffered=True)

    def token(self, audience: str) -> str | None:
        cookie = self.client.get_cookie(audience_cookie(audience), domain="localhost")
        return None if cookie is None else cookie.value


class OpenedStore:
    def __init__(self, database_url: str, clock: MovableClock, messenger: RecordingMessenger) -> None:
        self.clock, self.messenger = clock, messenger
        self.database = Database(database_url)
        self.records = SqlRecords(self.database)
        self.live = MemoryLive()
        self.settings = Settings(database_url=database_url, public_origins=(ORIGIN,), runs_ticks=False)
        self.ports = Ports(self.records, self.live, messenger, clock, KeyWrap(bytes(32)), HASHES)
        self.app: Flask = create_app(self.settings, self.ports)
        self.store = cast(Store, self.app.extensions["aisleway"])

    def fill(self) -> None:
        """A plan, products, beacons in the rack."""
        self.records.plans.publish(PLAN, None, "test", "", self.clock.now())
        self.records.store.put_products(PRODUCTS)
        for label, key in TAGS.items():
            self.store.desk.add_tag(NewTag(label, key, 9, 0.0))

    def close(self) -> None:
        self.database.close()

    # --- people ------------------------------------------------------------------------------------------------------

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    def add_user(self, user_name: str, role: Role, password: str = PASSWORD) -> None:
        self.records.people.put_user(user_name, role, HASHES.hash(password))

    def signed_in(self, role: Role) -> Browser:
        name = MANAGER if role is Role.MANAGER else STAFF
        self.add_user(name, role)
        browser = self.browser()
        assert browser.ask("POST", "/api/sessions", {"user_name": name, "password": PASSWORD}).status_code == 201
        return browser

    def paired_kiosk(self, kiosk_key: str = KIOSK) -> Browser:
        code = self.store.enrolment.make_code(CodeKind.KIOSK, kiosk_key, must_be_on_plan=False).code
        browser = self.browser()
        assert browser.ask("POST", "/api/kiosk/pairings", {"code": code}).status_code == 201
        return browser

    def with_session(self, credential: Credential, subject: str) -> Browser:
        """A browser that holds a session, however it came by it."""
        audience = {
            Credential.KIOSK: "kiosk",
            Credential.CARD: "shopper",
            Credential.CARD_PIN: "shopper",
            Credential.VISIT: "shopper",
        }
        token, _ = self.store.doors.open(credential, subject)
        browser = self.browser()
        browser.client.set_cookie(audience_cookie(audience.get(credential, "people")), token, domain="localhost")
        return browser

    # --- shoppers ----------------------------------------------------------------------------------------------------

    def hand_out(self, label: str = "TAG-001", *, is_family_tag: bool = False) -> tuple[str, Card]:
        """The shopper_id, and the card they hold."""
        card = self.store.desk.hand_out(BindTag(tag_label=label, is_family_tag=is_family_tag))
        return self.store.desk.shopper_of(card), card

    def give(self, shopper_id: str, *purposes: Purpose) -> None:
        sha256 = notice("en", self.settings.controller).sha256
        for purpose in purposes:
            change = ChangeConsent(purpose=purpose, event="given", notice_sha256=sha256)
            self.store.promises.give_consent(shopper_id, change, "test")

    def withdraw(self, shopper_id: str, purpose: Purpose) -> None:
        self.store.promises.withdraw_consent(shopper_id, purpose, "en", "test")

    # --- nodes and the air -------------------------------------------------------------------------------------------

    def node(self, node_id: str = "rpi-01", *, confirm: bool = True) -> SigningNode:
        """A node enrolled as every node is: by a code, then a manager's look at the fingerprint."""
        made = SigningNode(node_id, self.app.test_client(), self.clock)
        code = self.store.enrolment.make_code(CodeKind.NODE, node_id).code
        self.store.enrolment.enrol_node(EnrolNode(code=code, public_key=made.public_key))
        if confirm:
            fingerprint = key_fingerprint(base64.b64decode(made.public_key))
            self.store.enrolment.confirm_node(ConfirmNode(node_key=node_id, fingerprint=fingerprint))
        return made

    def on_air(self, label: str = "TAG-001", *, at: datetime | None = None) -> str:
        """The ephemeral id this tag shows now."""
        return ephemeral_id(TAGS[label], 9, int((at or self.clock.now()).timestamp())).hex()

    def heard(self, label: str = "TAG-001", rssi_dbm: int = -60, *, at: datetime | None = None) -> Sighting:
        return Sighting(ephemeral_id=self.on_air(label), rssi_dbm=rssi_dbm, heard_at=at or self.clock.now())

    def receive(self, node_id: str, batch: Iterable[Sighting], sequence: int) -> None:
        """A batch whose signature was checked: for tests that begin behind that door."""
        envelope = Envelope(node_id=node_id, boot_id=1, sequence=sequence, sent_at=self.clock.now())
        self.store.spine.receive_batch(envelope, SightingBatch(sightings=tuple(batch)))

    def stored_sightings(self) -> int:
        """All sightings in live state, of anybody."""
        return sum(len(batch.heard_s) for batch in self.live._batches)


def rssi_at(node_id: str, place: tuple[float, float]) -> int:
    """What the factory calibration says this node hears of a beacon there, at a hand's height."""
    x_m, y_m = NODES[node_id]
    return round(-59 - 25 * math.log10(max(1.0, math.dist((x_m, y_m, 3.0), (*place, 1.0)))))


def as_json(sighting: Sighting, **changes: Any) -> dict[str, Any]:
    return {**sighting.model_dump(mode="json"), "heard_at": format_instant(sighting.heard_at), **changes}


def stranger() -> str:
    """The id of somebody else's beacon."""
    return secrets.token_hex(8)
