"""The neutral token a kiosk shows for an opted-in shopper in its catchment, and who is in the catchment (requirement G3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from typing import Final, get_args

from store_server.wire.shopping import Token

RANDOM_BYTES = 24
"""16 become the token's id, 8 choose how it looks."""

LEAVES_AFTER_S = 10.0
"""How long a shopper may be outside the catchment before the kiosk forgets them (requirement G3)."""

COLOURS: Final[tuple[str, ...]] = get_args(Token.model_fields["colour"].annotation)
SHAPES: Final[tuple[str, ...]] = get_args(Token.model_fields["shape"].annotation)
DIGITS: Final = tuple(f"{number:02d}" for number in range(100))


class NoTokenLeft(ValueError):
    """Every look there is stands at this kiosk already."""

    def __init__(self) -> None:
        super().__init__("All tokens are in use at this kiosk.")


def choose_token(random_bytes: bytes, taken: Collection[Token]) -> Token:
    """A token unlike those now shown at the same kiosk.

    It is new each visit and made of chance alone: nothing about the shopper or the beacon is in it. Two shoppers side by side
    must tell their tokens apart at a glance, so a shape in a colour not yet shown is taken while there is one; the digits
    differ from the others' as long as they can.

    Parameters
    ----------
    random_bytes : bytes
        At least ``RANDOM_BYTES`` from a secure source; the same bytes and ``taken`` give the same token.
    taken : collection of Token
        The tokens of the others in this catchment.

    Raises
    ------
    ValueError
        If there are too few random bytes.
    NoTokenLeft
        If all 4,200 looks are taken.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a token needs {RANDOM_BYTES} random bytes, got {len(random_bytes)}")
    figures = {(token.colour, token.shape) for token in taken}
    numbers = {token.digits for token in taken}
    looks = {(token.colour, token.shape, token.digits) for token in taken}
    fresh_figures = [pair for pair in product(COLOURS, SHAPES) if pair not in figures]
    fresh_numbers = [digits for digits in DIGITS if digits not in numbers]
    choices = [
        (colour, shape, digits)
        for (colour, shape), digits in product(fresh_figures or product(COLOURS, SHAPES), fresh_numbers or DIGITS)
        if (colour, shape, digits) not in looks
    ] or [look for look in product(COLOURS, SHAPES, DIGITS) if look not in looks]
    if not choices:
        raise NoTokenLeft
    colour, shape, digits = choices[int.from_bytes(random_bytes[16:RANDOM_BYTES], "big") % len(choices)]
    return Token.model_validate(
        {"token_id": random_bytes[:16].hex(), "colour": colour, "shape": shape, "digits": digits}
    )


@dataclass(frozen=True, slots=True)
class CatchmentPresence:
    """Whether one shopper counts as standing at one kiosk.

    Attributes
    ----------
    is_present : bool
    outside_since_s : float or None
        Since when a present shopper has been seen outside, or not at all; None while inside or not present.
    """

    is_present: bool = False
    outside_since_s: float | None = None

    @property
    def is_leaving(self) -> bool:
        """Still shown, but outside: the screen counts down and is then cleared."""
        return self.is_present and self.outside_since_s is not None

    def leaves_in_s(self, at_s: float) -> float | None:
        """Seconds until the kiosk forgets this shopper; None while they are not leaving."""
        if not self.is_present or self.outside_since_s is None:
            return None
        return max(0.0, LEAVES_AFTER_S - (at_s - self.outside_since_s))


def observe(presence: CatchmentPresence, is_inside: bool, at_s: float) -> CatchmentPresence:
    """The presence after one look: in as soon as inside, out once outside for ``LEAVES_AFTER_S``.

    Parameters
    ----------
    presence : CatchmentPresence
        Before; ``CatchmentPresence()`` for somebody not met yet.
    is_inside : bool
        False also for a shopper who is not seen any more.
    at_s : float
        The present, on the same clock as before.

    Examples
    --------
    >>> inside = observe(CatchmentPresence(), True, 0.0)
    >>> observe(inside, False, 1.0).is_leaving, observe(observe(inside, False, 1.0), False, 11.0).is_present
    (True, False)
    """
    if is_inside:
        return CatchmentPresence(is_present=True)
    if not presence.is_present:
        return CatchmentPresence()
    since_s = at_s if presence.outside_since_s is None else min(presence.outside_since_s, at_s)
    if at_s - since_s >= LEAVES_AFTER_S:
        return CatchmentPresence()
    return CatchmentPresence(is_present=True, outside_since_s=since_s)
