"""Runs the demo: prepares a store, starts the server and its nodes as real processes, puts shoppers on the air."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path

from store_server.adapters.system_clock import SystemClock
from store_server.commands.running import gunicorn_arguments
from store_server.demo.air import Air, EmulatedTag, replay, simulate
from store_server.demo.demo_stores import DemoProblem, DemoStore
from store_server.demo.emulated_tags import foreign_devices
from store_server.demo.manager_client import ManagerClient, Refused
from store_server.demo.preparing import Prepared, prepare
from store_server.demo.processes import Processes
from store_server.demo.recordings import Recording
from store_server.demo.sheet import Sheet, SheetRadio
from store_server.demo.walkers import Walkers
from store_server.domain.radio_parameters import RadioParameters

SERVER = "server"
SEED = 7
RATE_HZ = 1.0
FOREIGN_CARRIED, FOREIGN_FIXED = 30, 6
READY_WITHIN_S = 60.0
KIOSK_CODE_LIVES_S = 540.0


class Director:
    """One run of the demo, in its own folder."""

    def __init__(self, store: DemoStore, folder: Path, port: int, say: Callable[[str], None]) -> None:
        self._store, self._folder, self._port, self._say = store, folder, port, say
        self._processes = Processes(folder / "logs", say)
        self._stop = threading.Event()
        self._clock = SystemClock()

    def run(self, seconds: float | None = None) -> None:
        """Run until Ctrl-C, SIGTERM or ``seconds`` have passed; whatever happens, end all that was started.

        Raises
        ------
        DemoProblem
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())
        try:
            self._run(seconds)
        finally:
            self._stop.set()
            self._say("Ending the demo...")
            self._processes.end()

    def _run(self, seconds: float | None) -> None:
        began_s = time.monotonic()
        self._say(f"Preparing {self._store.store_name} in {self._folder} ...")
        prepared = prepare(self._store, self._folder, self._environment(), self._say)
        self._say("Starting the store server ...")
        self._start_server()
        manager = ManagerClient(self._port, "manager", prepared.manager_password)
        sheet = Sheet.of(prepared.document)
        node_keys = [key for key, *_ in sheet.anchors]
        self._enrol(manager, node_keys, prepared.enrolled)
        started_at = self._clock.now()
        (self._folder / "air").mkdir(exist_ok=True)
        with Air(self._folder / "air", node_keys, started_at) as air:
            # A third of the nodes, spread over the floor, give positions soon; all at once would hold each other up.
            first = node_keys[::3]
            self._say(f"Starting {len(node_keys)} scanner nodes ...")
            self._start_nodes(air, first)
            speaker = threading.Thread(
                target=self._put_on_air, args=(prepared, sheet, air, started_at), name="air", daemon=True
            )
            speaker.start()
            self._wait_for_positions(manager)
            self._start_nodes(air, [key for key in node_keys if key not in first])
            self._tell(prepared, manager, sheet, started_at, time.monotonic() - began_s)
            self._watch(manager, sheet, None if seconds is None else began_s + seconds)
            speaker.join(5.0)

    def _environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": f"sqlite:///{self._folder / 'store.db'}",
            "AISLEWAY_KEY_FILE": str(self._folder / "store.key"),
            "AISLEWAY_PUBLIC_ORIGINS": f"http://localhost:{self._port}",
            "AISLEWAY_STORE_NAME": self._store.store_name,
            "AISLEWAY_CONTROLLER": f"{self._store.store_name} (a demo on this machine; nobody else)",
            "AISLEWAY_DEMO_NOTE": self._store.note,
        }

    def _start_server(self) -> None:
        if self._answers():
            raise DemoProblem(f"Port {self._port} is in use: end what runs there, or choose another with --port.")
        arguments = [sys.executable, "-m", *gunicorn_arguments("127.0.0.1", self._port, 100)]
        self._processes.start(SERVER, arguments, self._environment())
        until = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if not self._processes.is_running(SERVER) or time.monotonic() > until:
                raise DemoProblem("The server did not start. Its last words:\n" + self._processes.last_words(SERVER))
            if self._stop.wait(0.1):
                raise DemoProblem("Stopped.")

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    # --- nodes -------------------------------------------------------------------------------------------------------

    def _state_of(self, node_key: str) -> Path:
        return self._folder / "nodes" / node_key

    def _enrol(self, manager: ManagerClient, node_keys: list[str], enrolled: frozenset[str]) -> None:
        new = [key for key in node_keys if key not in enrolled or not self._state_of(key).is_dir()]
        if not new:
            return
        self._say(f"Enrolling {len(new)} scanner nodes ...")
        with ThreadPoolExecutor(max_workers=2) as pool:
            for node_key in pool.map(lambda key: self._enrol_one(manager, key), new):
                self._say(f"  {node_key} enrolled and confirmed")

    def _enrol_one(self, manager: ManagerClient, node_key: str) -> str:
        code = manager.node_code(node_key)
        arguments = ["enrol", "--server", self._server_url, "--code", code, "--no-wait"]
        done = subprocess.run(
            [sys.executable, "-m", "scanner_node", *arguments, "--state", str(self._state_of(node_key))],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        # The manager confirms what the node itself shows, as a person would who compares both screens.
        shown = re.search(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){5}", done.stdout)
        if done.returncode != 0 or shown is None:
            raise DemoProblem(f"Node {node_key} could not be enrolled: {done.stderr.strip() or done.stdout.strip()}")
        manager.confirm(node_key, shown.group())
        return node_key

    @property
    def _server_url(self) -> str:
        return f"http://localhost:{self._port}"

    def _start_nodes(self, air: Air, node_keys: list[str]) -> None:
        for node_key in node_keys:
            self._processes.start(
                f"node-{node_key}",
                [
                    *(sys.executable, "-m", "scanner_node", "--server", self._server_url),
                    *("--radio", f"replay:{air.path_of(node_key)}", "--state", str(self._state_of(node_key))),
                ],
            )

    def _put_on_air(self, prepared: Prepared, sheet: Sheet, air: Air, started_at: datetime) -> None:
        tags = [EmulatedTag(tag.label, tag.identity_key, tag.exponent) for tag in prepared.tags]
        if self._store.recording is not None:
            recording = Recording.read(self._store.recording)
            foreign = foreign_devices(0, FOREIGN_FIXED, 0, sheet.outline.bounds, SEED)
            replay(recording, tags[0], air, self._clock, self._stop, foreign, started_at, SEED)
            return
        walkers = Walkers(sheet, sheet, self._store.shoppers, SEED, pool_size=len(tags))
        walkers.scripted(prepared.hero_stops_m, dwell_s=20.0, kiosk_dwell_s=60.0)
        model = SheetRadio(sheet, RadioParameters(), SEED)
        foreign = foreign_devices(FOREIGN_CARRIED, FOREIGN_FIXED, self._store.shoppers, sheet.outline.bounds, SEED)
        simulate(walkers, model, tags, air, RATE_HZ, self._clock, self._stop, foreign, SEED)

    def _wait_for_positions(self, manager: ManagerClient) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while not manager.overview().positions_are_live and time.monotonic() < until:
            if self._stop.wait(0.2):
                raise DemoProblem("Stopped.")

    # --- telling and watching ----------------------------------------------------------------------------------------

    def _tell(
        self, prepared: Prepared, manager: ManagerClient, sheet: Sheet, started_at: datetime, took_s: float
    ) -> None:
        first, *upstairs = sheet.first_kiosks
        addresses = {
            "kiosk": f"{self._server_url}/kiosk#code={manager.kiosk_code(first)}",
            **{key: f"{self._server_url}/kiosk#code={manager.kiosk_code(key)}" for key in upstairs},
            "shopper": f"{self._server_url}/shopper#card={prepared.card_secret}",
            "staff": f"{self._server_url}/staff",
            "manager": f"{self._server_url}/manager",
        }
        told = {
            "store": self._store.store_name,
            "port": self._port,
            "addresses": addresses,
            "pin": prepared.pin,
            "staff": {"user_name": "staff", "password": prepared.staff_password},
            "manager": {"user_name": "manager", "password": prepared.manager_password},
            "replay_started_at": started_at.isoformat(),
            "server_pid": self._processes.pid(SERVER),
        }
        others = "".join(f"\n           On another level: {addresses[key]}" for key in upstairs)
        path = self._folder / "demo.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(told, file, indent=2)
        self._say(
            f"""
{self._store.store_name} is open (ready in {took_s:.0f} s). {self._store.note}
Use a browser on this machine; each code and password below is made for this run.

  Shopper  {addresses["shopper"]}
           PIN {prepared.pin}. Switch on guidance and suggestions, put things on your list.
  Kiosk    {addresses["kiosk"]}
           Your token appears when your beacon is near it. Tap it.{others}
  Staff    {addresses["staff"]}     staff / {prepared.staff_password}
  Manager  {addresses["manager"]}   manager / {prepared.manager_password}

Logs: {self._folder / "logs"}. Ctrl-C ends everything.
"""
        )

    def _watch(self, manager: ManagerClient, sheet: Sheet, until_s: float | None) -> None:
        renew_s = time.monotonic() + KIOSK_CODE_LIVES_S
        while not self._stop.wait(0.5):
            if until_s is not None and time.monotonic() >= until_s:
                return
            self._processes.revive()
            if time.monotonic() < renew_s:
                continue
            renew_s = time.monotonic() + KIOSK_CODE_LIVES_S
            try:
                paired = {k.kiosk_key for k in manager.overview().kiosks if k.is_paired}
                for code in [manager.kiosk_code(key) for key in sheet.first_kiosks if key not in paired]:
                    self._say(f"A new kiosk address, as the old one has expired: {self._server_url}/kiosk#code={code}")
            except (Refused, OSError) as error:
                self._say(f"No new kiosk address: {error}")
