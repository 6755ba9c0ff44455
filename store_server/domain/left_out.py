"""What a file holds that was not taken, counted by what it is."""

from __future__ import annotations

from store_server.domain.plan_problems import Said
from store_server.domain.problem_words import words_of

NAMED_TO = 150
"""Letters of a layer's name: the sentence around it must fit a label as well."""


class LeftOutName(str):
    """What was left out, in English, that knows which sentence it is: counted as the text it is, told in any language."""

    __slots__ = ("said",)

    said: Said

    def __new__(cls, said: Said) -> LeftOutName:
        name = super().__new__(cls, words_of(said.message, said.figures))
        name.said = said
        return name
