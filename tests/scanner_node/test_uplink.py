"""The node as a process, a real server, and everything that may happen between them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from store_server.wire.sightings import NodeState, RadioState, SightingBatch
from tests.scanner_node.node_process import (
    MINE,
    OTHER,
    Air,
    NodeProcess,
    line,
    say_until,
    write_replay,
)
from tests.scanner_node.receiving_server import BATCHES, KEYS, VALID_IDS, Answer, ReceivingServer, problem


def sequences(server: ReceivingServer) -> list[int]:
    return [each.envelope.sequence for each in server.batches]


def batch_requests(server: ReceivingServer) -> list[tuple[dict[str, str], bytes]]:
    return [(headers, body) for _, path, headers, body in server.requests if path == BATCHES]


def test_what_is_heard_arrives_once_in_numbered_batches_of_a_quarter_second(
    server: ReceivingServer, state: Path, tmp_path: Path
) -> None:
    lines = [line(1.0 + i * 0.05, -60 - i % 7, MINE) for i in range(40)]
    replay = write_replay(tmp_path / "walk.jsonl", lines)
    with NodeProcess(server.url, f"replay:{replay}", state) as node:
        node.until_log("the replay is over")
        server.until(lambda: len(server.sightings) >= 7)
        after = len(server.batches)
        server.until(lambda: len(server.batches) >= after + 2)  # whatever was on its way has come
    assert 7 <= len(server.sightings) <= 10  # 2 s in windows of at least 0.25 s
    assert all(len(each.batch.sightings) <= 1 for each in server.batches), "one beacon, one sighting a window"
    assert len(set(sequences(server))) == len(server.batches)
    times = [each.heard_at for each in server.sightings]
    assert times == sorted(times)
    assert all(0 <= (each.at - s.heard_at).total_seconds() < 5 for each in server.batches for s in each.batch.sightings)


def test_a_node_that_hears_nothing_sends_empty_batches_and_its_health(
    server: ReceivingServer, state: Path, air: Air
) -> None:
    with NodeProcess(server.url, air.radio, state, "--health-every", "0.5"):
        server.until(lambda: len([each for each in server.batches if each.batch.health]) >= 3)
    assert server.sightings == []
    health = [each.batch.health for each in server.batches if each.batch.health][-1]
    assert health.radio is RadioState.LISTENING
    assert health.last_heard_s is None
    assert health.clock_skew_s is not None
    assert abs(health.clock_skew_s) < 5


def test_a_withdrawal_reaches_a_node_that_hears_nothing_of_it(server: ReceivingServer, state: Path, air: Air) -> None:
    with NodeProcess(server.url, air.radio, state):
        say_until(air, lambda: server.sightings)
        server.set_ids("v2", OTHER)
        asked = server.statuses.count((VALID_IDS, 200))
        server.until(lambda: server.statuses.count((VALID_IDS, 200)) > asked)
        before = len(server.batches)
        say_until(air, lambda: len(server.batches) >= before + 4)
        assert [s for each in server.batches[before + 1 :] for s in each.batch.sightings] == []
        say_until(air, lambda: server.sightings[-1].ephemeral_id == OTHER, OTHER)


def test_a_retry_keeps_its_number_and_is_signed_anew(server: ReceivingServer, state: Path, air: Air) -> None:
    with NodeProcess(server.url, air.radio, state):
        server.until(server.has_given_ids)
        server.answer_next(BATCHES, problem(503, "Busy"), problem(500, "Broken"), Answer(200, hangs_up=True))
        before = len(batch_requests(server))
        server.until(lambda: len(batch_requests(server)) >= before + 4)
    headers = [each for each, _ in batch_requests(server)[before : before + 4]]
    assert len({each["aisleway-sequence"] for each in headers}) == 1
    assert len({each["aisleway-signature"] for each in headers}) == 4
    assert all(status in (200, 401, 500, 503, 201) for _, status in server.statuses)


def test_a_batch_whose_answer_was_lost_is_not_doubled(server: ReceivingServer, state: Path, air: Air) -> None:
    with NodeProcess(server.url, air.radio, state):
        server.until(server.has_given_ids)
        server.answer_next(BATCHES, Answer(200, hangs_up=True, after_work=True))
        server.until(lambda: (BATCHES, 409) in server.statuses)
        after = len(server.batches)
        server.until(lambda: len(server.batches) > after)
    assert len(set(sequences(server))) == len(server.batches)
    assert sequences(server)[after] > sequences(server)[after - 1]


def test_sightings_wait_while_the_server_is_away_and_come_in_few_batches(
    state: Path, air: Air, server: ReceivingServer
) -> None:
    with NodeProcess(server.url, air.radio, state) as node:
        say_until(air, lambda: server.sightings)
        server.answer_next(BATCHES, *[problem(503, "Away")] * 6)
        say_until(air, lambda: server.statuses.count((BATCHES, 503)) == 6)
        before = len(server.batches)
        say_until(air, lambda: len(server.batches) >= before + 3)
        assert max(len(each.batch.sightings) for each in server.batches) > 4, "what piled up went one by one"
        assert node.log.count("waiting for the server") == 1
        assert "server reached after" in node.log


def test_a_node_started_before_the_server_waits_and_says_so(state: Path, air: Air, server: ReceivingServer) -> None:
    server.__exit__(None, None, None)
    with NodeProcess(server.url, air.radio, state) as node:
        node.until_log("waiting for the server")
        with ReceivingServer(port=server.port) as late:
            late.ids, late.public_key = (MINE,), server.public_key
            say_until(air, lambda: late.sightings)
        assert node.log.count("waiting for the server") == 1


def test_a_server_that_restarts_gets_positions_again_and_nothing_twice(
    state: Path, air: Air, server: ReceivingServer
) -> None:
    with NodeProcess(server.url, air.radio, state):
        say_until(air, lambda: server.sightings)
        server.__exit__(None, None, None)
        with ReceivingServer(port=server.port) as again:
            began_s = time.monotonic()
            again.ids, again.public_key, again.seen, again.known_boot = (MINE,), server.public_key, server.seen, 1
            say_until(air, lambda: again.sightings)
            print(f"server back: first sighting after {time.monotonic() - began_s:.1f} s")
            assert not {each.envelope.sequence for each in again.batches} & set(sequences(server))


@pytest.mark.parametrize("ahead_s", [3600.0, -86_400.0, 10.0, -20.0])
def test_a_wrong_clock_is_corrected_by_the_servers_answer(
    ahead_s: float, server: ReceivingServer, state: Path, air: Air
) -> None:
    server.ahead_s = ahead_s
    with NodeProcess(server.url, air.radio, state, "--health-every", "0.2") as node:
        say_until(air, lambda: server.sightings)
        server.until(lambda: any(b.batch.health and b.batch.health.clock_skew_s for b in server.batches[-3:]))
        skews = [each.batch.health.clock_skew_s for each in server.batches if each.batch.health]
        assert abs((skews[-1] or 0) - ahead_s) < 2
        assert "clock is" in node.log
    assert (BATCHES, 422) not in server.statuses, "sightings were sent with the wrong clock"


def test_an_older_start_counts_on_until_the_server_takes_it(state: Path, air: Air, server: ReceivingServer) -> None:
    server.known_boot = 20  # the state folder was put back from a copy
    with NodeProcess(server.url, air.radio, state) as node:
        say_until(air, lambda: server.sightings)
        assert "later start" in node.log
    assert server.known_boot > 20


def test_each_start_is_a_higher_boot(state: Path, air: Air, server: ReceivingServer) -> None:
    for start in (1, 2):
        with NodeProcess(server.url, air.radio, state):
            server.until(lambda start=start: server.batches and server.batches[-1].envelope.boot_id == start)  # type: ignore[misc]


def test_a_refused_batch_is_dropped_and_the_next_one_goes(state: Path, air: Air, server: ReceivingServer) -> None:
    with NodeProcess(server.url, air.radio, state) as node:
        say_until(air, lambda: server.sightings)
        server.answer_next(BATCHES, problem(422, "Not valid"))
        before = len(server.batches)
        say_until(air, lambda: len(server.batches) >= before + 3)
        assert node.log.count("refused a batch (Not valid)") == 1


def test_redirects_are_not_followed(state: Path, air: Air, server: ReceivingServer) -> None:
    with ReceivingServer() as elsewhere, NodeProcess(server.url, air.radio, state) as node:
        server.until(server.has_given_ids)
        server.answer_next(BATCHES, *[Answer(307, headers={"Location": elsewhere.url + BATCHES})] * 2)
        server.until(lambda: (BATCHES, 307) in server.statuses)
        node.until_log("it answers 307")
        before = len(server.batches)
        server.until(lambda: len(server.batches) > before)
        assert elsewhere.requests == []


def test_a_pending_node_waits_for_its_manager(state: Path, air: Air, server: ReceivingServer) -> None:
    server.state = NodeState.PENDING
    with NodeProcess(server.url, air.radio, state) as node:
        node.until_log("waiting for a manager to confirm this node: fingerprint ")
        server.state = NodeState.CONFIRMED
        say_until(air, lambda: server.sightings)


def test_an_old_key_is_rotated(state: Path, air: Air, server: ReceivingServer) -> None:
    old, key_file = server.public_key, state / "node-key.pem"
    os.utime(key_file, (time.time() - 91 * 86_400,) * 2)
    with NodeProcess(server.url, air.radio, state):
        say_until(air, lambda: server.sightings)
    assert (KEYS, 200) in server.statuses
    assert server.public_key != old
    assert not (state / "next-key.pem").exists()
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_rotation_whose_answer_was_lost_ends_with_the_new_key(state: Path, air: Air, server: ReceivingServer) -> None:
    os.utime(state / "node-key.pem", (time.time() - 91 * 86_400,) * 2)
    server.answer_next(KEYS, Answer(200, hangs_up=True, after_work=True))
    with NodeProcess(server.url, air.radio, state):
        server.until(lambda: (KEYS, 200) in server.statuses)
    with NodeProcess(server.url, air.radio, state):
        say_until(air, lambda: server.sightings)
    assert not (state / "next-key.pem").exists()


def test_stopping_is_clean_and_quick_even_without_a_server(state: Path, air: Air, server: ReceivingServer) -> None:
    with NodeProcess(server.url, air.radio, state) as node:
        server.until(server.has_given_ids)
        node.process.terminate()
        assert node.process.wait(2) == 0
    assert node.log.endswith("stopped\n")
    assert "Traceback" not in node.log


def test_batches_never_hold_more_than_the_wire_allows(server: ReceivingServer, state: Path, tmp_path: Path) -> None:
    ids = [f"{i:016x}" for i in range(700)]
    server.ids = tuple(ids)
    replay = write_replay(tmp_path / "crowd.jsonl", [line(1.0, -60, each) for each in ids])
    with NodeProcess(server.url, f"replay:{replay}", state):
        server.until(lambda: len(server.sightings) == 700)
    assert {each.ephemeral_id for each in server.sightings} == set(ids)
    for _, body in batch_requests(server):
        assert len(body) < 256 * 1024
        SightingBatch.model_validate_json(body)
