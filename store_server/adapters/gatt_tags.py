"""Writes an identity key onto a beacon in reach, over Bluetooth, through bleak's GATT client."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass

from bleak import BleakClient
from bleak.exc import BleakBluetoothNotAvailableError, BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError

from store_server.adapters import eddystone_configuration as service

logging.getLogger("bleak").setLevel(logging.ERROR)  # it warns of what it could not find out; we say what matters

REACH_S = 20.0
"""To find and connect: a beacon says every few seconds that it can be connected to."""


class TagRefused(Exception):
    """The beacon was not provisioned; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TagOrder:
    """What a beacon is to become."""

    address: str
    identity_key: bytes
    exponent: int
    lock_code: bytes
    """The one it has now."""
    new_lock_code: bytes | None = None
    """The one it is to have; None keeps the old one."""
    slot: int = 0


async def provision(order: TagOrder, adapter: str | None = None) -> float:
    """Make the beacon send Eddystone-EID with this key and nothing else, and lock it.

    Returns
    -------
    float
        The beacon's clock minus Unix time, in seconds.

    Raises
    ------
    TagRefused
    """
    try:
        async with BleakClient(
            order.address, timeout=REACH_S, bluez={} if adapter is None else {"adapter": adapter}
        ) as client:
            return await _write(client, order)
    except BleakDeviceNotFoundError as error:
        raise TagRefused(
            f"no beacon {order.address} in reach: wake it (button, magnet or battery tab) so that it can be connected to"
        ) from error
    except BleakBluetoothNotAvailableError as error:
        raise TagRefused("no Bluetooth adapter that is switched on: look at 'bluetoothctl list'") from error
    except BleakGATTProtocolError as error:
        raise TagRefused(
            f"the beacon refuses ({error}): wake it and try again; if it stays so, reset it as its maker says"
        ) from error
    except TimeoutError as error:
        raise TagRefused(f"the beacon did not answer within {REACH_S:g} s: bring it nearer and try again") from error
    except (BleakError, OSError, EOFError) as error:
        raise TagRefused(
            f"Bluetooth failed ({type(error).__name__}): is BlueZ running, and the beacon near?"
        ) from error


async def _write(client: BleakClient, order: TagOrder) -> float:
    if client.services.get_service(service.SERVICE) is None:
        raise TagRefused(
            "this beacon has no Eddystone Configuration Service: use its maker's tool with what --print shows, or another beacon"
        )
    await _unlock(client, order.lock_code)
    capabilities = service.read_capabilities(bytes(await client.read_gatt_char(service.CAPABILITIES)))
    if capabilities is None or not capabilities.does_eid:
        raise TagRefused("this beacon cannot send Eddystone-EID: its ids would never change, so use another type")
    if order.slot >= capabilities.slots:
        raise TagRefused(f"this beacon has {capabilities.slots} slots: --slot from 0 to {capabilities.slots - 1}")
    await _choose_slot(client, order.slot)
    data = service.eid_slot_data(order.lock_code, order.identity_key, order.exponent)
    await client.write_gatt_char(service.SLOT_DATA, data, response=True)
    clock_offset_s = await _prove(client, order)
    for slot in range(capabilities.slots):  # a second frame that never changes would give the first one away (A1)
        if slot != order.slot:
            await _choose_slot(client, slot)
            await client.write_gatt_char(service.SLOT_DATA, service.CLEAR_SLOT, response=True)
    await _close(client, order)
    return clock_offset_s


async def _unlock(client: BleakClient, lock_code: bytes) -> None:
    if await _lock_state(client) is not service.LockState.LOCKED:
        return
    challenge = bytes(await client.read_gatt_char(service.UNLOCK))
    try:
        token = service.unlock_token(lock_code, challenge)
    except ValueError as error:
        raise TagRefused("the beacon's challenge is not 16 bytes: it does not keep to the Eddystone service") from error
    with contextlib.suppress(
        BleakGATTProtocolError
    ):  # some refuse a wrong code, some just stay locked: the state tells
        await client.write_gatt_char(service.UNLOCK, token, response=True)
    if await _lock_state(client) is service.LockState.LOCKED:
        raise TagRefused("wrong lock code: give the one on the beacon's paper, or that you set, with --unlock-key")


async def _lock_state(client: BleakClient) -> service.LockState:
    value = bytes(await client.read_gatt_char(service.LOCK_STATE))
    try:
        return service.LockState(value[0])
    except (IndexError, ValueError) as error:
        raise TagRefused("the beacon's lock state is none the Eddystone service knows") from error


async def _choose_slot(client: BleakClient, slot: int) -> None:
    await client.write_gatt_char(service.ACTIVE_SLOT, bytes([slot]), response=True)


async def _prove(client: BleakClient, order: TagOrder) -> float:
    """Read back what it sends now: the key was taken, and this is its clock."""
    asked_s = time.time()
    told = service.read_eid_slot(bytes(await client.read_gatt_char(service.SLOT_DATA)))
    unix_s = (asked_s + time.time()) / 2
    if told is None or not told.comes_from(order.identity_key, order.exponent):
        raise TagRefused(
            "the beacon sends ids that do not follow from this key, so its lock code is another than --unlock-key; "
            "nothing was registered"
        )
    return told.clock_s - unix_s


async def _close(client: BleakClient, order: TagOrder) -> None:
    """Not connectable where it can be, then locked: an open beacon tells its key to whoever connects."""
    if client.services.get_characteristic(service.REMAIN_CONNECTABLE) is not None:
        await client.write_gatt_char(service.REMAIN_CONNECTABLE, b"\x00", response=True)
    lock = service.LOCK if order.new_lock_code is None else service.new_lock_code(order.lock_code, order.new_lock_code)
    await client.write_gatt_char(service.LOCK_STATE, lock, response=True)


def provision_now(order: TagOrder, adapter: str | None = None) -> float:
    """``provision``, for a command."""
    return asyncio.run(provision(order, adapter))
