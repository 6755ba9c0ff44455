"""A stand-in for bluetoothd on a private D-Bus, so that bleak's real BlueZ code runs where there is no radio.

It keeps bluetoothd's rules for what reaches a client (BlueZ src/adapter.c, src/device.c): RSSI is signalled when it moves by
8 dB or more, and at every change to a discovery with an RSSI filter; service and manufacturer data when they change, and always
with DuplicateData; a passive client gets what matches its patterns. The rules are ours from reading, not compared with a real
bluetoothd; nothing here models the controller, the kernel or the air.

Faults: ``fail[member]``, ``is_stalled``, ``remove_adapter``, ``kill_bus``, ``is_absent`` (no bluetoothd on the bus).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any, Protocol

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.scanner_node.private_bus import PrivateBus

ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
MONITORS, PROPERTIES = "org.bluez.AdvertisementMonitorManager1", "org.freedesktop.DBus.Properties"
OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
RSSI_STEP_DB = 8
EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"

Interfaces = dict[str, dict[str, Variant]]


class Peripheral(Protocol):
    """A device that can be connected to: answers what is asked of its D-Bus objects."""

    address: str

    def objects(self, device_path: str) -> dict[str, Interfaces]:
        """Its services and characteristics, by path."""
        ...

    def answer(self, device_path: str, message: Message) -> Message | None: ...

    def disconnected(self) -> None: ...


class FakeBluez:
    """The daemon. All methods run in its own event loop; ``RunningBluez`` calls them from a test."""

    def __init__(self, adapter: str = "hci0", *, has_monitors: bool = True) -> None:
        self.private_bus = PrivateBus()
        self.bus: MessageBus | None = None
        self.path = f"/org/bluez/{adapter}"
        self.has_monitors = has_monitors
        self.is_powered = self.is_present = True
        self.is_stalled = False  # a wedged controller: the scan "runs", nothing comes
        self.devices: dict[str, dict[str, Variant]] = {}
        self.peripherals: dict[str, Peripheral] = {}
        self.discovering: set[str] = set()
        self.filters: dict[str, dict[str, Any]] = {}
        self.monitors: dict[tuple[str, str], list[tuple[int, int, bytes]]] = {}
        self.fail: dict[str, list[tuple[str, str]]] = {}
        self.calls: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, *, is_absent: bool = False) -> None:
        self.private_bus.start()
        if not is_absent:
            await self.appear()

    async def appear(self) -> None:
        """bluetoothd is started."""
        self.bus = await MessageBus(bus_address=self.private_bus.address).connect()
        self.bus.add_message_handler(self._on_message)
        await self.bus.request_name("org.bluez")

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.bus is not None and self.bus.connected:
            self.bus.disconnect()
            await _disconnected(self.bus)
        self.private_bus.stop()

    async def kill_bus(self) -> None:
        """dbus-daemon dies, as when its package is upgraded."""
        self.private_bus.end(kill=True)
        self.discovering.clear()
        self.monitors.clear()
        self.filters.clear()
        self.devices.clear()
        assert self.bus is not None
        with contextlib.suppress(Exception):  # however the library tells of it, the bus is gone
            await asyncio.wait_for(_disconnected(self.bus), 5)

    async def revive_bus(self) -> None:
        self.private_bus.start()
        await self.appear()

    # -- what clients ask --------------------------------------------------------------------------------------------

    def _adapter_interfaces(self) -> Interfaces:
        interfaces = {
            ADAPTER: {
                "Address": Variant("s", "00:11:22:33:44:55"),
                "Powered": Variant("b", self.is_powered),
                "Roles": Variant("as", ["central", "peripheral"]),
                "Alias": Variant("s", "fake"),
                "Discovering": Variant("b", bool(self.discovering)),
            }
        }
        if self.has_monitors:
            interfaces[MONITORS] = {"SupportedMonitorTypes": Variant("as", ["or_patterns"])}
        return interfaces

    def _on_message(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        self.calls.append(message.member or "")
        if self.fail.get(message.member or ""):
            name, text = self.fail[message.member or ""].pop(0)
            return Message.new_error(message, name, text)
        if message.member == "GetManagedObjects" and message.path == "/":
            objects = {self.path: self._adapter_interfaces()} if self.is_present else {}
            objects.update({path: {DEVICE: properties} for path, properties in self.devices.items()})
            return Message.new_method_return(message, "a{oa{sa{sv}}}", [objects])
        if message.interface == ADAPTER and message.path == self.path and self.is_present:
            return self._on_adapter_message(message)
        if message.interface == MONITORS and self.has_monitors and self.is_present:
            return self._on_monitor_message(message)
        for device_path, peripheral in self.peripherals.items():
            if (message.path or "").startswith(device_path) and self.is_present:
                answer = self._on_peripheral_message(device_path, peripheral, message)
                if answer is not None:
                    return answer
        return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", f"no {message.member}")

    def _on_adapter_message(self, message: Message) -> Message:
        client = message.sender or ""
        if not self.is_powered and message.member in ("StartDiscovery", "StopDiscovery"):
            return Message.new_error(message, "org.bluez.Error.NotReady", "Resource Not Ready")
        if message.member == "SetDiscoveryFilter":
            self.filters[client] = {key: value.value for key, value in message.body[0].items()}
        elif message.member == "StartDiscovery":
            self.discovering.add(client)
        elif message.member == "StopDiscovery":
            self.discovering.discard(client)
        return Message.new_method_return(message)

    def _on_monitor_message(self, message: Message) -> Message:
        key = (message.sender or "", message.body[0])
        if message.member == "RegisterMonitor":
            self.monitors[key] = []
            self._run(self._activate(*key))
        else:
            self.monitors.pop(key, None)
        return Message.new_method_return(message)

    async def _activate(self, client: str, root: str) -> None:
        """bluetoothd reads the client's patterns, then tells it that the monitor is active."""
        assert self.bus is not None
        monitor = "org.bluez.AdvertisementMonitor1"
        for _ in range(100):
            get = Message(client, root, PROPERTIES, "Get", signature="ss", body=[monitor, "Patterns"])
            reply = await self.bus.call(get)
            if reply is not None and reply.message_type is MessageType.METHOD_RETURN:
                self.monitors[client, root] = [(start, kind, bytes(data)) for start, kind, data in reply.body[0].value]
                await self.bus.call(Message(client, root, monitor, "Activate"))
                return
            await asyncio.sleep(0.02)  # bleak exports the object just after registering it

    def _on_peripheral_message(self, device_path: str, peripheral: Peripheral, message: Message) -> Message | None:
        if message.path == device_path and message.member in ("Connect", "Disconnect"):
            is_connected = message.member == "Connect"
            for path, interfaces in peripheral.objects(device_path).items():
                if is_connected:
                    self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])
                else:
                    self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, list(interfaces)])
            if not is_connected:
                peripheral.disconnected()
            state = {"Connected": Variant("b", is_connected), "ServicesResolved": Variant("b", is_connected)}
            self.devices[device_path].update(state)
            self._signal(device_path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [DEVICE, state, []])
            return Message.new_method_return(message)
        return peripheral.answer(device_path, message)

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        if self.bus is not None and self.bus.connected:
            self.bus.send(Message.new_signal(path, interface, member, signature, body))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what is on the air ------------------------------------------------------------------------------------------

    def _device_path(self, address: str) -> str:
        return f"{self.path}/dev_{address.replace(':', '_')}"

    def advertise(
        self,
        address: str,
        rssi_dbm: int,
        service_data: dict[str, bytes] | None = None,
        manufacturer_data: dict[int, bytes] | None = None,
        name: str | None = None,
    ) -> bool:
        """One advertisement is on the air; returns whether bluetoothd would tell anybody."""
        service, manufacturer = service_data or {}, manufacturer_data or {}
        if self.is_stalled or not self.is_present or not (self.discovering or self._matches(service, manufacturer)):
            return False
        service_v = {key: Variant("ay", value) for key, value in service.items()}
        manufacturer_v = {key: Variant("ay", value) for key, value in manufacturer.items()}
        path = self._device_path(address)
        device = self.devices.get(path)
        if device is None:
            device = {
                "Address": Variant("s", address),
                "AddressType": Variant("s", "random"),
                "Alias": Variant("s", name or address.replace(":", "-")),
                "Adapter": Variant("o", self.path),
                "RSSI": Variant("n", rssi_dbm),
                "UUIDs": Variant("as", list(service)),
                "Connected": Variant("b", False),
                "ServicesResolved": Variant("b", False),
            }
            if name:
                device["Name"] = Variant("s", name)
            if manufacturer:
                device["ManufacturerData"] = Variant("a{qv}", manufacturer_v)
            if service:
                device["ServiceData"] = Variant("a{sv}", service_v)
            self.devices[path] = device
            self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, {DEVICE: device}])
            return True
        filters = [self.filters.get(client, {}) for client in self.discovering]
        has_duplicates = any(each.get("DuplicateData") for each in filters)
        every_rssi = any("RSSI" in each or "Pathloss" in each for each in filters)
        changed: dict[str, Variant] = {}
        if abs(rssi_dbm - device["RSSI"].value) >= (0 if every_rssi else RSSI_STEP_DB):
            changed["RSSI"] = device["RSSI"] = Variant("n", rssi_dbm)
        for key, signature, new in (
            ("ManufacturerData", "a{qv}", manufacturer_v),
            ("ServiceData", "a{sv}", service_v),
        ):
            old = device[key].value if key in device else {}
            if new and (has_duplicates or any(old.get(each) != value for each, value in new.items())):
                changed[key] = device[key] = Variant(signature, new if has_duplicates else {**old, **new})
        for key, value in changed.items():  # bluetoothd may put both in one signal; one each is the worst case
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [DEVICE, {key: value}, []])
        return bool(changed)

    def _matches(self, service: dict[str, bytes], manufacturer: dict[int, bytes]) -> bool:
        structures = [(0xFF, company.to_bytes(2, "little") + data) for company, data in manufacturer.items()]
        structures += [(0x16, bytes.fromhex(uuid[4:8])[::-1] + data) for uuid, data in service.items()]
        return any(
            kind == there and data[start : start + len(content)] == content
            for patterns in self.monitors.values()
            for start, kind, content in patterns
            for there, data in structures
        )

    def broadcast(self, address: str, rssi_dbm: Iterable[int], interval_s: float, **data: Any) -> None:
        """A beacon that goes on until the fake stops, whoever listens."""

        async def send() -> None:
            for strength in rssi_dbm:
                self.advertise(address, strength, **data)
                await asyncio.sleep(interval_s)

        self._run(send())

    def connectable(self, peripheral: Peripheral) -> None:
        self.peripherals[self._device_path(peripheral.address)] = peripheral

    def remove_adapter(self) -> None:
        """The dongle is pulled, or its firmware crashed."""
        for path in list(self.devices):
            self.devices.pop(path)
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, [DEVICE]])
        self.is_present = False
        self.discovering.clear()
        self.monitors.clear()
        self.filters.clear()
        self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [self.path, [ADAPTER, MONITORS]])

    def add_adapter(self) -> None:
        self.is_present = True
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [self.path, self._adapter_interfaces()])


async def _disconnected(bus: MessageBus) -> None:
    await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
