"""Calls for help in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from store_server.adapters.sql_database import Database, instant, instant_or_none, seconds
from store_server.adapters.tables import HelpCallRow
from store_server.ports import CallRecord

# The column that is unique holds the kiosk's name while its call is open, and nothing afterwards: so the database itself
# keeps a second call out, whichever process asks first.
_ADD = text(
    "INSERT INTO help_call (call_id, kiosk_key, open_kiosk_key, called_s) VALUES (:call, :kiosk, :kiosk, :now) "
    "ON CONFLICT (open_kiosk_key) DO NOTHING"
)
_ACKNOWLEDGE = text(
    "UPDATE help_call SET acknowledged_s = :now, acknowledged_by = :user "
    "WHERE call_id = :call AND open_kiosk_key IS NOT NULL AND acknowledged_s IS NULL"
)
_END = text(
    "UPDATE help_call SET done_s = :now, done_by = :user, open_kiosk_key = NULL "
    "WHERE call_id = :call AND open_kiosk_key IS NOT NULL"
)
_PURGE = text("DELETE FROM help_call WHERE done_s < :before")


class SqlCallRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _reading(self) -> Session:
        session = Session(self._database.durable)
        session.connection(execution_options={"writes": False})
        return session

    def add(self, call_id: str, kiosk_key: str, at: datetime) -> CallRecord:
        while True:
            with self._database.durable.begin() as connection:
                connection.execute(_ADD, {"call": call_id, "kiosk": kiosk_key, "now": seconds(at)})
            found = self.open_call(kiosk_key) or self.call(call_id)
            if found is not None:  # else the call that was open was ended between the two: now there is room for ours
                return found

    def call(self, call_id: str) -> CallRecord | None:
        with self._reading() as session:
            row = session.get(HelpCallRow, call_id)
            return None if row is None else _call(row)

    def open_call(self, kiosk_key: str) -> CallRecord | None:
        with self._reading() as session:
            row = session.exec(select(HelpCallRow).where(HelpCallRow.open_kiosk_key == kiosk_key)).first()
            return None if row is None else _call(row)

    def open_calls(self) -> Sequence[CallRecord]:
        wanted = select(HelpCallRow).where(col(HelpCallRow.open_kiosk_key).is_not(None))
        with self._reading() as session:
            return [_call(row) for row in session.exec(wanted.order_by(col(HelpCallRow.called_s), HelpCallRow.call_id))]

    def done_calls(self, limit: int) -> Sequence[CallRecord]:
        wanted = select(HelpCallRow).where(col(HelpCallRow.done_s).is_not(None))
        latest = wanted.order_by(col(HelpCallRow.done_s).desc(), HelpCallRow.call_id).limit(limit)
        with self._reading() as session:
            return [_call(row) for row in session.exec(latest)]

    def count_since(self, kiosk_key: str, since: datetime) -> int:
        counted = select(func.count()).where(
            HelpCallRow.kiosk_key == kiosk_key, col(HelpCallRow.called_s) >= seconds(since)
        )
        with self._reading() as session:
            return session.exec(counted).one()

    def acknowledge(self, call_id: str, user_name: str, at: datetime) -> bool:
        with self._database.durable.begin() as connection:
            done = connection.execute(_ACKNOWLEDGE, {"call": call_id, "user": user_name, "now": seconds(at)})
            return bool(done.rowcount)

    def end(self, call_id: str, user_name: str | None, at: datetime) -> bool:
        with self._database.durable.begin() as connection:
            done = connection.execute(_END, {"call": call_id, "user": user_name, "now": seconds(at)})
            return bool(done.rowcount)

    def purge(self, done_before: datetime) -> int:
        with self._database.durable.begin() as connection:
            return int(connection.execute(_PURGE, {"before": seconds(done_before)}).rowcount)


def _call(row: HelpCallRow) -> CallRecord:
    return CallRecord(
        row.call_id,
        row.kiosk_key,
        instant(row.called_s),
        instant_or_none(row.acknowledged_s),
        row.acknowledged_by,
        instant_or_none(row.done_s),
        row.done_by,
    )
