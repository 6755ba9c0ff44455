"""``aisleway provision-tag`` over bleak's GATT client against a beacon on the private bus."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from store_server.adapters.eddystone_configuration import (
    EidSlot,
    eid_slot_data,
    encrypted,
    read_capabilities,
    read_eid_slot,
)
from tests.scanner_node.fake_eddystone_tag import FakeEddystoneTag
from tests.scanner_node.running_bluez import RunningBluez

KEY = "0102030405060708090a111213141516"
NEW_CODE = "00112233445566778899aabbccddeeff"


@pytest.fixture(scope="module")
def bluez() -> Iterator[RunningBluez]:
    with RunningBluez() as bluez:
        yield bluez


def near(bluez: RunningBluez, tag: FakeEddystoneTag) -> FakeEddystoneTag:
    """The beacon is awake and near."""

    def put(fake: Any) -> None:
        fake.connectable(tag)
        # Seldom: those of the tests before go on meanwhile, and a busy machine must still hear this one in time.
        fake.broadcast(tag.address, itertools.repeat(-40, 400), 0.25, name="Beacon")

    bluez.do(put)
    return tag


def aisleway(bluez: RunningBluez | None, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from store_server.commands import main; main(prog_name='aisleway')"
    environment = {**os.environ, **(bluez.environment if bluez else {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"})}
    return subprocess.run(
        [sys.executable, "-c", code, "provision-tag", *words],
        capture_output=True, text=True, timeout=90, env=environment, check=False,
    )  # fmt: skip


def words(tag: FakeEddystoneTag, out: Path, *more: str) -> tuple[str, ...]:
    return ("--address", tag.address, "--label", "TAG-001", "--out", str(out), *more)


def test_a_locked_beacon_gets_its_key_is_proved_cleared_locked_and_registered(
    bluez: RunningBluez, tmp_path: Path
) -> None:
    tag, out = near(bluez, FakeEddystoneTag(address="C0:FF:EE:00:01:01")), tmp_path / "tags.json"
    done = aisleway(bluez, *words(tag, out, "--key", KEY, "--new-unlock-key", NEW_CODE))
    assert (done.returncode, done.stderr) == (0, "")
    assert (tag.identity_key, tag.exponent) == (bytes.fromhex(KEY), 9)
    assert {slot: data[:1] for slot, data in tag.slots.items()} == {0: b"\x30", 1: b"", 2: b""}
    assert (tag.lock_state, tag.lock_code, tag.remains_connectable) == (0, bytes.fromhex(NEW_CODE), 0)
    assert all(bytes.fromhex(KEY) not in value and bytes.fromhex(NEW_CODE) not in value for _, value in tag.writes)
    (registered,) = json.loads(out.read_bytes())["tags"]
    offset_s = registered.pop("clock_offset_s")
    assert registered == {"label": "TAG-001", "identity_key": KEY, "exponent": 9}
    assert abs(offset_s - (tag.clock_s - time.time())) < 60
    assert out.stat().st_mode & 0o777 == 0o600
    assert KEY not in done.stdout


def test_without_a_key_a_new_one_is_made_and_the_factory_code_is_warned_of(bluez: RunningBluez, tmp_path: Path) -> None:
    tag = near(bluez, FakeEddystoneTag(address="C0:FF:EE:00:01:02", lags_a_rotation=True))
    done = aisleway(bluez, *words(tag, tmp_path / "tags.json", "--exponent", "10", "--slot", "1"))
    assert done.returncode == 0
    assert "--new-unlock-key" in done.stderr
    (registered,) = json.loads((tmp_path / "tags.json").read_bytes())["tags"]
    assert tag.identity_key is not None
    assert registered["identity_key"] == tag.identity_key.hex()
    assert registered["exponent"] == 10
    assert tag.slots[1][:1] == b"\x30"
    assert tag.slots[0] == b""


UNFIT = {
    "another lock code": (FakeEddystoneTag(lock_code=bytes(16)), (), "wrong lock code"),
    "another lock code, silently": (
        FakeEddystoneTag(lock_code=bytes(16), is_silent_on_wrong_code=True),
        (),
        "wrong lock code",
    ),
    "open, with another lock code": (
        FakeEddystoneTag(lock_code=bytes(16), lock_state=2),
        (),
        "do not follow from this key",
    ),
    "no EID frames": (FakeEddystoneTag(frame_types=0x0007), (), "cannot send Eddystone-EID"),
    "no EID slots": (FakeEddystoneTag(eid_slots=0), (), "cannot send Eddystone-EID"),
    "no such service": (FakeEddystoneTag(has_service=False), (), "no Eddystone Configuration Service"),
    "short challenge": (FakeEddystoneTag(challenge_bytes=15), (), "challenge is not 16 bytes"),
    "unknown lock state": (FakeEddystoneTag(lock_state=7), (), "lock state"),
    "no such slot": (FakeEddystoneTag(), ("--slot", "3"), "--slot from 0 to 2"),
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_beacon_that_cannot_be_provisioned_is_left_unregistered_in_words(
    what: str, bluez: RunningBluez, tmp_path: Path
) -> None:
    tag, more, says = UNFIT[what]
    tag.address = f"C0:FF:EE:00:02:{list(UNFIT).index(what):02X}"
    near(bluez, tag)
    done = aisleway(bluez, *words(tag, tmp_path / "tags.json", *more))
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads((tmp_path / "tags.json").read_bytes())["tags"] == []


def test_without_bluetooth_it_says_so(tmp_path: Path) -> None:
    done = aisleway(None, *words(FakeEddystoneTag(), tmp_path / "tags.json"))
    assert done.returncode == 1
    assert "is BlueZ running" in done.stderr


def test_print_shows_what_a_makers_tool_needs_and_registers_with_its_clock(tmp_path: Path) -> None:
    out = tmp_path / "tags.json"
    done = aisleway(None, "--label", "TAG-002", "--key", KEY, "--print", "--out", str(out), "--beacon-time", "65280")
    assert done.returncode == 0
    assert KEY in done.stdout
    assert "exponent 9" in done.stdout
    aisleway(None, "--label", "TAG-003", "--print", "--out", str(out), "--beacon-time", "1")
    aisleway(None, "--label", "TAG-002", "--print", "--out", str(out), "--beacon-time", "2")
    tags = json.loads(out.read_bytes())["tags"]
    assert [each["label"] for each in tags] == ["TAG-003", "TAG-002"]
    assert tags[1]["identity_key"] != KEY, "provisioned anew: the old key is gone"
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (("--label", "T"), 2, "give --address and --out"),
        (("--label", "T", "--address", "nowhere", "--out", "x"), 2, "AA:BB"),
        (("--label", "T", "--print", "--key", "secret-that-is-short"), 2, "32 hex digits"),
        (("--label", "T", "--print", "--out", "x"), 2, "--beacon-time"),
        (("--label", "T\n", "--print"), 2, "printed on a tag"),
        (("--label", "T", "--address", "C0:FF:EE:00:00:01", "--out", "/nowhere/tags.json"), 1, "cannot be written"),
    ],
)
def test_wrong_use_is_said_and_secrets_are_not_repeated(given: tuple[str, ...], code: int, says: str) -> None:
    done = aisleway(None, *given)
    assert done.returncode == code
    assert says in done.stderr
    assert "secret-that-is-short" not in done.stderr


def test_a_file_that_is_no_tag_file_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "tags.json"
    out.write_text('{"format": "something else"}')
    done = aisleway(None, *words(FakeEddystoneTag(), out))
    assert (done.returncode, out.read_text()) == (1, '{"format": "something else"}')


def test_bytes_of_any_length_from_a_beacon_are_judged_not_trusted() -> None:
    for length in range(40):
        value = bytes([0x30]) * length
        assert (read_eid_slot(value) is None) == (length != 14)
        assert (read_capabilities(value) is None) == (length < 6)


def test_what_is_not_16_bytes_is_not_encrypted() -> None:
    for code, block in ((b"", bytes(16)), (bytes(16), b"")):
        with pytest.raises(ValueError, match="16 bytes"):
            encrypted(code, block)
    with pytest.raises(ValueError, match="exponent"):
        eid_slot_data(bytes(16), bytes(16), 16)


def test_an_id_of_the_rotation_before_is_proof_and_one_of_another_key_is_not() -> None:
    key = bytes.fromhex(KEY)
    told = EidSlot(10, 2000, bytes.fromhex("4144413e45fefa58"))  # RadiusNetworks/ephemeral_calc, K 10, time 2000
    assert told.comes_from(key, 10)
    assert EidSlot(10, 2100, told.ephemeral_id).comes_from(key, 10)
    assert not EidSlot(10, 9000, told.ephemeral_id).comes_from(key, 10)
    assert not told.comes_from(key, 9)
    assert not told.comes_from(bytes(16), 10)
