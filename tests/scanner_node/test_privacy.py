"""The abuse tests of the node's part: black box, over D-Bus and HTTP, then through everything it wrote."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path

from store_server.wire.sightings import NodeState, Sighting, static_ephemeral_id
from tests.scanner_node.fake_bluez import EDDYSTONE
from tests.scanner_node.node_process import MINE, Air, NodeProcess, eid_frame, line, say_until, wait_for, write_replay
from tests.scanner_node.receiving_server import BATCHES, VALID_IDS, ReceivingServer, problem
from tests.scanner_node.running_bluez import RunningBluez

FOREIGN_NAME = "Anna's Headphones"
OURS = [f"{0xA11CE000 + i:016x}" for i in range(5)]


def spellings(value: bytes) -> Iterator[bytes]:
    """How bytes may show up in a log, a file or a message."""
    yield value
    for text in (value.hex(), value.hex().upper(), value.hex(":"), value.hex(":").upper(), value.hex("_").upper()):
        yield text.encode()
    yield str(int.from_bytes(value, "big")).encode()


def everything_written(node: NodeProcess, state: Path, server: ReceivingServer) -> bytes:
    files = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    wire = b"".join(path.encode() + json.dumps(headers).encode() + body for _, path, headers, body in server.requests)
    return files + wire + node.log_path.read_bytes()


def address_bytes(number: int) -> bytes:
    return bytes([0xD5, 0x3B, 0x91]) + number.to_bytes(3, "big")


def address(number: int) -> str:
    return address_bytes(number).hex(":").upper()


def test_t02_of_a_thousand_foreign_devices_nothing_is_written_or_sent(
    server: ReceivingServer, state: Path, tmp_path: Path
) -> None:
    server.ids = tuple(OURS)
    rng = random.Random(20261124)
    foreign_ids = [rng.randbytes(8) for _ in range(1000)]
    lines = [line(1.0 + i * 0.002, -50 - i % 40, foreign.hex(), address(i)) for i, foreign in enumerate(foreign_ids)]
    for i in range(0, 1000, 3):  # some speak other formats
        uuid = rng.randbytes(16)
        lines[i] |= {"service_data": {}, "manufacturer_data": {"004c": "0215" + uuid.hex() + "00010002c5"}}
        foreign_ids.append(uuid)
    lines += [line(1.0 + i * 0.1, -60, ours, address(5000 + i)) for i, ours in enumerate(OURS * 4)]
    replay = write_replay(tmp_path / "capture.jsonl", sorted(lines, key=lambda each: float(each["t_s"])))
    with NodeProcess(server.url, f"replay:{replay}", state, "--health-every", "0.5") as node:
        node.until_log("the replay is over")
        server.until(lambda: {each.ephemeral_id for each in server.sightings} == set(OURS))
        after = len(server.batches)
        server.until(lambda: len(server.batches) >= after + 2)
    assert {each.ephemeral_id for each in server.sightings} == set(OURS)
    written = everything_written(node, state, server)
    for number, foreign in enumerate(foreign_ids):
        assert not [each for each in spellings(foreign) if each in written], f"foreign id {number} was written"
    for i in (*range(1000), *range(5000, 5020)):
        assert not [each for each in spellings(address_bytes(i)) if each in written], f"address {i} was written"
    heard = [each.batch.health.advertisements_per_s for each in server.batches if each.batch.health]
    assert max(heard) > 50, "the sum over all senders is all that is counted"


def test_t03_no_address_or_name_is_in_a_sighting_or_log_of_the_real_radio(server: ReceivingServer, state: Path) -> None:
    debug = {"BLEAK_LOGGING": "1", "PYTHONASYNCIODEBUG": "1"}
    with (
        RunningBluez() as bluez,
        NodeProcess(
            server.url, "bleak:", state, "--silent-after", "1", environment={**bluez.environment, **debug}
        ) as node,
    ):
        mine = {EDDYSTONE: bytes.fromhex(eid_frame(MINE))}
        tag, stranger = address(1), address(2)
        bluez.do(lambda fake: fake.broadcast(tag, itertools.cycle((-60, -62)), 0.05, service_data=mine, name="Tag 1"))
        payload = {0x004C: bytes.fromhex("1005deadbeef")}
        bluez.do(
            lambda fake: fake.broadcast(
                stranger, itertools.cycle((-40, -90)), 0.02, manufacturer_data=payload, name=FOREIGN_NAME
            )
        )
        server.until(lambda: len(server.sightings) >= 3)
        bluez.wait(bluez.fake.kill_bus())  # libraries that lose their bus like to say what they held
        bluez.wait(bluez.fake.revive_bus())
        before = len(server.sightings)
        server.until(lambda: len(server.sightings) > before, 60)
    written = everything_written(node, state, server)
    for number in (1, 2):
        assert not [each for each in spellings(address_bytes(number)) if each in written]
    for words in (FOREIGN_NAME.encode(), b"Tag 1", b"deadbeef", b"\xde\xad\xbe\xef"):
        assert words not in written
    assert MINE not in node.log, "not even our own ids are logged"
    assert set(Sighting.model_fields) == {"ephemeral_id", "rssi_dbm", "heard_at"}


def test_t05_a_node_cut_off_forwards_nothing_once_its_set_expired(
    server: ReceivingServer, state: Path, air: Air
) -> None:
    server.expires_in_s = 1.0  # 90 s in a store; the exact limit is tested with a clock in hand in test_valid_ids
    with NodeProcess(server.url, air.radio, state) as node:
        say_until(air, lambda: server.sightings)
        server.__exit__(None, None, None)
        node.until_log("waiting for the server")
        spoken = itertools.count(1)
        say_until(air, lambda: next(spoken) > 60)  # goes on for longer than the set lives
        with ReceivingServer(port=server.port) as back:
            back.public_key, back.known_boot, back.seen = server.public_key, 1, server.seen
            back.ids, back.version = (), "v2"  # withdrawn while the node was cut off
            say_until(air, lambda: len(back.batches) >= 5)
            assert back.sightings == []
            assert (VALID_IDS, 200) in back.statuses


def test_t05_a_set_that_nobody_confirms_is_not_used(server: ReceivingServer, state: Path, air: Air) -> None:
    server.expires_in_s = 0.5
    with NodeProcess(server.url, air.radio, state):
        say_until(air, lambda: server.sightings)
        # Receipts name a set that the node can never fetch: what it holds grows old, however often the server answers.
        server.set_ids("v2", MINE)
        server.answer_next(VALID_IDS, *[problem(500, "Broken")] * 30)
        say_until(air, lambda: server.statuses.count((VALID_IDS, 500)) >= 6)
        before = len(server.sightings)
        say_until(air, lambda: server.statuses.count((VALID_IDS, 500)) >= 8)
        assert len(server.sightings) == before


def test_t10_a_revoked_node_drops_its_ids_at_once(server: ReceivingServer, state: Path, air: Air) -> None:
    with NodeProcess(server.url, air.radio, state) as node:
        say_until(air, lambda: server.sightings)
        server.state = NodeState.REVOKED
        say_until(air, lambda: (BATCHES, 401) in server.statuses)
        node.until_log("does not accept this node")
        revoked_at = len(server.requests)
        say_until(air, lambda: len(server.requests) > revoked_at)
    for _, _, _, body in server.requests[revoked_at:]:
        assert MINE.encode() not in body


def test_nothing_about_a_sighting_is_on_disk(server: ReceivingServer, state: Path, air: Air) -> None:
    with NodeProcess(server.url, air.radio, state):
        say_until(air, lambda: len(server.sightings) > 3)
        assert sorted(each.name for each in state.iterdir()) == ["boot-count", "lock", "node-key.pem", "node.json"]
        content = b"".join(each.read_bytes() for each in state.iterdir())
    assert not [each for each in spellings(bytes.fromhex(MINE)) if each in content]


def test_static_formats_are_let_in_only_in_compatibility_mode(server: ReceivingServer, state: Path, air: Air) -> None:
    identity = "e2c56db5dffb48d2b060d0f5a71096e000010002"
    ibeacon = {"service_data": {}, "manufacturer_data": {"004c": "0215" + identity + "c5"}}
    server.ids = (static_ephemeral_id("ibeacon", bytes.fromhex(identity)),)
    with NodeProcess(server.url, air.radio, state):

        def heard_static() -> bool:
            air.say(-60, MINE, **ibeacon)
            return bool(server.sightings)

        server.until(server.has_given_ids)
        before = len(server.batches)
        wait_for(lambda: heard_static() or len(server.batches) >= before + 3)
        assert server.sightings == []
        server.version, server.accept_static_formats = "v2", True
        wait_for(heard_static)
