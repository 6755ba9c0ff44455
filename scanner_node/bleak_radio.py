"""``bleak:``: a real Bluetooth adapter through BlueZ.

Active by default: for ranging every RSSI is wanted, and BlueZ signals small changes only to a discovery with an RSSI filter.
Passive (``--scan passive``) lets the controller pass our frames alone, where BlueZ offers advertisement monitors; its RSSI is
coarser (changes under 8 dB are not signalled) and it hears Eddystone only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os

os.environ.pop("BLEAK_LOGGING", None)  # it would print every sender's address (T03)

from bleak import BleakScanner
from bleak.args.bluez import BlueZDiscoveryFilters, BlueZScannerArgs, OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError

from scanner_node.node_clock import NodeClock
from scanner_node.radio import Advertisement, Hear, RadioFault
from store_server.wire.sightings import ScanMode

log = logging.getLogger("aisleway.radio")

for _library in (
    "bleak",
    "dbus_fast",
):  # their debug lines and tracebacks carry whole signals, addresses and names included
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 1.0
"""On a dead bus the goodbye has nobody to answer it, and a stop of the node must not wait for it."""

NO_RSSI_DBM = -127
"""What bleak reports where BlueZ gave no strength."""

_EDDYSTONE_SERVICE_DATA = OrPattern(0, AdvertisementDataType.SERVICE_DATA_UUID16, b"\xaa\xfe")

_WORDS = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: "no Bluetooth adapter: plug one in, or look at 'bluetoothctl list'",
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: "the Bluetooth adapter cannot do Low Energy: use another one",
    BleakBluetoothNotAvailableReason.POWERED_OFF: "the Bluetooth adapter is switched off: run 'bluetoothctl power on'",
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: "this user may not use the system D-Bus: add it to group 'bluetooth'",
}
_DBUS_WORDS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "BlueZ is not running: install 'bluez' and start 'bluetooth.service'",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "BlueZ is not running: install 'bluez' and start 'bluetooth.service'",
    "org.freedesktop.DBus.Error.AccessDenied": "this user may not use BlueZ: add it to group 'bluetooth'",
    "org.bluez.Error.InProgress": "another program is scanning with this adapter, or BlueZ is still busy",
    "org.bluez.Error.NotReady": "the Bluetooth adapter is switched off: run 'bluetoothctl power on'",
}


class BleakRadio:
    """One adapter, scanning. Every start makes a new scanner: an old one is never trusted again."""

    falls_silent = True

    def __init__(self, adapter: str | None, clock: NodeClock, *, scans_passively: bool = False) -> None:
        self._adapter = adapter
        self._steady_s = clock.steady_s
        self._wants_passive = scans_passively
        self._scanner: BleakScanner | None = None
        self._hear: Hear | None = None
        self.scan_mode = ScanMode.PASSIVE if scans_passively else ScanMode.ACTIVE

    async def start(self, hear: Hear) -> None:
        self._hear = hear
        if self._wants_passive:
            try:
                await self._start(ScanMode.PASSIVE)
            except BleakError as error:
                if isinstance(error, BleakDBusError | BleakBluetoothNotAvailableError):
                    raise RadioFault(_in_words(error)) from error
                self._wants_passive = False
                log.warning(
                    "radio: this BlueZ has no advertisement monitors (5.56+, --experimental): scanning actively instead"
                )
            else:
                return
        await self._start(ScanMode.ACTIVE)

    async def _start(self, mode: ScanMode) -> None:
        # Duplicates, or a beacon that stands still would be heard once; the RSSI filter, or BlueZ repeats a stale strength.
        bluez: BlueZScannerArgs = {"filters": BlueZDiscoveryFilters(RSSI=-120, DuplicateData=True)}
        if mode is ScanMode.PASSIVE:
            bluez = {"or_patterns": [_EDDYSTONE_SERVICE_DATA]}
        if self._adapter is not None:
            bluez["adapter"] = self._adapter
        scanner = BleakScanner(self._on_advertisement, scanning_mode=mode.value, bluez=bluez)  # type: ignore[arg-type]
        try:
            await asyncio.wait_for(scanner.start(), START_TIMEOUT_S)
        except BleakError as error:
            if mode is ScanMode.PASSIVE:
                raise
            raise RadioFault(_in_words(error)) from error
        except Exception as error:  # D-Bus libraries have many ways to say that nobody is there
            raise RadioFault(_in_words(error)) from error
        self._scanner = scanner
        self.scan_mode = mode

    def _on_advertisement(self, _sender: BLEDevice, data: AdvertisementData) -> None:
        if data.rssi != NO_RSSI_DBM and self._hear is not None:
            self._hear(Advertisement(data.service_data, data.manufacturer_data, data.rssi, self._steady_s()))

    async def wait_until_over(self) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self._hear = None
        scanner, self._scanner = self._scanner, None
        if scanner is not None:
            with contextlib.suppress(Exception):  # whatever it says, this scanner is done with
                await asyncio.wait_for(scanner.stop(), STOP_TIMEOUT_S)


def _in_words(error: Exception) -> str:
    """What is wrong and what to do; never an address, so nothing of the error's own text but its kind."""
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _WORDS.get(error.reason, "Bluetooth is not available on this machine")
    if isinstance(error, BleakDBusError):
        return _DBUS_WORDS.get(error.dbus_error, f"BlueZ refuses to scan ({error.dbus_error})")
    if isinstance(error, BleakError):
        return "this adapter is not there: look at 'bluetoothctl list', or use --radio bleak: for the first one"
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return "no system D-Bus here: install and start 'dbus' and 'bluez'"
    if isinstance(error, TimeoutError):
        return f"BlueZ did not answer within {START_TIMEOUT_S:g} s"
    return f"the system D-Bus cannot be used ({type(error).__name__})"
