"""The only ids this node may forward: held in memory, and forgotten when nobody confirms them any more (B1, B2)."""

from __future__ import annotations

from store_server.wire.sightings import ValidIds

LONGEST_LIFE_S = 90.0
"""Requirement B2: a node that is cut off forwards nothing after this long, whatever the server said before."""

_NOTHING: frozenset[bytes] = frozenset()


class ValidIdSet:
    """The set, its version and its expiry. The clock is an argument; it must not stand still while the machine sleeps."""

    def __init__(self) -> None:
        self.version: str | None = None
        """None: no set, or it expired; whatever a receipt names then differs, so a new set is fetched."""
        self.accepts_static_formats = False
        self._ids = _NOTHING
        self._life_s = 0.0
        self._expires_s = float("-inf")

    def replace(self, valid_ids: ValidIds, now_s: float) -> None:
        """Take a set that was asked for at ``now_s``."""
        self.version = valid_ids.version
        self.accepts_static_formats = valid_ids.accept_static_formats
        self._ids = frozenset(bytes.fromhex(each) for each in valid_ids.ids)
        self._life_s = min(valid_ids.expires_in_s, LONGEST_LIFE_S)
        self._expires_s = now_s + self._life_s

    def confirm(self, version: str, now_s: float) -> bool:
        """A receipt names the set that counts now. Returns whether it is ours; only then does ours live on.

        Parameters
        ----------
        now_s : float
            When the request was *sent* that the receipt answers: the answer is at least that fresh.
        """
        if version != self.version or self.has_expired(now_s):
            return False
        self._expires_s = max(self._expires_s, now_s + self._life_s)
        return True

    def has_expired(self, now_s: float) -> bool:
        return now_s >= self._expires_s

    def at(self, now_s: float) -> frozenset[bytes]:
        """The ids that may be forwarded now: none once expired, and then they are gone from memory too."""
        if self.has_expired(now_s):
            self.forget()
        return self._ids

    def forget(self) -> None:
        """Drop the set: it expired, or the server no longer knows this node."""
        self.version = None
        self.accepts_static_formats = False
        self._ids = _NOTHING
        self._expires_s = float("-inf")
