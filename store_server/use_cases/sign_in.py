"""Who may come in: people by password, shoppers by card and PIN; slowed down after failures, never locked out for good."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from store_server.ports import Clock, Credential, Messenger, Records, Session
from store_server.use_cases.refusals import NotProven, TooMany
from store_server.wire.people import Role, SignedIn, SignIn
from store_server.wire.privacy import OpenCard

FREE_FAILURES = 5
FIRST_DELAY_S, LONGEST_DELAY_S = 1.0, 900.0
"""Requirement D4: five failures an account, then a delay that doubles from 1 s to 15 min."""
ADDRESS_FAILURES_AN_HOUR = 30

IDLE_S = {
    Credential.STAFF: 15 * 60.0,
    Credential.MANAGER: 30 * 60.0,
    Credential.CARD: 15 * 60.0,
    Credential.CARD_PIN: 15 * 60.0,
    Credential.VISIT: 20 * 60.0,
    Credential.KIOSK: 90 * 86_400.0,
}
ABSOLUTE_S = {
    Credential.STAFF: 12 * 3600.0,
    Credential.MANAGER: 8 * 3600.0,
    Credential.CARD: 15 * 60.0,
    Credential.CARD_PIN: 15 * 60.0,
    Credential.VISIT: 60 * 60.0,
    Credential.KIOSK: 365 * 86_400.0,
}


def delay_after_s(failures: int) -> float:
    """How long after the last failure the next try is answered.

    >>> [delay_after_s(n) for n in (0, 4, 5, 6, 7, 40)]
    [0.0, 0.0, 1.0, 2.0, 4.0, 900.0]
    """
    if failures < FREE_FAILURES:
        return 0.0
    return float(min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(failures - FREE_FAILURES, 20)))


@dataclass
class Throttle:
    """Failures by account, card or address, in memory: what an attacker can fill is bounded and expires by itself."""

    most_entries: int = 50_000
    _failures: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, account: str, address: str, now: datetime) -> float:
        """Seconds to wait before the next try; with 0 this one may go on.

        It counts as failed until it is taken back: of many tries sent at the same moment only the free ones go on.
        """
        now_s = now.timestamp()
        with self._lock:
            wait_s = self._wait_s(account, address, now_s)
            if wait_s <= 0:
                self._make_room(now_s)
                for key in (account, address):
                    past = self._failures.setdefault(key, [])
                    past.append(now_s)
                    del past[:-100]
            return wait_s

    def take_back(self, account: str, address: str, *, with_all_before: bool) -> None:
        """A try that did not fail; ``with_all_before`` where it proved whose account it is."""
        with self._lock:
            if with_all_before:
                self._failures.pop(account, None)
            else:
                self._drop_last(account)
            self._drop_last(address)

    def _wait_s(self, account: str, address: str, now_s: float) -> float:
        past = self._failures.get(account, [])
        wait_s = delay_after_s(len(past)) - (now_s - past[-1]) if past else 0.0
        hourly = [at for at in self._failures.get(address, []) if at > now_s - 3600.0]
        if len(hourly) >= ADDRESS_FAILURES_AN_HOUR:
            wait_s = max(wait_s, hourly[-ADDRESS_FAILURES_AN_HOUR] + 3600.0 - now_s)
        return max(0.0, wait_s)

    def _make_room(self, now_s: float) -> None:
        if len(self._failures) < self.most_entries:
            return
        for key in [k for k, past in self._failures.items() if past[-1] < now_s - 3600.0]:
            del self._failures[key]
        while len(self._failures) >= self.most_entries:
            self._failures.pop(next(iter(self._failures)))

    def _drop_last(self, key: str) -> None:
        past = self._failures.get(key)
        if past is not None:
            past.pop()
            if not past:
                del self._failures[key]


@dataclass(frozen=True)
class Doors:
    """Opens and closes server-side sessions."""

    records: Records
    messenger: Messenger
    clock: Clock
    verify_password: Callable[[str | None, str], bool]
    hash_token: Callable[[str], str]
    new_session_token: Callable[[], str]
    throttle: Throttle = field(default_factory=Throttle)

    def sign_in(self, request: SignIn, address: str) -> tuple[str, SignedIn]:
        """A new session's token, and who it is.

        Raises
        ------
        NotProven
            The same words and the same time, whether the account exists or not.
        TooMany
            After too many failures of this account or address.
        """
        account = "user:" + request.user_name.casefold()
        self.slow_down(account, address)
        user = self.records.people.user(request.user_name)
        stored = None if user is None or user.is_disabled else user.password_hash
        if not self.verify_password(stored, request.password) or user is None:
            raise NotProven("This name and password do not fit together.")
        self.throttle.take_back(account, address, with_all_before=True)
        credential = Credential.MANAGER if user.role is Role.MANAGER else Credential.STAFF
        token, session = self.open(credential, user.user_name)
        return token, SignedIn(user_name=user.user_name, role=user.role, expires_at=session.expires_at)

    def open_card(self, request: OpenCard, address: str) -> tuple[str, Session]:
        """A session for the card's bearer: with the PIN they may do more (requirement D10)."""
        card_hash = self.hash_token(request.card_secret)
        self.slow_down("card:" + card_hash, address)
        shopper_id = self.records.shoppers.shopper_id_by_card(card_hash)
        record = None if shopper_id is None else self.records.shoppers.shopper(shopper_id)
        fits = record is not None
        if request.pin is not None:
            fits = self.verify_password(None if record is None else record.pin_hash, request.pin)
        if not fits or shopper_id is None:
            raise NotProven("This card and PIN do not fit together." if request.pin else "This card is not known here.")
        # The card alone opens too, but it must not wipe out the failures of whoever guesses at its PIN.
        self.throttle.take_back("card:" + card_hash, address, with_all_before=request.pin is not None)
        return self.open(Credential.CARD if request.pin is None else Credential.CARD_PIN, shopper_id)

    def bearer_of(self, card_secret: str, address: str) -> str | None:
        """Whose card this is; None where it is not known, which counts as a failed try."""
        card_hash = self.hash_token(card_secret)
        self.slow_down("card:" + card_hash, address)
        shopper_id = self.records.shoppers.shopper_id_by_card(card_hash)
        if shopper_id is not None:
            self.throttle.take_back("card:" + card_hash, address, with_all_before=False)
        return shopper_id

    def open(self, credential: Credential, subject: str) -> tuple[str, Session]:
        token = self.new_session_token()
        session = self.records.people.open_session(
            self.hash_token(token),
            credential,
            subject,
            self.clock.now(),
            idle_s=IDLE_S[credential],
            absolute_s=ABSOLUTE_S[credential],
        )
        return token, session

    def find(self, token: str) -> Session | None:
        if len(token) > 100:
            return None
        return self.records.people.session(self.hash_token(token), self.clock.now())

    def living(self, token_hashes: Iterable[str]) -> frozenset[str]:
        """Those of these sessions that are still open; asking does not keep them open."""
        return self.records.people.living(token_hashes, self.clock.now())

    def close(self, session: Session) -> None:
        """Sign out: the session and its sockets end at once."""
        self.records.people.close_session(session.token_hash)
        self.messenger.disconnect([session.credential], session.subject)

    def purge(self) -> int:
        return self.records.people.purge_sessions(self.clock.now())

    def slow_down(self, account: str, address: str) -> None:
        """Let this try go on, or raise ``TooMany``; it counts as failed until it is taken back."""
        wait_s = self.throttle.attempt(account, address, self.clock.now())
        if wait_s > 0:
            wait = timedelta(seconds=int(wait_s) + 1)
            raise TooMany(f"Too many tries. Try again in {int(wait.total_seconds())} seconds.", wait.total_seconds())
