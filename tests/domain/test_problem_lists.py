"""A list of problems told as what changed in it is the whole list, in its order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store_server.domain.problem_lists import ProblemList, change_between, name_of, told
from store_server.wire.drafts import DraftProblem, ProblemsChange


def problem(problem_id: str, words: str = "Mend it.") -> DraftProblem:
    return DraftProblem(
        severity="warning",
        rule="zone_gap",
        feature_keys=(problem_id,),
        x_m=None,
        y_m=None,
        words=words,
        message="no_area",
        figures={"shape": words},
        problem_id=problem_id,
        is_new=True,
        is_accepted=False,
        mend=None,
    )


def applied(before: ProblemList, change: ProblemsChange) -> ProblemList:
    """What the contract says to do, as simply as it can be done."""
    after = [known for known in before if known.problem_id not in change.gone]
    for come in change.come:
        after.insert(come.at, come.problem)
    return tuple(after)


LISTS = st.lists(
    st.tuples(st.sampled_from("abcdefghij"), st.sampled_from(["Mend it.", "Turn it."])), unique_by=lambda each: each[0]
).map(lambda found: tuple(problem(*each) for each in found))


@given(LISTS, LISTS)
def test_a_change_makes_one_list_the_other(before: ProblemList, after: ProblemList) -> None:
    change = told(7, after, before)
    assert applied(before, change) == after
    assert (change.revision, change.list_id, change.from_list_id) == (7, name_of(after), name_of(before))
    assert applied((), told(7, after, None)) == after
    assert told(7, after, None).from_list_id is None


@given(LISTS, st.sampled_from("abcdefghij"))
def test_one_mended_problem_is_all_that_is_told_of(before: ProblemList, mended: str) -> None:
    after = tuple(known for known in before if known.problem_id != mended)
    gone, come = change_between(before, after)
    assert (len(gone), come) == (len(before) - len(after), ())
    there = [index for index, known in enumerate(before) if known.problem_id == mended]
    gone, come = change_between(after, before)
    assert (gone, [placed.at for placed in come]) == ((), there)


def test_of_a_list_turned_about_as_much_stays_as_can() -> None:
    before = tuple(problem(name) for name in "abcde")
    after = (before[4], *before[:4])
    gone, come = change_between(before, after)
    assert (gone, [(placed.at, placed.problem.problem_id) for placed in come]) == (("e",), [(0, "e")])


def test_the_same_list_has_one_name_and_another_list_another() -> None:
    one = (problem("a"), problem("b"))
    assert name_of(one) == name_of((problem("a"), problem("b")))
    assert len({name_of(one), name_of(one[:1]), name_of(one[::-1]), name_of((problem("a", "Other."), one[1]))}) == 4
