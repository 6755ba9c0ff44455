"""Users and server-side sessions in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session as SqlSession
from sqlmodel import col, select

from store_server.adapters.sql_database import Database, instant, seconds
from store_server.adapters.tables import SessionRow, UserRow
from store_server.ports import Credential, Session, UserRecord
from store_server.wire.people import Role

_SEEN_EVERY_S = 30.0
"""How often the use of a session is written down; reading it need not write each time."""


class SqlPeopleRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put_user(self, user_name: str, role: Role, password_hash: str, *, may_publish: bool = True) -> None:
        with SqlSession(self._database.durable) as session:
            session.merge(UserRow(user_name=user_name, role=role, password_hash=password_hash, may_publish=may_publish))
            session.commit()

    def user(self, user_name: str) -> UserRecord | None:
        with SqlSession(self._database.durable) as session:
            session.connection(execution_options={"writes": False})
            row = session.get(UserRow, user_name)
            if row is None:
                return None
            return UserRecord(
                row.user_name,
                Role(row.role),
                row.password_hash,
                row.is_disabled,
                row.may_publish,
            )

    def disable_user(self, user_name: str) -> bool:
        with SqlSession(self._database.durable) as session:
            row = session.get(UserRow, user_name)
            if row is None:
                return False
            row.is_disabled = True
            session.commit()
            return True

    def open_session(
        self, token_hash: str, credential: Credential, subject: str, at: datetime, *, idle_s: float, absolute_s: float
    ) -> Session:
        now_s = seconds(at)
        with SqlSession(self._database.durable) as session:
            session.add(
                SessionRow(
                    token_hash=token_hash,
                    credential=credential,
                    subject=subject,
                    started_s=now_s,
                    seen_s=now_s,
                    expires_s=now_s + absolute_s,
                    idle_s=idle_s,
                )
            )
            session.commit()
        return Session(token_hash, credential, subject, instant(now_s + absolute_s))

    def session(self, token_hash: str, at: datetime) -> Session | None:
        now_s = seconds(at)
        with SqlSession(self._database.quick) as session:
            session.connection(execution_options={"writes": False})
            row = session.get(SessionRow, token_hash)
            if row is None or now_s > row.expires_s or now_s > row.seen_s + row.idle_s:
                return None
            found = Session(row.token_hash, Credential(row.credential), row.subject, instant(row.expires_s))
            is_seen_lately = now_s - row.seen_s < _SEEN_EVERY_S
        if not is_seen_lately:
            with self._database.quick.begin() as connection:
                connection.execute(
                    text("UPDATE session SET seen_s = :now WHERE token_hash = :token"),
                    {"now": now_s, "token": token_hash},
                )
        return found

    def living(self, token_hashes: Iterable[str], at: datetime) -> frozenset[str]:
        now_s, wanted = seconds(at), list(token_hashes)
        with SqlSession(self._database.quick) as session:
            session.connection(execution_options={"writes": False})
            rows = session.exec(
                select(SessionRow.token_hash).where(
                    col(SessionRow.token_hash).in_(wanted),
                    SessionRow.expires_s >= now_s,
                    SessionRow.seen_s + SessionRow.idle_s >= now_s,
                )
            )
            return frozenset(rows)

    def close_session(self, token_hash: str) -> None:
        with self._database.durable.begin() as connection:
            connection.execute(text("DELETE FROM session WHERE token_hash = :token"), {"token": token_hash})

    def close_sessions_of(self, credentials: Iterable[Credential], subject: str) -> None:
        with self._database.durable.begin() as connection:
            for credential in credentials:
                connection.execute(
                    text("DELETE FROM session WHERE credential = :credential AND subject = :subject"),
                    {"credential": credential.value, "subject": subject},
                )

    def purge_sessions(self, at: datetime) -> int:
        with self._database.durable.begin() as connection:
            done = connection.execute(
                text("DELETE FROM session WHERE expires_s < :now OR seen_s + idle_s < :now"), {"now": seconds(at)}
            )
            return int(done.rowcount)
