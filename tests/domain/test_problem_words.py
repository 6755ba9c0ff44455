"""What is wrong with a plan, in every language: the domain's messages and the screens' catalogues, held against each other."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.domain.draft_checks import CheckedDraft
from store_server.domain.field_faults import MESSAGES_WITH_FIGURE, fault_said
from store_server.domain.left_out import LeftOutName
from store_server.domain.plan_checks import problems
from store_server.domain.plan_edits import Draft
from store_server.domain.plan_problems import Problem, said
from store_server.domain.problem_words import BEFORE, TEMPLATES, words_of
from store_server.domain.told_problems import left_out_of, plan_problem
from store_server.wire.people import PlanProblem
from store_server.wire.plan_files import LeftOut
from tests.domain.broken_shops import ERRORS, WARNINGS, Breakage, overlap
from tests.domain.floors import Json, changed, document, shop
from tests.domain.test_plan_checks import JSON
from tests.tree import REPOSITORY, committed, text_of

CATALOGUES = sorted((REPOSITORY / "kiosk_ui/src/messages/store").glob("*.json"))
"""Of the store's people; what may be said to shoppers too is beside them, in the file of the same name."""
EVERY = {**BEFORE, **TEMPLATES}
_ICU = re.compile(r"\{(\w+)(, [^{}]*)?\}")


def catalogue(path: Path) -> dict[str, str]:
    return {
        key.removeprefix("problem."): words
        for each in (path.parent.parent / path.name, path)
        for key, words in json.loads(each.read_text("utf-8")).items()
        if key.startswith("problem.")
    }


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def without_formats(template: str) -> str:
    """As it is but for how numbers are written."""
    return "".join(text + (f"{{{name}}}" if name else "") for text, name, _, _ in Formatter().parse(template))


def test_there_is_more_than_one_language() -> None:
    assert {path.stem for path in CATALOGUES} >= {"en", "de"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.stem))
def test_each_catalogue_has_each_message_with_the_same_figures(path: Path) -> None:
    words_by_message = catalogue(path)
    assert words_by_message.keys() == EVERY.keys()
    for message, words in words_by_message.items():
        assert {name for name, _ in _ICU.findall(words)} == names_in(EVERY[message]), message
        assert not re.search("[{}]", _ICU.sub("", words)), f"{message}: a figure is a name and a format, no more"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.stem))
def test_every_language_takes_the_same_figures_for_numbers(path: Path) -> None:
    for message, words in catalogue(path).items():
        assert set(_numbers(words)) == set(_numbers(catalogue(_english())[message])), message


def _numbers(words: str) -> list[str]:
    return [name for name, form in _ICU.findall(words) if form.startswith(", number")]


def _english() -> Path:
    return next(path for path in CATALOGUES if path.stem == "en")


def test_the_screens_english_is_the_command_lines_but_for_how_numbers_are_written() -> None:
    assert {message: _ICU.sub(r"{\1}", words) for message, words in catalogue(_english()).items()} == {
        message: without_formats(words) for message, words in EVERY.items()
    }


def calls_of_said() -> Iterator[tuple[str, set[str]]]:
    """Every message the program says, by its literal name, with the figures it is given."""
    for path in committed():
        if path.suffix == ".py" and path.parts[0] == "store_server":
            for step in ast.walk(ast.parse(text_of(path) or "")):
                if isinstance(step, ast.Call) and isinstance(step.func, ast.Name) and step.func.id == "said":
                    message = step.args[0]
                    if isinstance(message, ast.Constant):
                        yield str(message.value), {str(word.arg) for word in step.keywords}
                    else:
                        assert path.name == "field_faults.py", (
                            f"{path}:{step.lineno} says what cannot be looked up here"
                        )


