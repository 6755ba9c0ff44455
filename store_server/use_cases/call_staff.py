"""Somebody at a kiosk calls for help; somebody of the staff goes there, and both screens say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from store_server.ports import CallRecord, Clock, Messenger, Records
from store_server.use_cases.refusals import Conflict, NotFound, TooMany
from store_server.wire.calls import MOST_CALLS_TOLD, CallState, HelpCall, HelpCalls, KioskCall

MOST_CALLS: Final = 6
CALLS_COUNTED_FOR: Final = timedelta(minutes=10)
"""Children press buttons: more than this from one kiosk wait, and staff are told of none of them."""
DONE_SHOWN: Final = 5
DONE_KEPT_FOR: Final = timedelta(hours=24)
"""Who went where is of use for the day, and tells how people work afterwards: it goes with the next clean-up."""


@dataclass(frozen=True)
class StaffCalls:
    records: Records
    messenger: Messenger
    clock: Clock
    new_id: Callable[[], str]

    def call(self, kiosk_key: str) -> KioskCall:
        """Call staff to this kiosk; where they are called already, that call stays.

        Raises
        ------
        TooMany
            This kiosk called too often lately.
        """
        now = self.clock.now()
        if self.records.calls.open_call(kiosk_key) is None:
            lately = self.records.calls.count_since(kiosk_key, now - CALLS_COUNTED_FOR)
            if lately >= MOST_CALLS:
                wait_s = CALLS_COUNTED_FOR.total_seconds()
                raise TooMany("Staff were called from here very often. Please speak to somebody in the store.", wait_s)
            self.records.calls.add(self.new_id(), kiosk_key, now)
            self._tell(kiosk_key)
        return self.of_kiosk(kiosk_key)

    def take_back(self, kiosk_key: str) -> KioskCall:
        """Who called needs nobody any more."""
        found = self.records.calls.open_call(kiosk_key)
        if found is not None and self.records.calls.end(found.call_id, None, self.clock.now()):
            self._tell(kiosk_key)
        return self.of_kiosk(kiosk_key)

    def of_kiosk(self, kiosk_key: str) -> KioskCall:
        """How this kiosk's call stands."""
        found = self.records.calls.open_call(kiosk_key)
        if found is None:
            return KioskCall(state=CallState.NONE, called_at=None)
        state = CallState.WAITING if found.acknowledged_at is None else CallState.COMING
        return KioskCall(state=state, called_at=found.called_at)

    def overview(self) -> HelpCalls:
        """What staff see: every open call, and the last done."""
        known = [*self.records.calls.open_calls(), *self.records.calls.done_calls(DONE_SHOWN)]
        return HelpCalls(at=self.clock.now(), calls=tuple(_told(call) for call in known[:MOST_CALLS_TOLD]))

    def acknowledge(self, call_id: str, user_name: str) -> HelpCalls:
        """This person goes there."""
        call = self._open(call_id)
        if not self.records.calls.acknowledge(call_id, user_name, self.clock.now()):
            taken = self._open(call_id)
            if taken.acknowledged_by != user_name:
                raise Conflict(f"{taken.acknowledged_by} is on the way there already.")
        self._tell(call.kiosk_key)
        return self.overview()

    def end(self, call_id: str, user_name: str) -> HelpCalls:
        """This person helped, or found nobody."""
        call = self._open(call_id)
        if not self.records.calls.end(call_id, user_name, self.clock.now()):
            raise _not_open()
        self._tell(call.kiosk_key)
        return self.overview()

    def purge(self) -> int:
        return self.records.calls.purge(self.clock.now() - DONE_KEPT_FOR)

    def _open(self, call_id: str) -> CallRecord:
        call = self.records.calls.call(call_id)
        if call is None or call.done_at is not None:
            raise _not_open()
        return call

    def _tell(self, kiosk_key: str) -> None:
        self.messenger.to_kiosk(kiosk_key, self.of_kiosk(kiosk_key))
        self.messenger.to_staff(self.overview())


def _not_open() -> NotFound:
    return NotFound("This call is not open any more.")


def _told(call: CallRecord) -> HelpCall:
    return HelpCall(
        call_id=call.call_id,
        kiosk_key=call.kiosk_key,
        called_at=call.called_at,
        acknowledged_at=call.acknowledged_at,
        acknowledged_by=call.acknowledged_by,
        done_at=call.done_at,
        done_by=call.done_by,
    )
