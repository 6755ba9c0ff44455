"""The node as a process against the fake bluetoothd: bleak's real BlueZ code, every fault, the time each took to heal."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from store_server.wire.sightings import RadioState, ScanMode
from tests.scanner_node.fake_bluez import EDDYSTONE
from tests.scanner_node.node_process import MINE, NodeProcess, command, eid_frame, wait_for
from tests.scanner_node.receiving_server import ReceivingServer
from tests.scanner_node.running_bluez import RunningBluez

TAG = "C0:FF:EE:00:00:01"
EID = {EDDYSTONE: bytes.fromhex(eid_frame(MINE))}
OFTEN = ("--health-every", "0.5")
QUICK = ("--silent-after", "1", *OFTEN)


def broadcast(bluez: RunningBluez) -> None:
    strengths = itertools.cycle((-75, -74, -60, -61))  # with steps that BlueZ signals even to a passive client
    bluez.do(lambda fake: fake.broadcast(TAG, strengths, 0.05, service_data=EID))


def scanning(bluez: RunningBluez) -> None:
    wait_for(lambda: bluez.do(lambda fake: bool(fake.discovering)))


def healths(server: ReceivingServer) -> list[tuple[RadioState, int]]:
    return [(each.batch.health.radio, each.batch.health.radio_restarts) for each in server.batches if each.batch.health]


def test_every_rssi_change_reaches_the_server_as_a_sighting(server: ReceivingServer, state: Path) -> None:
    with RunningBluez() as bluez, NodeProcess(server.url, "bleak:", state, environment=bluez.environment) as node:
        scanning(bluez)
        server.until(server.has_given_ids)
        for rssi_dbm in (-60, -63, -59, -61):  # steps far below the 8 dB that BlueZ signals by itself
            before = len(server.sightings)
            bluez.do(lambda fake, rssi=rssi_dbm: fake.advertise(TAG, rssi, service_data=EID))  # type: ignore[misc]
            server.until(lambda before=before: len(server.sightings) > before)  # type: ignore[misc]
            assert server.sightings[-1].rssi_dbm == rssi_dbm
            assert len(server.sightings) == before + 1, "BlueZ's double signal became two sightings"
        assert {each.ephemeral_id for each in server.sightings} == {MINE}
        assert bluez.do(lambda fake: list(fake.filters.values())) == [
            {"Transport": "le", "RSSI": -120, "DuplicateData": True}
        ]
        assert server.batches[0].batch.health is not None
        assert server.batches[0].batch.health.scan_mode is ScanMode.ACTIVE
        assert node.process.poll() is None


def test_passive_scanning_hears_through_patterns_and_says_so(server: ReceivingServer, state: Path) -> None:
    with RunningBluez() as bluez:
        with NodeProcess(server.url, "bleak:hci0", state, "--scan", "passive", *OFTEN, environment=bluez.environment):
            broadcast(bluez)
            server.until(lambda: server.sightings)
            server.until(
                lambda: any(b.batch.health and b.batch.health.scan_mode is ScanMode.PASSIVE for b in server.batches)
            )
        assert "StartDiscovery" not in bluez.do(lambda fake: fake.calls)


def test_passive_scanning_falls_back_where_bluez_cannot(server: ReceivingServer, state: Path) -> None:
    with (
        RunningBluez(has_monitors=False) as bluez,
        NodeProcess(server.url, "bleak:", state, "--scan", "passive", *OFTEN, environment=bluez.environment) as node,
    ):
        broadcast(bluez)
        server.until(lambda: server.sightings)
        assert "scanning actively instead" in node.log
        server.until(
            lambda: any(b.batch.health and b.batch.health.scan_mode is ScanMode.ACTIVE for b in server.batches)
        )


def pull_and_plug(bluez: RunningBluez) -> None:
    bluez.do(lambda fake: fake.remove_adapter())
    bluez.do(lambda fake: fake.add_adapter())


def stall_until_restarted(bluez: RunningBluez) -> None:
    stops = bluez.do(lambda fake: fake.calls.count("StopDiscovery"))
    bluez.do(lambda fake: setattr(fake, "is_stalled", True))
    wait_for(lambda: bluez.do(lambda fake: fake.calls.count("StopDiscovery")) > stops)
    bluez.do(lambda fake: setattr(fake, "is_stalled", False))


def restart_bus(bluez: RunningBluez) -> None:
    bluez.wait(bluez.fake.kill_bus())
    bluez.wait(bluez.fake.revive_bus())


def busy_after_stall(bluez: RunningBluez) -> None:
    busy = [("org.bluez.Error.InProgress", "Operation already in progress")] * 2
    bluez.do(lambda fake: fake.fail.update(StartDiscovery=busy))
    stall_until_restarted(bluez)


@pytest.mark.parametrize(
    "fault",
    [pull_and_plug, stall_until_restarted, restart_bus, busy_after_stall],
    ids=["adapter pulled and plugged", "stalled radio", "D-Bus restarted", "InProgress at restart"],
)
def test_hearing_resumes_after(
    fault: Callable[[RunningBluez], None],
    server: ReceivingServer,
    state: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    with (
        RunningBluez() as bluez,
        NodeProcess(server.url, "bleak:", state, *QUICK, environment=bluez.environment) as node,
    ):
        broadcast(bluez)
        server.until(lambda: server.sightings)
        fault(bluez)
        began_s, before = time.monotonic(), len(server.sightings)
        last_at = server.sightings[-1].heard_at
        server.until(lambda: len(server.sightings) > before and server.sightings[-1].heard_at > last_at, 60)
        node.until_log("hearing again")
        healed_s = time.monotonic() - began_s
        with capsys.disabled():
            print(f"\n{request.node.callspec.id}: sightings again {healed_s:.1f} s after the fault, watchdog at 1 s")
        server.until(lambda: any(radio is RadioState.LISTENING and restarts for radio, restarts in healths(server)))
        assert node.process.poll() is None


def test_an_adapter_that_stays_away_for_a_while_is_found_again(server: ReceivingServer, state: Path) -> None:
    with (
        RunningBluez() as bluez,
        NodeProcess(server.url, "bleak:", state, *QUICK, environment=bluez.environment) as node,
    ):
        broadcast(bluez)
        server.until(lambda: server.sightings)
        bluez.do(lambda fake: fake.remove_adapter())
        node.until_log("no Bluetooth adapter")
        server.until(lambda: any(radio is RadioState.FAILED for radio, _ in healths(server)))
        before = len(server.sightings)
        bluez.do(lambda fake: fake.add_adapter())
        server.until(lambda: len(server.sightings) > before, 60)


def test_without_bluez_the_node_says_so_once_and_hears_when_it_comes(server: ReceivingServer, state: Path) -> None:
    with (
        RunningBluez(is_absent=True) as bluez,
        NodeProcess(server.url, "bleak:", state, environment=bluez.environment) as node,
    ):
        node.until_log("BlueZ is not running")
        wait_for(lambda: len(server.batches) >= 3)  # it tells the server of its health all the same
        bluez.wait(bluez.fake.appear())
        broadcast(bluez)
        server.until(lambda: server.sightings, 60)
        assert node.log.count("BlueZ is not running") == 1


def test_without_d_bus_check_fails_with_one_clear_line(tmp_path: Path) -> None:
    environment = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'none'}"}
    done = command("check", "--radio", "bleak:", environment=environment)
    assert done.returncode == 1
    assert done.stderr == "NOT OK  radio: no system D-Bus here: install and start 'dbus' and 'bluez'\n"
    assert done.stdout == ""


def test_check_counts_what_it_hears_and_says_that_the_server_knows_this_node(
    server: ReceivingServer, state: Path
) -> None:
    with RunningBluez() as bluez:
        broadcast(bluez)
        words = ("check", "--radio", "bleak:", "--server", server.url, "--state", str(state), "--listen", "1")
        done = command(*words, environment=bluez.environment)
        assert done.returncode == 0, done.stderr
        assert "advertisements heard" in done.stdout
        assert "knows this node as rpi-07 (confirmed)" in done.stdout
