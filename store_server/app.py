"""The composition root: the only module that knows every adapter."""

from __future__ import annotations

import atexit
import base64
import io
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import segno
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from store_server.adapters.cycle_collector import look_through_everything
from store_server.adapters.ephemeral_ids import ephemeral_id
from store_server.adapters.memory_live import MemoryLive
from store_server.adapters.plan_formats import PlanFormats
from store_server.adapters.secrets_box import (
    KeyWrap,
    PasswordHashes,
    hash_token,
    new_code,
    new_session_token,
    new_token,
    normal_code,
    read_master_key,
    verify_signature,
)
from store_server.adapters.socketio_messenger import STAFF_ROOM, SocketioMessenger, room_of
from store_server.adapters.sql_database import Database
from store_server.adapters.sql_records import SqlRecords
from store_server.adapters.system_clock import SystemClock
from store_server.adapters.till_uploads import TillUploads
from store_server.ports import Clock, LiveState, Messenger, Records
from store_server.settings import Settings
from store_server.use_cases.admit_beacons import Admissions
from store_server.use_cases.arrange_shelves import Assortment
from store_server.use_cases.availability import Availability
from store_server.use_cases.call_staff import StaffCalls
from store_server.use_cases.compare_plans import Comparison
from store_server.use_cases.edit_floorplans import Drafts
from store_server.use_cases.enrol import Enrolment
from store_server.use_cases.exchange_plans import Exchange
from store_server.use_cases.floors import Floors
from store_server.use_cases.guide_shoppers import Guides
from store_server.use_cases.hand_off import HandOffs
from store_server.use_cases.hand_out_beacons import Desk
from store_server.use_cases.judge_drafts import Checks, Judge
from store_server.use_cases.keep_catalogue import CatalogueKeeper
from store_server.use_cases.keep_promises import Promises
from store_server.use_cases.locate_shoppers import Spine
from store_server.use_cases.oversee import Oversight
from store_server.use_cases.publish_views import Views
from store_server.use_cases.read_cards import CardReader
from store_server.use_cases.shop import AtKiosk, Lists
from store_server.use_cases.sign_in import Doors
from store_server.use_cases.watch_kiosks import KioskWatch
from store_server.web.assortment import assortment
from store_server.web.audience import Store
from store_server.web.bounded_websocket import MOST_BYTES, bound_websockets
from store_server.web.kiosk import kiosk
from store_server.web.manager import manager
from store_server.web.node import node
from store_server.web.pages import pages
from store_server.web.plan_files import plan_files
from store_server.web.plans import plans
from store_server.web.problems import answer_problems, without_message
from store_server.web.roles import HEARD, guard
from store_server.web.shopper import shopper
from store_server.web.sockets import OpenSockets, SocketGuard, listen
from store_server.web.staff import staff
from store_server.wire.sightings import MAX_BODY_BYTES

log = logging.getLogger(__name__)

OVERVIEW_EVERY_S = 5
LOOK_THROUGH_AT_HOUR = 3
FLOOR_EVERY_S = 1
KEEP_DRAFT_EVERY_S = 20
SETTLE_EVERY_S = 5
SOCKETS_EVERY_S = 2
PURGE_EVERY_S = 600


@dataclass(frozen=True)
class Ports:
    """The outside, as adapters; ``open_ports`` chooses them by the settings, tests may hand in their own."""

    records: Records
    live: LiveState
    messenger: Messenger
    clock: Clock
    key_wrap: KeyWrap
    passwords: PasswordHashes


def new_id() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


def hash_code(code: str) -> str:
    return hash_token(normal_code(code))


def qr_png(content: str) -> str:
    """A QR code as a data: URI."""
    image = io.BytesIO()
    segno.make(content, error="m").save(image, kind="png", scale=6, border=4)
    return "data:image/png;base64," + base64.b64encode(image.getvalue()).decode()


def open_records(settings: Settings) -> Records:
    """The database, at the present schema."""
    database = Database(settings.database_url)
    database.migrate()
    return SqlRecords(database)


def open_ports(settings: Settings, socketio: SocketIO) -> Ports:
    return Ports(
        records=open_records(settings),
        live=MemoryLive(),
        messenger=SocketioMessenger(socketio, HEARD),
        clock=SystemClock(),
        key_wrap=KeyWrap(read_master_key(settings.key_file)),
        passwords=PasswordHashes(),
    )


