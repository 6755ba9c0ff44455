"""Fills a demo store: key, plan, catalogue, people, beacons, and shoppers who have said yes."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_socketio import SocketIO

from store_server.adapters.plan_files import load_plan
from store_server.adapters.secrets_box import read_master_key
from store_server.adapters.till_files import BadRow, read_baskets, read_catalogue, read_stock
from store_server.app import Ports, open_ports, open_store
from store_server.demo.demo_stores import DemoStore
from store_server.demo.sheet import Sheet
from store_server.domain.complements import fit
from store_server.domain.notices import notice
from store_server.settings import Settings
from store_server.use_cases.hand_out_beacons import NewTag
from store_server.web.audience import Store
from store_server.wire.calibration import Calibration
from store_server.wire.floorplans import FloorplanDocument
from store_server.wire.people import BindTag, Role
from store_server.wire.privacy import ChangeConsent, Purpose

HERO_STOPS = 4
GUIDED_ONE_IN = 10
RACK = 1.25
"""Tags for each walking shopper: some lie in the rack."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A store ready to open. ``tags[0]`` is the beacon of whoever tries the demo; the secrets are of this run."""

    document: FloorplanDocument
    tags: tuple[NewTag, ...]
    card_secret: str
    pin: str
    manager_password: str
    staff_password: str
    hero_stops_m: tuple[tuple[float, float], ...]
    enrolled: frozenset[str]
    """The nodes an earlier run enrolled."""


def prepare(demo: DemoStore, folder: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> Prepared:
    """Bring the store in ``folder`` to where the demo begins; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    read_master_key(folder / "store.key", create=True)
    ports = open_ports(Settings.from_env(environment), SocketIO(async_mode="threading"))
    store = open_store(Settings.from_env(environment), ports)
    document = load_plan(demo.file("floorplan.json"), demo.file("planogram.csv"))
    _publish(demo, document, ports)
    _stock(demo, ports, say)
    manager_password, staff_password = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
    ports.records.people.put_user("manager", Role.MANAGER, ports.passwords.hash(manager_password))
    ports.records.people.put_user("staff", Role.STAFF, ports.passwords.hash(staff_password))
    tags = _tags(folder, max(1, round(demo.shoppers * RACK)))
    for tag in tags:
        store.desk.add_tag(tag)
    _let_walk(store, tags[1:], say)
    store.desk.take_back(tags[0].label)
    card = store.desk.hand_out(BindTag(tag_label=tags[0].label))
    return Prepared(
        document,
        tags,
        card.secret or "",
        card.pin or "",
        manager_password,
        staff_password,
        hero_stops_m(document),
        frozenset(node.node_key for node in ports.records.nodes.nodes()),
    )


def _publish(demo: DemoStore, document: FloorplanDocument, ports: Ports) -> None:
    calibration = Calibration.model_validate_json(demo.file("calibration.json").read_bytes())
    present = ports.records.plans.current()
    if present is None or present.document != document or present.calibration != calibration:
        ports.records.plans.publish(document, calibration, "demo", "the demo's plan", ports.clock.now())


def _stock(demo: DemoStore, ports: Ports, say: Callable[[str], None]) -> None:
    records = ports.records.store
    if records.complements() is not None:
        return
    say("Taking the catalogue, stock and baskets ...")
    records.put_products([row for row in read_catalogue(demo.file("catalogue.csv")) if not isinstance(row, BadRow)])
    stock = [row for row in read_stock(demo.file("stock.csv")) if not isinstance(row, BadRow)]
    records.put_stock([(row.sku, row.quantity) for row in stock], ports.clock.now())
    baskets = [row for row in read_baskets(demo.file("baskets.csv.gz")) if not isinstance(row, BadRow)]
    records.put_basket_items([(row.basket_id, row.item) for row in baskets])
    records.save_complements(fit(records.baskets()), ports.clock.now())


def _tags(folder: Path, count: int) -> tuple[NewTag, ...]:
    """The demo's tags keep their keys as real ones do: in themselves, which here is one file of this folder."""
    path = folder / "tags.json"
    keys: list[str] = json.loads(path.read_text()) if path.is_file() else []
    if len(keys) < count:
        keys += [secrets.token_hex(16) for _ in range(count - len(keys))]
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(keys, file)
    return tuple(
        NewTag(f"TAG-{number:03d}", bytes.fromhex(key), 9, 0.0) for number, key in enumerate(keys[:count], start=1)
    )


def _let_walk(store: Store, tags: tuple[NewTag, ...], say: Callable[[str], None]) -> None:
    """Bind the simulated shoppers' beacons and give their consents, as each would at the desk and on the phone."""
    free = set(store.desk.tags().free)
    new = [tag for tag in tags if tag.label in free]
    if new:
        say(f"Handing out {len(new)} beacons ...")
    read = notice("en", store.controller)
    for number, tag in enumerate(new):
        card = store.desk.hand_out(BindTag(tag_label=tag.label), with_pin=False)
        shopper_id = store.desk.shopper_of(card)
        # Most are only counted; one in ten also has a token at kiosks, so that whoever tries the demo soon finds their own.
        for purpose in (Purpose.HEATMAP, Purpose.GUIDANCE) if number % GUIDED_ONE_IN == 0 else (Purpose.HEATMAP,):
            change = ChangeConsent(purpose=purpose, event="given", notice_sha256=read.sha256)
            store.promises.give_consent(shopper_id, change, "demo")


def hero_stops_m(document: FloorplanDocument) -> tuple[tuple[float, float], ...]:
    """Shelf places near the first kiosk of each level, as they lie on the sheet; half as many on each above the first."""
    sheet = Sheet.of(document)
    shares = (HERO_STOPS, *(HERO_STOPS // 2 for _ in sheet.first_kiosks[1:]))
    return tuple(
        stop for key, share in zip(sheet.first_kiosks, shares, strict=True) for stop in _stops_m(sheet, key, share)
    )


def _stops_m(sheet: Sheet, kiosk_key: str, count: int) -> list[tuple[float, float]]:
    """Nearest first, well apart from each other."""
    kiosk = sheet.kiosks[kiosk_key]
    x_m, y_m = kiosk.display_point

    def away(point: tuple[float, float], other: tuple[float, float]) -> float:
        return float(((point[0] - other[0]) ** 2 + (point[1] - other[1]) ** 2) ** 0.5)

    places = sorted(
        {slot.standing_m for slot in sheet.slots.values() if slot.has_standing_room},
        key=lambda point: away(point, (x_m, y_m)),
    )
    stops: list[tuple[float, float]] = []
    for place in places:
        if all(away(place, stop) > 2.5 for stop in stops):
            stops.append(place)
        if len(stops) == count:
            break
    return stops
