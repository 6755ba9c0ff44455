from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.tokens import (
    COLOURS,
    DIGITS,
    LEAVES_AFTER_S,
    RANDOM_BYTES,
    SHAPES,
    CatchmentPresence,
    NoTokenLeft,
    choose_token,
    observe,
)
from store_server.wire.shopping import Token

SOME = bytes(range(RANDOM_BYTES))


def looks(token: Token) -> tuple[str, str, str]:
    return token.colour, token.shape, token.digits


def token(colour: str, shape: str, digits: str) -> Token:
    return Token.model_validate({"token_id": "0" * 32, "colour": colour, "shape": shape, "digits": digits})


def test_the_same_bytes_give_the_same_token() -> None:
    assert choose_token(SOME, []) == choose_token(SOME, [])


def test_the_tokens_id_is_sixteen_of_the_random_bytes() -> None:
    assert choose_token(SOME, []).token_id == SOME[:16].hex()


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="24 random bytes"):
        choose_token(SOME[:-1], [])


def test_side_by_side_no_figure_and_no_number_comes_twice_while_there_are_others() -> None:
    source = random.Random(1)
    taken: list[Token] = []
    for _ in range(len(COLOURS) * len(SHAPES)):
        taken.append(choose_token(source.randbytes(RANDOM_BYTES), taken))
    assert len({looks(t)[:2] for t in taken}) == len(taken)
    assert len({t.digits for t in taken}) == len(taken)


def test_when_all_figures_are_shown_the_numbers_still_tell_them_apart() -> None:
    taken = [token(c, s, f"{i:02d}") for i, (c, s) in enumerate((c, s) for c in COLOURS for s in SHAPES)]
    assert choose_token(SOME, taken).digits not in {t.digits for t in taken}


def test_when_all_figures_and_all_numbers_are_shown_the_whole_look_is_still_new() -> None:
    every = [(c, s, d) for d in DIGITS for c in COLOURS for s in SHAPES]
    taken = [token(*look) for look in every[:-1]]
    assert looks(choose_token(SOME, taken)) == every[-1]


def test_the_last_fresh_figure_and_number_may_be_one_look_that_is_taken() -> None:
    # Every figure but one is shown, every number too, and the one figure left with any number is fresh.
    taken = [token(c, s, "00") for c in COLOURS for s in SHAPES][:-1]
    taken += [token(COLOURS[0], SHAPES[0], d) for d in DIGITS]
    assert looks(choose_token(SOME, taken))[:2] == (COLOURS[-1], SHAPES[-1])


def test_no_token_is_left_when_every_look_is_taken() -> None:
    taken = [token(c, s, d) for d in DIGITS for c in COLOURS for s in SHAPES]
    with pytest.raises(NoTokenLeft):
        choose_token(SOME, taken)


@given(st.binary(min_size=RANDOM_BYTES, max_size=64), st.lists(st.binary(min_size=24, max_size=24), max_size=60))
def test_a_token_never_looks_like_another_of_its_catchment(random_bytes: bytes, others: list[bytes]) -> None:
    taken: list[Token] = []
    for other in others:
        taken.append(choose_token(other, taken))
    assert looks(choose_token(random_bytes, taken)) not in {looks(t) for t in taken}


def test_a_shopper_is_there_as_soon_as_inside() -> None:
    presence = observe(CatchmentPresence(), True, 5.0)
    assert presence.is_present
    assert not presence.is_leaving
    assert presence.leaves_in_s(5.0) is None


def test_a_shopper_who_was_never_inside_is_not_leaving() -> None:
    assert observe(CatchmentPresence(), False, 5.0) == CatchmentPresence()


def test_a_shopper_outside_for_ten_seconds_is_gone_and_not_before() -> None:
    presence = observe(CatchmentPresence(), True, 0.0)
    presence = observe(presence, False, 1.0)
    assert presence.leaves_in_s(4.0) == 7.0
    presence = observe(presence, False, 10.9)
    assert presence.is_leaving
    assert presence.leaves_in_s(99.0) == 0.0
    assert not observe(presence, False, 11.0).is_present


def test_coming_back_in_time_ends_the_countdown() -> None:
    presence = observe(observe(observe(CatchmentPresence(), True, 0.0), False, 1.0), True, 9.0)
    assert presence == CatchmentPresence(is_present=True)


def test_a_clock_set_back_neither_forgets_at_once_nor_never() -> None:
    presence = observe(observe(CatchmentPresence(), True, 1000.0), False, 1000.0)
    presence = observe(presence, False, 10.0)
    assert presence.is_leaving
    assert not observe(presence, False, 20.0).is_present


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 4))))
def test_a_shopper_is_shown_exactly_until_outside_for_ten_seconds(looks: list[tuple[bool, float]]) -> None:
    presence, at_s, last_inside_s = CatchmentPresence(), 0.0, None
    first_outside_s: float | None = None
    for is_inside, pause_s in looks:
        at_s += pause_s
        presence = observe(presence, is_inside, at_s)
        if is_inside:
            last_inside_s, first_outside_s = at_s, None
        elif last_inside_s is not None and first_outside_s is None:
            first_outside_s = at_s
        is_gone = first_outside_s is not None and at_s - first_outside_s >= LEAVES_AFTER_S
        assert presence.is_present == (last_inside_s is not None and not is_gone)
        if is_gone:
            last_inside_s = None