def test_each_message_is_said_with_the_figures_its_words_need() -> None:
    calls = list(calls_of_said()) + [(message, {"where", *more}) for message, more in MESSAGES_WITH_FIGURE.items()]
    for message, figures in calls:
        assert figures == names_in(TEMPLATES[message]), message
    assert {message for message, _ in calls} == TEMPLATES.keys(), "words nobody says"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"type": "missing", "msg": "?"}, "A: this field is missing: add it."),
        ({"type": "less_than_equal", "msg": "?", "ctx": {"le": 100_000.0}}, "A: this must be at most 100000."),
        ({"type": "greater_than", "msg": "?", "ctx": {"gt": 0.5}}, "A: this must be more than 0.5."),
        ({"type": "enum", "msg": "?", "ctx": {"expected": "'a', 'b' or 'c'"}}, "A: this must be one of a, b, c."),
        ({"type": "another", "msg": "Value error, it is odd"}, "A: it is odd."),
        ({"type": "less_than_equal", "msg": "too much"}, "A: too much."),
    ],
)
def test_a_fault_of_a_field_is_said_in_words_of_ours(fault: Json, words: str) -> None:
    found = fault_said(fault, "A")
    assert words_of(found.message, found.figures) == words


def found_in(raw: Json) -> Sequence[Problem]:
    return problems(json.dumps(raw).encode())


def is_told_whole(problem: Problem) -> None:
    """Its figures fill its template, and a message carries it there and back."""
    message, figures = problem.said.message, problem.said.figures
    assert figures.keys() - BEFORE.keys() == names_in(TEMPLATES[message])
    numbers = {*_numbers(catalogue(_english())[message]), "in_line"}
    assert all(isinstance(it, int | float) == (name in numbers) for name, it in figures.items()), problem
    assert words_of(message, figures).startswith(problem.words.removesuffix("…"))
    told = plan_problem(problem)
    assert PlanProblem.model_validate_json(told.model_dump_json()) == told
    assert told.message == message
    assert told.figures.keys() == figures.keys()


@pytest.mark.parametrize("mutate", [each[0] for each in (*ERRORS, *WARNINGS)], ids=lambda mutate: str(mutate.__name__))
def test_the_figures_of_a_broken_plans_problems_fill_their_words(mutate: Breakage) -> None:
    raw = changed(shop())
    mutate(raw)
    found = found_in(raw)
    assert found
    for problem in found:
        is_told_whole(problem)


@given(st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_figures_of_any_problem_fill_its_words(data: st.DataObject) -> None:
    raw = changed(shop())
    for _ in range(data.draw(st.integers(1, 3))):
        shape = raw["features"][data.draw(st.integers(0, len(raw["features"]) - 1))]
        owner = data.draw(st.sampled_from([shape, shape["properties"], shape["geometry"]]))
        if isinstance(owner, dict) and owner:
            owner[data.draw(st.sampled_from(sorted(owner)))] = data.draw(JSON)
        if not all(isinstance(shape.get(part), dict) for part in ("properties", "geometry")):
            break
    for problem in found_in(raw):
        is_told_whole(problem)


def test_what_catalogue_and_shelves_do_not_agree_on_is_told_whole() -> None:
    raw = changed(shop())
    skus = iter(range(100))
    for item in raw["features"]:
        if item["feature_type"] == "shelf_slot":
            item["properties"]["sku"] = f"sku {next(skus)}"
    for catalogue_size in (1, 3, 20):
        known = frozenset(f"other {n}" for n in range(catalogue_size))
        found = [problem for _, problem in CheckedDraft.of(Draft.of(document(raw)), known).problems]
        assert {problem.said.message.split(".")[0] for problem in found} == {"unknown_product", "product_not_placed"}
        for problem in found:
            is_told_whole(problem)


def test_a_problem_says_the_level_it_is_on() -> None:
    raw = changed(shop())
    overlap(raw)
    assert {problem.level_id for problem in found_in(raw)} == {"L"}


def test_what_a_file_loses_is_told_in_any_language() -> None:
    lost = Counter([LeftOutName(said("left_out.open_lines", layer="A-WALL")) for _ in range(3)] + ["HATCH"])
    assert [left_out_of(name, count) for name, count in sorted(lost.items())] == [
        LeftOut(name="HATCH", count=1),
        LeftOut(name="open lines on A-WALL", count=3, message="left_out.open_lines", figures={"layer": "A-WALL"}),
    ]


def test_a_sentence_of_a_part_of_a_file_names_the_part_first() -> None:
    assert words_of("not_a_plan.not_utf8", {"in_file": "level"}).startswith("level.geojson: This is not text")
    assert words_of("planogram.numbers", {"in_line": 7}).startswith("Planogram line 7: bay, shelf")
