"""``aisleway-node check``: does this machine hear, is it enrolled, does the server answer; one plain line each."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scanner_node.identity import InUse, StateProblem, load_identity
from scanner_node.node_clock import NodeClock
from scanner_node.radio import Advertisement, Radio, RadioFault, open_radio
from scanner_node.server_link import NoAnswer, ServerLink
from scanner_node.settings import ServerAddress
from scanner_node.uplink import SELF
from store_server.wire.sightings import EnrolledNode


async def check(radio_spec: str, server: ServerAddress | None, state_dir: Path, *, listens_s: float) -> int:
    """Run every check; returns 0 when all are well, else 1."""
    clock = NodeClock()
    wells = [await _check_radio(open_radio(radio_spec, clock), listens_s)]
    if server is not None:
        wells.append(await _check_server(server, state_dir, clock))
    return 0 if all(wells) else 1


async def _check_radio(radio: Radio, listens_s: float) -> bool:
    heard = 0

    def count(_: Advertisement) -> None:
        nonlocal heard
        heard += 1

    try:
        await radio.start(count)
        over = asyncio.ensure_future(radio.wait_until_over())
        await asyncio.wait([over], timeout=listens_s)
        over.cancel()
    except RadioFault as fault:
        return _say(False, f"radio: {fault}")
    finally:
        await radio.stop()
    if not heard:
        return _say(False, f"radio: it runs ({radio.scan_mode}), but nothing at all was heard in {listens_s:g} s")
    return _say(True, f"radio: {heard} advertisements heard in {listens_s:g} s ({radio.scan_mode})")


async def _check_server(server: ServerAddress, state_dir: Path, clock: NodeClock) -> bool:
    async with ServerLink(server, clock) as link:
        try:
            identity = load_identity(state_dir)
            answer = await link.send_signed(identity, "GET", SELF)
        except InUse:  # signing under a later start would push the running node out
            try:
                await link.send("GET", SELF)
            except NoAnswer as reason:
                return _say(False, f"server: {reason}")
            return _say(True, "server: it answers; this node is running and asks for itself")
        except StateProblem as problem:
            return _say(False, f"server: not asked; {problem}")
        except NoAnswer as reason:
            return _say(False, f"server: {reason}")
    known = answer.read(EnrolledNode) if answer.status == 200 else None
    if known is not None:
        return _say(True, f"server: it knows this node as {known.node_id} ({known.state})")
    trouble = answer.problem()
    return _say(False, f"server: {trouble.detail if trouble is not None else f'it answers {answer.status}'}")


def _say(is_well: bool, words: str) -> bool:
    (sys.stdout if is_well else sys.stderr).write(f"{'ok' if is_well else 'NOT OK'}  {words}\n")
    return is_well
