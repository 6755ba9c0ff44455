"""What ``PeopleRecords`` promises of users and sessions, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta

from store_server.ports import Credential, Records
from store_server.wire.people import Role
from tests.fakes import OPENING


def test_a_user_has_one_password_at_a_time(records: Records) -> None:
    records.people.put_user("ada", Role.STAFF, "old")
    assert records.people.user("nobody") is None
    records.people.put_user("ada", Role.MANAGER, "new")
    after = records.people.user("ada")
    assert after is not None
    assert (after.role, after.password_hash, after.is_disabled) == (Role.MANAGER, "new", False)
    assert records.people.user("ADA") is None


def test_who_is_disabled_stays_known_until_they_get_a_new_password(records: Records) -> None:
    assert not records.people.disable_user("ada")
    records.people.put_user("ada", Role.STAFF, "old")
    assert records.people.disable_user("ada")
    user = records.people.user("ada")
    assert user is not None
    assert (user.password_hash, user.is_disabled) == ("old", True)
    records.people.put_user("ada", Role.STAFF, "new")
    user = records.people.user("ada")
    assert user is not None
    assert not user.is_disabled


def test_which_sessions_live_is_told_of_many_at_once_and_keeps_none_open(records: Records) -> None:
    for token, idle_s in (("t1", 100), ("t2", 200), ("t3", 200)):
        records.people.open_session(token, Credential.STAFF, "ada", OPENING, idle_s=idle_s, absolute_s=250)
    records.people.close_session("t3")

    def living(after_s: float) -> set[str]:
        return set(records.people.living(["t1", "t2", "t3", "t9"], OPENING + timedelta(seconds=after_s)))

    assert living(0) == {"t1", "t2"}
    assert living(99) == {"t1", "t2"}
    assert living(101) == {"t2"}, "idled out, though it was asked for"
    assert living(251) == set()
    assert records.people.living([], OPENING) == frozenset()


def test_a_session_ends_by_idling_by_age_and_by_being_closed(records: Records) -> None:
    def opened(token: str, subject: str = "ada", credential: Credential = Credential.STAFF) -> None:
        records.people.open_session(token, credential, subject, OPENING, idle_s=100, absolute_s=250)

    def lives(token: str, after_s: float) -> bool:
        return records.people.session(token, OPENING + timedelta(seconds=after_s)) is not None

    opened("t1")
    assert lives("t1", 99), "and is seen"
    assert lives("t1", 198)
    assert not lives("t1", 251), "too old, although seen lately"
    opened("t2")
    assert not lives("t2", 101), "idled out"
    opened("t3")
    opened("t4", "kim")
    opened("t5", "ada", Credential.MANAGER)
    records.people.close_session("t3")
    assert (lives("t3", 0), lives("t4", 0)) == (False, True)
    records.people.close_sessions_of([Credential.MANAGER], "ada")
    assert (lives("t5", 0), lives("t4", 0)) == (False, True)
    assert not lives("t9", 0)
    assert records.people.purge_sessions(OPENING + timedelta(seconds=150)) == 2, "t2 and t4 idled out"
