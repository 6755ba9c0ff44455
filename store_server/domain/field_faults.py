"""What the contract found wrong with a field of a file, said so that a shop can mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from store_server.domain.plan_problems import Said, said
from store_server.wire.floorplans import OpenRing

_PLAIN: Mapping[str, str] = {
    "missing": "bad_form.missing",
    "finite_number": "bad_form.finite_number",
    "union_tag_invalid": "bad_form.unknown_type",
    "union_tag_not_found": "bad_form.no_type",
    "too_long": "bad_form.too_many",
    "extra_forbidden": "bad_form.unknown_field",
    "string_pattern_mismatch": "bad_form.letters",
    "float_type": "bad_form.number",
    "float_parsing": "bad_form.number",
    "int_type": "bad_form.whole_number",
    "int_parsing": "bad_form.whole_number",
    "int_from_float": "bad_form.whole_number",
    "string_type": "bad_form.text",
    "tuple_type": "bad_form.list",
    "list_type": "bad_form.list",
    "model_type": "bad_form.object",
    "model_attributes_type": "bad_form.object",
    "dict_type": "bad_form.object",
    "bool_type": "bad_form.truth",
    "bool_parsing": "bad_form.truth",
}
"""By pydantic's name for the fault; those that need no figure."""

_BOUNDED: Mapping[str, tuple[str, str, str]] = {
    "less_than_equal": ("bad_form.at_most", "most", "le"),
    "greater_than_equal": ("bad_form.at_least", "least", "ge"),
    "less_than": ("bad_form.below", "bound", "lt"),
    "greater_than": ("bad_form.above", "bound", "gt"),
    "too_short": ("bad_form.too_few", "least", "min_length"),
    "string_too_long": ("bad_form.too_long_text", "most", "max_length"),
    "string_too_short": ("bad_form.too_short_text", "least", "min_length"),
    "literal_error": ("bad_form.one_of", "expected", "expected"),
    "enum": ("bad_form.one_of", "expected", "expected"),
}
"""The message, its figure, and what pydantic calls that."""

MESSAGES_WITH_FIGURE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_PLAIN.values(), frozenset()),
    **{message: frozenset({figure}) for message, figure, _ in _BOUNDED.values()},
}
"""Every message found here by a fault's kind, and the figure it has beside ``where``."""


def fault_said(fault: Mapping[str, Any], where: str) -> Said:
    """One fault of a validation.

    Parameters
    ----------
    fault : Mapping
        As ``ValidationError.errors`` gives it, with its context.
    where : str
        The path to the field as the file writes it.
    """
    kind = str(fault["type"])
    if kind in _PLAIN:
        return said(_PLAIN[kind], where=where)
    context = fault.get("ctx", {})
    if isinstance(context.get("error"), OpenRing):
        return said("bad_form.open_ring", where=where)
    message, figure, name = _BOUNDED.get(kind, ("", "", ""))
    bound = context.get(name)
    if isinstance(bound, str):
        # Pydantic writes them as 'a', 'b' or 'c', in English.
        bound = ", ".join(bound.replace(" or ", ", ").replace("'", "").split(", "))
    if isinstance(bound, int | float | str):
        return said(message, where=where, **{figure: bound})
    return said("bad_form.other", where=where, fault=str(fault["msg"]).removeprefix("Value error, ")[:120])


def path_of(location: Sequence[Any]) -> str:
    """The fields on the way, as a file's reader writes them.

    >>> path_of(("geometry", "coordinates", 0, 1))
    'geometry.coordinates.0.1'
    """
    return ".".join(str(part) for part in location)
