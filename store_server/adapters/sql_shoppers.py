"""Shoppers, their beacons, consents, wish lists in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store_server.adapters.sql_database import Database, instant, instant_or_none, seconds
from store_server.adapters.tables import (
    BeaconRow,
    ConsentEventRow,
    ConsentRow,
    DismissalRow,
    ShopperRow,
    WishListRow,
)
from store_server.domain.consent import Standing
from store_server.ports import BeaconRecord, ShopperRecord
from store_server.wire.privacy import ConsentEvent, ConsentEventKind, Purpose
from store_server.wire.shopping import WishList


class SqlShopperRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _reading(self) -> Session:
        session = Session(self._database.durable)
        session.connection(execution_options={"writes": False})
        return session

    # --- beacons -----------------------------------------------------------------------------------------------------

    def add_beacon(self, beacon: BeaconRecord, at: datetime) -> None:
        with Session(self._database.durable) as session:
            session.add(
                BeaconRow(
                    beacon_id=beacon.beacon_id,
                    label=beacon.label,
                    wrapped_key=beacon.wrapped_key,
                    exponent=beacon.exponent,
                    clock_offset_s=beacon.clock_offset_s,
                    added_s=seconds(at),
                )
            )
            session.commit()

    def beacon_by_label(self, label: str) -> BeaconRecord | None:
        with self._reading() as session:
            row = session.exec(select(BeaconRow).where(BeaconRow.label == label)).one_or_none()
            return None if row is None else _beacon(row)

    def bound_beacons(self) -> Sequence[tuple[BeaconRecord, Standing]]:
        with self._reading() as session:
            pairs = session.exec(
                select(BeaconRow, ShopperRow).join(ShopperRow, col(ShopperRow.beacon_id) == col(BeaconRow.beacon_id))
            ).all()
            given = _given(session)
            return [
                (_beacon(beacon), _standing(shopper, given.get(shopper.shopper_id, {}))) for beacon, shopper in pairs
            ]

    def free_labels(self) -> Sequence[str]:
        with self._reading() as session:
            bound = select(ShopperRow.beacon_id).where(col(ShopperRow.beacon_id).is_not(None))
            return list(
                session.exec(
                    select(BeaconRow.label).where(col(BeaconRow.beacon_id).not_in(bound)).order_by(BeaconRow.label)
                )
            )

    def bound_count(self) -> int:
        with self._reading() as session:
            return session.exec(select(func.count()).where(col(ShopperRow.beacon_id).is_not(None))).one()

    def move_clock(self, beacon_id: str, clock_offset_s: float) -> None:
        with self._database.quick.begin() as connection:
            connection.execute(
                text("UPDATE beacon SET clock_offset_s = :offset WHERE beacon_id = :beacon"),
                {"offset": clock_offset_s, "beacon": beacon_id},
            )

    # --- shoppers ----------------------------------------------------------------------------------------------------

    def add_shopper(
        self, shopper_id: str, card_hash: str, pin_hash: str | None, is_family_tag: bool, at: datetime
    ) -> None:
        with Session(self._database.durable) as session:
            session.add(
                ShopperRow(
                    shopper_id=shopper_id,
                    card_hash=card_hash,
                    pin_hash=pin_hash,
                    is_family_tag=is_family_tag,
                    made_s=seconds(at),
                )
            )
            session.commit()

    def bind(self, shopper_id: str, beacon_id: str, at: datetime) -> bool:
        with Session(self._database.durable) as session:
            row = session.get_one(ShopperRow, shopper_id, with_for_update=True)
            if row.beacon_id is not None:
                return False
            row.beacon_id = beacon_id
            row.bound_s = seconds(at)
            session.add(row)
            try:
                session.commit()
            except IntegrityError:  # another desk handed it out a moment before
                return False
            return True

    def unbind(self, beacon_id: str) -> Standing | None:
        with Session(self._database.durable) as session:
            row = session.exec(
                select(ShopperRow).where(ShopperRow.beacon_id == beacon_id).with_for_update()
            ).one_or_none()
            if row is None:
                return None
            row.beacon_id = None
            row.bound_s = None
            row.epoch += 1
            session.add(row)
            standing = _standing(row, _given(session, row.shopper_id).get(row.shopper_id, {}))
            session.commit()
            return standing

    def shopper(self, shopper_id: str) -> ShopperRecord | None:
        with self._reading() as session:
            row = session.get(ShopperRow, shopper_id)
            if row is None:
                return None
            consents = session.exec(select(ConsentRow).where(ConsentRow.shopper_id == shopper_id)).all()
            given = {Purpose(c.purpose): instant(c.changed_s) for c in consents if c.is_given}
            return ShopperRecord(
                _standing(row, given),
                row.pin_hash,
                row.is_family_tag,
                {Purpose(c.purpose): instant(c.changed_s) for c in consents},
            )

    def shopper_id_by_card(self, card_hash: str) -> str | None:
        with self._reading() as session:
            return session.exec(select(ShopperRow.shopper_id).where(ShopperRow.card_hash == card_hash)).one_or_none()

    def holder_of(self, beacon_id: str) -> Standing | None:
        with self._reading() as session:
            row = session.exec(select(ShopperRow).where(ShopperRow.beacon_id == beacon_id)).one_or_none()
            return None if row is None else _standing(row, _given(session, row.shopper_id).get(row.shopper_id, {}))

    def change_consents(
        self,
        shopper_id: str,
        make_events: Callable[[ConsentEvent | None], Sequence[ConsentEvent]],
        *,
        raise_epoch: bool,
    ) -> Standing:
        with Session(self._database.durable) as session:
            if not self._database.is_sqlite:
                # The chain grows by one event at a time; SQLite's transaction holds the whole file already.
                session.execute(_HOLD_LEDGER)
            shopper = session.get_one(ShopperRow, shopper_id, with_for_update=True)
            last = session.exec(
                select(ConsentEventRow).order_by(col(ConsentEventRow.seq).desc()).limit(1)
            ).one_or_none()
            for event in make_events(None if last is None else ConsentEvent.model_validate_json(last.event_json)):
                session.add(ConsentEventRow(seq=event.seq, shopper_id=shopper_id, event_json=event.model_dump_json()))
                consent = session.get(ConsentRow, (shopper_id, event.purpose)) or ConsentRow(
                    shopper_id=shopper_id, purpose=event.purpose, is_given=False, changed_s=0.0
                )
                consent.is_given = event.event is ConsentEventKind.GIVEN
                consent.changed_s = seconds(event.at)
                session.add(consent)
            if raise_epoch:
                shopper.epoch += 1
                session.add(shopper)
            session.flush()
            standing = _standing(shopper, _given(session, shopper_id).get(shopper_id, {}))
            session.commit()
            return standing

    def set_paused(self, shopper_id: str, is_paused: bool, at: datetime) -> Standing:
        with Session(self._database.durable) as session:
            row = session.get_one(ShopperRow, shopper_id, with_for_update=True)
            if row.is_paused != is_paused:
                row.is_paused = is_paused
                row.resumed_s = None if is_paused else seconds(at)
                row.epoch += 1
                session.add(row)
            standing = _standing(row, _given(session, shopper_id).get(shopper_id, {}))
            session.commit()
            return standing

    def ledger(self) -> Iterable[ConsentEvent]:
        with self._reading() as session:
            for row in session.exec(
                select(ConsentEventRow).order_by(col(ConsentEventRow.seq)).execution_options(yield_per=1000)
            ):
                yield ConsentEvent.model_validate_json(row.event_json)

    # --- wish lists --------------------------------------------------------------------------------------------------

    def wish_list(self, shopper_id: str) -> WishList:
        with self._reading() as session:
            row = session.get(WishListRow, shopper_id)
            return WishList(version=0, items=()) if row is None else WishList.model_validate_json(row.wish_list_json)

    def change_wish_list(self, shopper_id: str, change: Callable[[WishList], WishList]) -> WishList:
        with Session(self._database.durable) as session:
            session.get_one(ShopperRow, shopper_id, with_for_update=True)  # one change at a time, on both engines
            row = session.get(WishListRow, shopper_id)
            before = WishList(version=0, items=()) if row is None else WishList.model_validate_json(row.wish_list_json)
            after = change(before)
            if after != before:
                row = row or WishListRow(shopper_id=shopper_id, version=0, wish_list_json="")
                row.version = after.version
                row.wish_list_json = after.model_dump_json()
                session.add(row)
                session.commit()
            return after

    def dismiss(self, shopper_id: str, sku: str) -> None:
        with Session(self._database.durable) as session:
            session.merge(DismissalRow(shopper_id=shopper_id, sku=sku))
            session.commit()

    def dismissed(self, shopper_id: str) -> frozenset[str]:
        with self._reading() as session:
            return frozenset(session.exec(select(DismissalRow.sku).where(DismissalRow.shopper_id == shopper_id)))


_HOLD_LEDGER = text("SELECT pg_advisory_xact_lock(20100)")  # any number, as long as nothing else of ours takes it


def _given(session: Session, shopper_id: str | None = None) -> dict[str, dict[Purpose, datetime]]:
    query = select(ConsentRow).where(col(ConsentRow.is_given).is_(True))
    if shopper_id is not None:
        query = query.where(ConsentRow.shopper_id == shopper_id)
    found: dict[str, dict[Purpose, datetime]] = {}
    for row in session.exec(query):
        found.setdefault(row.shopper_id, {})[Purpose(row.purpose)] = instant(row.changed_s)
    return found


def _standing(row: ShopperRow, given: dict[Purpose, datetime]) -> Standing:
    return Standing(
        row.shopper_id,
        row.beacon_id,
        row.epoch,
        given,
        instant_or_none(row.bound_s),
        row.is_paused,
        instant_or_none(row.resumed_s),
    )


def _beacon(row: BeaconRow) -> BeaconRecord:
    return BeaconRecord(row.beacon_id, row.label, row.wrapped_key, row.exponent, row.clock_offset_s)