def open_store(settings: Settings, ports: Ports) -> Store:
    """Put the use cases together."""
    records, live, messenger, clock = ports.records, ports.live, ports.messenger, ports.clock
    admissions = Admissions(records, ephemeral_id, ports.key_wrap.unwrap)
    floors = Floors(records, clock)
    views = Views(live, messenger, floors, clock)
    availability = Availability(records, clock)
    guides = Guides(records, availability)
    spine = Spine(records, live, admissions, floors, views, guides, clock)
    promises = Promises(records, live, admissions, views, clock, settings.controller)
    lists = Lists(records, floors, availability)
    enrolment = Enrolment(records, messenger, clock, new_code, hash_code)
    kiosk_watch = KioskWatch(live, floors, clock)
    checks = Checks(records, clock)
    drafts = Drafts(
        records, messenger, floors, clock, lambda: secrets.token_hex(16), checks.errors, settings.store_name
    )
    doors = Doors(records, messenger, clock, ports.passwords.verify, hash_token, new_session_token)
    at_kiosk = AtKiosk(live, records, admissions, floors, views, spine, lists, promises, clock)
    return Store(
        records=records,
        doors=doors,
        enrolment=enrolment,
        desk=Desk(records, promises, clock, ports.key_wrap.wrap, new_token, hash_token, ports.passwords.hash),
        promises=promises,
        spine=spine,
        views=views,
        floors=floors,
        lists=lists,
        at_kiosk=at_kiosk,
        card_reader=CardReader(live, doors, at_kiosk),
        hand_offs=HandOffs(records, live, views, lists, doors, clock, new_token, hash_token),
        staff_calls=StaffCalls(records, messenger, clock, new_id),
        oversight=Oversight(records, messenger, floors, views, enrolment, kiosk_watch, clock),
        kiosk_watch=kiosk_watch,
        catalogue=CatalogueKeeper(records, floors, clock),
        drafts=drafts,
        judge=Judge(records, checks, drafts.held, drafts.last_held),
        comparison=Comparison(drafts, floors),
        exchange=Exchange(records, PlanFormats(), drafts.held, clock, new_id),
        assortment=Assortment(records, floors, guides, clock, TillUploads()),
        store_name=settings.store_name,
        demo_note=settings.demo_note,
        controller=settings.controller,
    )


def create_app(settings: Settings, ports: Ports | None = None) -> Flask:
    """The store server as a WSGI app; ``ports`` is handed in by tests only."""
    app = Flask(__name__, static_folder=None)
    app.config["PUBLIC_ORIGINS"] = settings.public_origins
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    socketio = SocketIO(
        async_mode="threading",
        cors_allowed_origins=list(settings.public_origins),
        max_http_buffer_size=MOST_BYTES,
        transports=["websocket"],
        ping_interval=10,
        ping_timeout=10,
    )
    ports = ports or open_ports(settings, socketio)
    store = open_store(settings, ports)
    app.extensions["aisleway"] = store
    app.extensions["aisleway.verify_signature"] = verify_signature
    app.extensions["aisleway.qr_png"] = qr_png
    for blueprint in (pages, node, kiosk, shopper, staff, manager, plans, plan_files, assortment):
        app.register_blueprint(blueprint)
    guard(app)
    answer_problems(app)
    socketio.init_app(app)
    bound_websockets(socketio)
    sockets = listen(app, socketio, store.doors, room_of, STAFF_ROOM)
    app.extensions["aisleway.sockets"] = sockets
    app.wsgi_app = SocketGuard(app.wsgi_app, store.doors, settings.public_origins)  # type: ignore[method-assign]
    if settings.proxies:
        # Throttles and limits count whom a request comes from, not the proxy that hands it on.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    if settings.runs_ticks:
        _start_work(settings, store, sockets)
    return app


def _start_work(settings: Settings, store: Store, sockets: OpenSockets) -> None:
    """Positions, overviews and the clean-up, in this process, through one scheduler."""
    scheduler = BackgroundScheduler(
        daemon=True, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 30}
    )
    scheduler.add_job(_steady(store.spine.tick), "interval", seconds=1 / settings.tick_hz, id="tick")
    # A plan that another process published takes seconds to make ready: not in the tick.
    scheduler.add_job(_steady(store.floors.current), "interval", seconds=FLOOR_EVERY_S, id="floor")
    scheduler.add_job(_steady(store.oversight.tell_staff), "interval", seconds=OVERVIEW_EVERY_S, id="overview")
    scheduler.add_job(_steady(store.drafts.keep), "interval", seconds=KEEP_DRAFT_EVERY_S, id="keep-draft")
    scheduler.add_job(_steady(sockets.end_with_their_sessions), "interval", seconds=SOCKETS_EVERY_S, id="sockets")
    scheduler.add_job(_steady(store.records.settle), "interval", seconds=SETTLE_EVERY_S, id="settle")
    scheduler.add_job(_steady(store.doors.purge), "interval", seconds=PURGE_EVERY_S, id="purge")
    scheduler.add_job(_steady(store.staff_calls.purge), "interval", seconds=PURGE_EVERY_S, id="purge-calls")
    # In the night: nobody is guided then.
    scheduler.add_job(_steady(look_through_everything), "cron", hour=LOOK_THROUGH_AT_HOUR, id="look-through")
    scheduler.start()
    atexit.register(scheduler.shutdown, wait=False)
    # The scheduler notes each run, and complains once when the process ends between two; what fails in a run, we log.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def _steady(work: Callable[[], object]) -> Callable[[], None]:
    """Work that fails is logged by its kind and tried again next time; the scheduler itself must not stop."""

    def run() -> None:
        try:
            work()
        except Exception as error:
            log.error("%s failed: %s", getattr(work, "__name__", "work"), without_message(error))

    return run
