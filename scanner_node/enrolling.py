"""``aisleway-node enrol``: a one-time code for a place in the store (requirement C3)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from scanner_node.identity import (
    StateProblem,
    load_identity,
    open_key,
    public_key_base64,
    public_key_bytes,
    remember_ca,
    remember_name,
)
from scanner_node.node_clock import NodeClock
from scanner_node.server_link import Answer, NoAnswer, ServerLink, WrongCertificate
from scanner_node.settings import ServerAddress
from scanner_node.uplink import SELF
from store_server.wire.sightings import EnrolledNode, EnrolNode, NodeState, key_fingerprint

ENROLMENTS = "/api/node/enrolments"
ASK_AGAIN_S = 1.0


async def enrol(server: ServerAddress, code: str, state_dir: Path, *, waits: bool) -> int:
    """Enrol and, where asked to, wait for the manager; returns the exit code.

    Raises
    ------
    StateProblem
    """
    key = open_key(state_dir)
    clock = NodeClock()
    async with ServerLink(server, clock) as link:
        try:
            answer = await _post_patiently(link, EnrolNode(code=code, public_key=public_key_base64(key)))
        except WrongCertificate as reason:
            _say_wrong(f"the server at {link.origin}: {reason}")
            return 1
        enrolled = answer.read(EnrolledNode) if answer.status == 201 else None
        if enrolled is None:
            problem = answer.problem()
            _say_wrong(problem.detail if problem is not None else f"the server answers {answer.status}")
            return 1
        fingerprint = key_fingerprint(public_key_bytes(key))
        if enrolled.fingerprint != fingerprint:
            raise StateProblem("the server speaks of another key than this node's: make a new code and enrol again")
        remember_name(state_dir, enrolled.node_id)
        if server.ca_file is not None:
            remember_ca(state_dir, server.ca_file.read_bytes())
        _say(f"enrolled as {enrolled.node_id}")
        _say(f"fingerprint {fingerprint}")
        if enrolled.state is NodeState.CONFIRMED:
            return 0
        if not waits:
            _say("a manager must now compare this fingerprint and confirm the node")
            return 0
        _say("waiting for a manager to compare this fingerprint and confirm the node (Ctrl-C to stop waiting)")
        return await _wait_for_manager(link, clock, state_dir)


async def _post_patiently(link: ServerLink, request: EnrolNode) -> Answer:
    """A server that is still starting is waited for."""
    has_said = False
    while True:
        try:
            return await link.send("POST", ENROLMENTS, request)
        except WrongCertificate:
            raise
        except NoAnswer as reason:
            if not has_said:
                has_said = True
                _say_wrong(f"waiting for the server at {link.origin}: {reason}; trying again until it answers")
            await asyncio.sleep(ASK_AGAIN_S)


async def _wait_for_manager(link: ServerLink, clock: NodeClock, state_dir: Path) -> int:
    identity = load_identity(state_dir)
    while True:
        try:
            answer = await link.send_signed(identity, "GET", SELF)
        except NoAnswer:
            await asyncio.sleep(ASK_AGAIN_S)
            continue
        known = answer.read(EnrolledNode) if answer.status == 200 else None
        problem = answer.problem()
        if known is not None and known.state is NodeState.CONFIRMED:
            _say("confirmed")
            return 0
        if problem is not None and problem.server_at is not None:
            clock.learn(problem.server_at, answer.sent_s, answer.answered_s)
        elif answer.status == 401 or (known is not None and known.state is NodeState.REVOKED):
            _say_wrong("the manager refused this node, or its code was used for another key: ask for a new code")
            return 1
        await asyncio.sleep(ASK_AGAIN_S)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _say_wrong(words: str) -> None:
    sys.stderr.write(f"aisleway-node: {words}\n")
    sys.stderr.flush()
