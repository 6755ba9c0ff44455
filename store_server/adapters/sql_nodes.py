"""Node and kiosk records in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session, select

from store_server.adapters.sql_database import Database, instant, instant_or_none, seconds
from store_server.adapters.tables import KioskRow, NodeRow, OneTimeCodeRow
from store_server.ports import CodeKind, NodeRecord, ReplayAnswer, ReplayVerdict
from store_server.wire.sightings import NodeHealth, NodeState

REPLAY_WINDOW = 64
"""An unseen sequence above (highest - 64) is accepted, in any order (requirement C4)."""


class SqlNodeRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def make_code(self, kind: CodeKind, key: str, code_hash: str, expires_at: datetime) -> None:
        with Session(self._database.durable) as session:
            # One open code a key: making a new one ends the one before.
            for row in session.exec(
                select(OneTimeCodeRow).where(OneTimeCodeRow.key == key, OneTimeCodeRow.kind == kind)
            ):
                session.delete(row)
            session.flush()
            session.add(OneTimeCodeRow(code_hash=code_hash, kind=kind, key=key, expires_s=seconds(expires_at)))
            session.commit()

    def use_code(self, kind: CodeKind, code_hash: str, at: datetime) -> str | None:
        with Session(self._database.durable) as session:
            row = session.get(OneTimeCodeRow, code_hash, with_for_update=True)
            if row is None or row.kind != kind or row.used_s is not None or row.expires_s < seconds(at):
                return None
            row.used_s = seconds(at)
            session.add(row)
            session.commit()
            return row.key

    def enrol(self, node_key: str, public_key: bytes, at: datetime) -> None:
        with Session(self._database.durable) as session:
            row = session.get(NodeRow, node_key)
            if row is not None:
                session.delete(row)
                session.flush()
            session.execute(text("DELETE FROM node_batch WHERE node_key = :node_key"), {"node_key": node_key})
            session.add(
                NodeRow(node_key=node_key, public_key=public_key, state=NodeState.PENDING, enrolled_s=seconds(at))
            )
            session.commit()

    def node(self, node_key: str) -> NodeRecord | None:
        # Core and not the ORM: this runs twice for every batch of every node.
        with self._database.quick.connect().execution_options(writes=False) as connection:
            row = connection.execute(_NODE, {"node": node_key}).one_or_none()
            return None if row is None else _node(row)

    def nodes(self) -> Sequence[NodeRecord]:
        with Session(self._database.quick) as session:
            session.connection(execution_options={"writes": False})
            return [_node(row) for row in session.exec(select(NodeRow).order_by(NodeRow.node_key))]

    def set_state(self, node_key: str, state: NodeState) -> None:
        self._change(node_key, "state", state.value)

    def set_key(self, node_key: str, public_key: bytes) -> None:
        self._change(node_key, "public_key", public_key)

    def _change(self, node_key: str, field: str, value: object) -> None:
        with Session(self._database.durable) as session:
            row = session.get(NodeRow, node_key)
            if row is None:
                raise KeyError(node_key)
            setattr(row, field, value)
            session.add(row)
            session.commit()

    def note_batch(
        self,
        node_key: str,
        boot_id: int,
        sequence: int,
        valid_ids_version: str,
        health: NodeHealth | None,
        at: datetime,
    ) -> ReplayAnswer:
        # Core and not the ORM: this runs for every batch of every node.
        now_s = seconds(at)
        key = {"node": node_key, "boot": boot_id, "sequence": sequence}
        with self._database.quick.begin() as connection:
            # One batch after the other: SQLite's transaction holds the whole file, elsewhere the node's row is held.
            state = _STATE if self._database.is_sqlite else _STATE_HELD
            known_boot, highest = connection.execute(state, key).one()
            if boot_id < known_boot:
                return ReplayAnswer(ReplayVerdict.OLDER_BOOT, at, valid_ids_version)
            if boot_id > known_boot:
                highest = -1
                connection.execute(_FORGET_BOOTS, key)
            seen = connection.execute(_SEEN, key).one_or_none()
            if seen is not None:
                return ReplayAnswer(ReplayVerdict.SEEN, instant(seen[0]), seen[1])
            if sequence <= highest - REPLAY_WINDOW:
                return ReplayAnswer(ReplayVerdict.TOO_OLD, at, valid_ids_version)
            connection.execute(_REMEMBER, {**key, "now": now_s, "version": valid_ids_version})
            before, highest = highest, max(highest, sequence)
            connection.execute(_RAISE, {**key, "highest": highest, "now": now_s})
            if before // REPLAY_WINDOW < highest // REPLAY_WINDOW:
                connection.execute(_TRIM, {**key, "below": highest - REPLAY_WINDOW})
            if health is not None:
                connection.execute(_HEALTH, {"node": node_key, "health": health.model_dump_json()})
        return ReplayAnswer(ReplayVerdict.FRESH, at, valid_ids_version)

    def pair_kiosk(self, kiosk_key: str, at: datetime) -> None:
        with Session(self._database.durable) as session:
            row = session.get(KioskRow, kiosk_key) or KioskRow(kiosk_key=kiosk_key, paired_s=seconds(at))
            row.paired_s = row.last_seen_s = seconds(at)
            session.add(row)
            session.commit()

    def see_kiosk(self, kiosk_key: str, at: datetime) -> None:
        with self._database.quick.begin() as connection:
            connection.execute(
                text("UPDATE kiosk SET last_seen_s = :now WHERE kiosk_key = :key"),
                {"now": seconds(at), "key": kiosk_key},
            )

    def unpair_kiosk(self, kiosk_key: str) -> None:
        with self._database.durable.begin() as connection:
            connection.execute(text("DELETE FROM kiosk WHERE kiosk_key = :key"), {"key": kiosk_key})

    def kiosks(self) -> Mapping[str, datetime | None]:
        with Session(self._database.quick) as session:
            session.connection(execution_options={"writes": False})
            rows = session.exec(select(KioskRow).order_by(KioskRow.kiosk_key))
            return {row.kiosk_key: instant_or_none(row.last_seen_s) for row in rows}


_NODE = text(
    "SELECT node_key, public_key, state, boot_id, highest_sequence, last_batch_s, health_json FROM node"
    " WHERE node_key = :node"
)
_STATE = text("SELECT boot_id, highest_sequence FROM node WHERE node_key = :node")
_STATE_HELD = text("SELECT boot_id, highest_sequence FROM node WHERE node_key = :node FOR UPDATE")
_SEEN = text(
    "SELECT received_s, valid_ids_version FROM node_batch WHERE node_key = :node AND boot_id = :boot AND sequence = :sequence"
)
_FORGET_BOOTS = text("DELETE FROM node_batch WHERE node_key = :node AND boot_id < :boot")
_REMEMBER = text("INSERT INTO node_batch VALUES (:node, :boot, :sequence, :now, :version)")
_RAISE = text(
    "UPDATE node SET boot_id = :boot, highest_sequence = :highest, last_batch_s = :now WHERE node_key = :node"
)
_TRIM = text("DELETE FROM node_batch WHERE node_key = :node AND boot_id = :boot AND sequence <= :below")
_HEALTH = text("UPDATE node SET health_json = :health WHERE node_key = :node")


def _node(row: NodeRow | Row[Any]) -> NodeRecord:
    return NodeRecord(
        row.node_key,
        row.public_key,
        NodeState(row.state),
        row.boot_id,
        row.highest_sequence,
        instant_or_none(row.last_batch_s),
        None if row.health_json is None else NodeHealth.model_validate_json(row.health_json),
    )
