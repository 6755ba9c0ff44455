"""Why a request is not answered with what it asked for. ``web/problems.py`` turns each kind into a status and words."""

from __future__ import annotations

from datetime import datetime

from store_server.domain.plan_problems import Said
from store_server.domain.problem_words import words_of

MAX_WORDS = 1000


class Refusal(Exception):
    """A request we understand and will not or cannot fulfil; the message says, in plain words, what to mend.

    What a manager meets while drawing comes as ``said``, so that their screen can say it in their language.
    """

    def __init__(self, words: str | Said) -> None:
        self.said = words if isinstance(words, Said) else None
        self.words = words if isinstance(words, str) else words_of(words.message, words.figures)[:MAX_WORDS]
        super().__init__(self.words)


class NotProven(Refusal):
    """Who sends this is not proven, or is no longer let in."""


class WrongClock(NotProven):
    """The sender's clock is off; the answer carries ours so that it can be corrected."""

    def __init__(self, server_at: datetime) -> None:
        super().__init__("The request's time is more than 30 seconds from the server's: set the clock.")
        self.server_at = server_at


class NotAllowed(Refusal):
    """Proven, but this is not for them, or not yet."""


class NotFound(Refusal):
    """There is no such thing, or none that this sender may know of."""


class Conflict(Refusal):
    """It does not fit what is there now."""


class Unfit(Refusal):
    """The request's content is wrong in a way its form could not show; ``fields`` says where, by path."""

    def __init__(self, words: str | Said, fields: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.fields = fields


class TooMany(Refusal):
    """Too many tries; ``retry_after_s`` says when the next one is answered."""

    def __init__(self, words: str, retry_after_s: float) -> None:
        super().__init__(words)
        self.retry_after_s = retry_after_s
