"""Each rule of the law of evidence in one sentence, without a sandbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.checks.answers import Unmatched
from grader.checks.exchange import CallFailed, Exchange
from grader.errors import Failure, ReplyRefused, SandboxDied, UnlikeAnyAnswer
from grader.judge import ending_rules, verdict
from grader.judge.case import Case, CheckEnd, CheckRun, ExerciseContext
from grader.judge.ending_rules import END_RULES, read_end
from grader.judge.verdict import RULES, judge_finding
from grader.judge.wording import NOT_ATTEMPTED, NOWHERE, TOO_LARGE, TOO_LONG_TO_JUDGE, UNMATCHED, make_finding
from grader.lessons import exercise
from grader.matching import Match, Matching
from grader.matching.match import Argument, plain
from grader.model import (
    Cell,
    CellRun,
    Ending,
    Exercise,
    Fault,
    Finding,
    Interface,
    Outcome,
    Place,
    Run,
    Submission,
    Text,
)

MASK = exercise("causal_mask")
CHECK = MASK.checks[0]
WORDS = Text("It is 3.", "3 です。")
PLACE = Place("return x", 2)
SECTION = "def causal_mask(size):\n    return size"
ABSENT = Fault("LookupError", "causal_mask", kind="missing")


def cell(source: str, role: str = "answer", exercise: str = MASK.id) -> Cell:
    return Cell(0, "code", source, exercise=exercise, role=role)


def context(
    asked: Exercise = MASK,
    source: str = SECTION,
    role: str = "answer",
    ran: CellRun | None = None,
    **matched: Match | None,
) -> ExerciseContext:
    """One section with one cell. role: empty in a foreign notebook. matched: the definitions that were looked for."""
    cells = (cell(source, role, asked.id),)
    matching = Matching.of(asked, cells)
    matching.resolved |= matched
    run = Run((ran or CellRun(0, Ending.OK),), 0.0)
    return ExerciseContext(asked, Submission("x", "", "en", asked.lesson, cells), run, matching, 3, UNMATCHED)


def end(error: Exception | None = None, where: ExerciseContext | None = None, advice: Text | None = None) -> Finding:
    return read_end(CheckEnd(where or context(), CHECK, error, advice))


def case(run: CheckRun, where: ExerciseContext | None = None, **more: Any) -> Case:
    return Case(where or context(), CHECK, ask=lambda: run, **more)


def failed(outcome: Outcome = Outcome.FAILED, name: str = "causal_mask", value: Any = 3, **more: Any) -> CheckRun:
    """A run that asked for one name and did not pass."""
    exchanges = [Exchange({"target": name}, value)]
    return CheckRun(make_finding(CHECK, outcome, WORDS, place=PLACE), exchanges, **more)


SIZE = Argument("size", ("size",), plain("size"))


def guess(own: str = "mask_of", wanted: str = "causal_mask", **more: Any) -> Match:
    return Match(
        Interface(wanted, "function", roles=("size",), needed=("size",)),
        own,
        **{"roles": ("size",), "arguments": (SIZE,), "verified": False, "confident": False, **more},
    )


def unasked() -> CheckRun:
    raise AssertionError("it must not be asked")


def unrecognised(_run: CheckRun) -> bool:
    raise AssertionError("it must not be looked for")


# --- how a check ended -------------------------------------------------------------------------


def test_a_check_that_raises_nothing_has_passed() -> None:
    """Advice costs no point."""
    found = end(advice=WORDS)
    assert found.outcome is Outcome.PASSED and found.advice == (WORDS,)


def test_a_failure_keeps_its_words_and_the_name_that_the_check_knows() -> None:
    """A name that is none of the exercise's is left out."""
    known = MASK.misconceptions[0].id
    for said, name in ((known, known), ("unheard_of", None)):
        found = end(Failure(WORDS, help=WORDS, misconception=said))
        assert (found.outcome, found.rationale, found.help) == (Outcome.FAILED, WORDS, WORDS)
        assert (found.misconception.id if found.misconception else None) == name


def test_a_missing_package_is_for_a_person() -> None:
    """A fault is followed to its cause: the environment's, with the line that ran into it."""
    found = end(CallFailed(Fault("ModuleNotFoundError", "No module named 'gensim'", place=PLACE)))
    assert found.outcome is Outcome.NEEDS_REVIEW and found.place == PLACE


def test_a_name_that_a_broken_cell_should_have_made_is_that_cells_fault() -> None:
    """The ending of the cell is told, not "not attempted"."""
    raised = context(ran=CellRun(0, Ending.RAISED, error="ValueError: no"), source="")
    found = end(CallFailed(ABSENT), raised)
    assert found.outcome is Outcome.CRASHED and found.rationale is not None and "Cell 1 raised" in found.rationale.en


def test_a_broken_cell_is_excused_where_the_environment_broke_it() -> None:
    """What a cell without its package should have defined is in review."""
    ran = CellRun(0, Ending.RAISED, error="ModuleNotFoundError: No module named 'gensim'")
    assert end(CallFailed(ABSENT), context(ran=ran, source="import gensim")).outcome is Outcome.NEEDS_REVIEW


def test_a_section_that_does_something_else_is_not_understood() -> None:
    """ "Not attempted" is a claim too: a foreign definition that nobody could match is for a person."""
    other = context(source="def other(n):\n    return n + 1", role="")
    found = end(CallFailed(ABSENT), other)
    assert found.outcome is Outcome.NEEDS_REVIEW and found.rationale is not None and "other" in found.rationale.en


def test_a_section_that_does_nothing_was_not_attempted() -> None:
    """And so is one that holds a value where a function was asked for."""
    for fault in (ABSENT, Fault("TypeError", "'Tensor' object is not callable")):
        found = end(CallFailed(fault), context(source=""))
        assert (found.outcome, found.rationale) == (Outcome.MISSING, NOT_ATTEMPTED)


def nowhere(source: str, **more: Any) -> Finding:
    """What is said of perplexity in a notebook of somebody's own with this code."""
    where = context(exercise("lm_training"), source, role="", **more)
    return end(CallFailed(Fault("LookupError", "perplexity", kind="missing")), where)


TRAINS = "def train(model):\n    loss.backward()"


def test_what_no_code_does_is_said_to_be_nowhere() -> None:
    """Nothing that was handed in makes a perplexity of anything, whatever else could not run; a model has powers of its own.

    Who was not handed our notebook may have been asked for none.
    """
    broken = CellRun(0, Ending.RAISED, error="ModuleNotFoundError: No module named 'tiktoken'")
    model = "class A(nn.Module):\n    def forward(self, x):\n        return torch.exp(x) ** 2"
    for ran in (None, broken):
        found = nowhere(
            f"import tiktoken\n{model}\nsize = 3 / 10 ** 6 * d ** -0.5\nmodel.eval()\nself.apply(start)\n{TRAINS}",
            ran=ran,
        )
        assert (found.outcome, found.rationale) == (Outcome.NEEDS_REVIEW, NOWHERE)


@pytest.mark.parametrize(
    "line",
    [
        "ppl = 5",
        "found = 2 ** (bits / n)",
        "print(math.exp(total / n))",
        "torch.exp(torch.stack(out).mean())",
        "np.power(2, ce)",
        "1 / p ** (1 / n)",
        "class A(LightningModule):\n    def validation_step(self, b):\n        self.log('x', torch.exp(b))",
    ],
)
def test_what_some_code_may_do_is_for_a_person(line: str) -> None:
    assert nowhere(f"{TRAINS}\n{line}").outcome is Outcome.NEEDS_REVIEW


@pytest.mark.parametrize(
    "line",
    [
        "from my_metrics import *",
        "def go():\n    from . import measure",
        "from datasets import go",
        "exec(open('train.py').read())",
        "%run train.ipynb",
        "!python train.py",
        "def broken(:",
    ],
)
def test_what_a_file_that_is_not_here_may_do_is_for_a_person(line: str) -> None:
    """The code goes on somewhere else, or cannot be read."""
    assert nowhere(f"{TRAINS}\n{line}").outcome is Outcome.NEEDS_REVIEW


def test_an_output_that_we_cannot_read_is_for_a_person() -> None:
    """The loop ran: it is our reading that failed."""
    assert end(CallFailed(Fault("Unread", "no number"))).outcome is Outcome.NEEDS_REVIEW


def test_a_value_too_large_to_send_is_wrong() -> None:
    """No answer is that large."""
    assert end(CallFailed(Fault("TooLarge", ""))).rationale == TOO_LARGE


@pytest.mark.parametrize(("kind", "outcome"), [("", Outcome.CRASHED), ("memory", Outcome.OUT_OF_MEMORY)])
def test_another_exception_is_a_crash(kind: str, outcome: Outcome) -> None:
    """It is told with its line."""
    found = end(CallFailed(Fault("ValueError", "no", kind=kind, place=PLACE)))
    assert found.outcome is outcome and found.place == PLACE
    assert found.rationale is not None and found.rationale.en == "Your code raised ValueError: no"


def test_parameters_that_fit_no_answer_are_for_a_person() -> None:
    """With the reason of the check, where it has one."""
    assert end(Unmatched("x")).rationale == UNMATCHED and end(Unmatched("x", WORDS)).rationale == WORDS
    assert end(Unmatched("x")).outcome is Outcome.NEEDS_REVIEW


def test_a_reply_that_breaks_the_agreement_fails() -> None:
    """It is the student's process that sent it."""
    assert end(ReplyRefused("too deep")).outcome is Outcome.FAILED


def test_a_process_that_ended_says_how() -> None:
    """Its cause is the outcome."""
    assert end(SandboxDied("it ended", Outcome.TIMED_OUT)).outcome is Outcome.TIMED_OUT


def test_an_exception_of_ours_is_never_a_mark() -> None:
    """A check that raises for our own answer too is broken, and no mistake is looked for."""

    def always(*_: Any) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError) as caught:
        always()
    ended = CheckEnd(context(), replace(CHECK, function=always), caught.value)
    found = read_end(ended)
    assert found.outcome is Outcome.BROKEN and CheckRun.of(ended, found, []).nameless


# --- before a check is asked -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "outcome"),
    [
        (Outcome.MISSING, Outcome.MISSING),
        (Outcome.NEEDS_REVIEW, Outcome.NEEDS_REVIEW),
        (Outcome.FAILED, Outcome.SKIPPED),
        (Outcome.SKIPPED, Outcome.SKIPPED),
    ],
)
def test_a_check_goes_with_its_groundwork(before: Outcome, outcome: Outcome) -> None:
    """Doubt does not cascade into a loss: pending stays pending, and nothing is asked."""
    needs = replace(CHECK, id="later", after=(CHECK.id,))
    found = judge_finding(Case(context(), needs, ask=unasked, before={CHECK.id: make_finding(CHECK, before, WORDS)}))
    assert found.outcome is outcome and (found.rationale == WORDS) is (
        outcome is before and before is not Outcome.SKIPPED
    )


def test_a_check_whose_groundwork_holds_is_asked() -> None:
    """It gets its own finding."""
    needs = replace(CHECK, id="later", after=(CHECK.id,))
    asked = Case(context(), needs, ask=failed, before={CHECK.id: make_finding(CHECK, Outcome.PASSED)})
    assert judge_finding(asked).outcome is Outcome.FAILED


def test_the_judge_stops_when_its_time_is_up() -> None:
    """The rest is for a person, and nothing is asked."""
    found = judge_finding(Case(context(), CHECK, ask=unasked, out_of_time=lambda: True))
    assert (found.outcome, found.rationale) == (Outcome.NEEDS_REVIEW, TOO_LONG_TO_JUDGE)


# --- what an earlier exercise has paid for -----------------------------------------------------


def test_a_mistake_costs_once() -> None:
    """What follows from an earlier exercise passes, and nobody looks for a name."""
    paid = make_finding(CHECK, Outcome.PASSED)
    asked = case(failed(unlike=True), context(role=""), follow_through=lambda _run: paid, recognise=unrecognised)
    assert judge_finding(asked) is paid


# --- what may be our own guess -----------------------------------------------------------------


FOREIGN = context(role="")
LOOP = guess("(loop)", "train", roles=("epochs",), lifted=True, verified=True, confident=True)
DOUBTS: dict[str, tuple[CheckRun, ExerciseContext]] = {
    "values that were read off the output of a loop": (
        failed(name="train", value={"train_loss": [1.0]}),
        context(exercise("knock82"), train=LOOP),
    ),
    "a crash in a foreign notebook": (failed(Outcome.CRASHED, fault=Fault("ValueError", "no", place=PLACE)), FOREIGN),
    "a design that no known answer has": (
        failed(name="EncoderBlock", unlike=True),
        context(exercise("encoder_block"), role=""),
    ),
    "a definition by another name": (failed(), context(causal_mask=guess())),
    "a definition with guessed arguments": (failed(), context(causal_mask=guess(own="causal_mask"))),
    "a crash with arguments of which no trial showed that they fit": (
        failed(Outcome.CRASHED, fault=Fault("ValueError", "no", place=PLACE)),
        context(causal_mask=guess(confident=True)),
    ),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_guess_never_accuses(doubt: str) -> None:
    """It is for a person, with what was seen, until the mistake has a name."""
    run, where = DOUBTS[doubt]
    found = judge_finding(case(run, where))
    assert found.outcome is Outcome.NEEDS_REVIEW and found.rationale not in (None, WORDS)
    assert judge_finding(case(run, where, recognise=lambda _run: True)) == run.finding


def test_a_guess_that_cannot_be_handed_all_it_needs_has_no_mistake() -> None:
    """It gives the values of a mistake without making it: `to_ids` that finds no vocabulary knows no word."""
    found = judge_finding(case(failed(), context(causal_mask=guess(arguments=())), recognise=lambda _run: True))
    assert found.outcome is Outcome.NEEDS_REVIEW


def test_a_call_refused_before_any_line_says_nothing() -> None:
    """In a foreign notebook nobody promised our arguments; not even a name is looked for."""
    run = failed(Outcome.CRASHED, fault=Fault("TypeError", "f() takes 1 positional argument but 2 were given"))
    assert judge_finding(case(run, FOREIGN, recognise=unrecognised)).outcome is Outcome.NEEDS_REVIEW
    assert judge_finding(case(run, recognise=unrecognised)).outcome is Outcome.CRASHED


@pytest.mark.parametrize(
    "run",
    [
        failed(),
        failed(unlike=True),
        failed(Outcome.CRASHED, fault=Fault("ValueError", "no")),
        failed(Outcome.TIMED_OUT),
    ],
    ids=["wrong", "unlike", "crashed", "timed out"],
)
def test_in_our_own_notebook_a_sure_finding_stands(run: CheckRun) -> None:
    """Nothing speaks against it, so the dearest question is not asked."""
    assert judge_finding(case(run, recognise=unrecognised)) is run.finding


def test_what_passes_is_in_no_doubt() -> None:
    """Not even on a guess."""
    passed = CheckRun(make_finding(CHECK, Outcome.PASSED), failed().exchanges)
    asked = case(passed, context(role="", causal_mask=guess()), recognise=unrecognised)
    assert judge_finding(asked).outcome is Outcome.PASSED


# --- blanks ------------------------------------------------------------------------------------

BLANK = "def causal_mask(size):\n    return ????"


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_blank_makes_what_is_wrong_missing(outcome: Outcome) -> None:
    """What passes in spite of a blank has passed."""
    run = CheckRun(make_finding(CHECK, outcome, WORDS, help=WORDS, place=PLACE))
    found = judge_finding(case(run, context(source=BLANK)))
    if outcome in (Outcome.FAILED, Outcome.CRASHED, Outcome.NEEDS_REVIEW):
        assert found.outcome is Outcome.MISSING and found.rationale is not None and "????" in found.rationale.en
        assert (found.help, found.place) == (None, None)
    else:
        assert found is run.finding


def test_a_blank_under_the_students_own_name_counts_as_well() -> None:
    """It stands in the definition that was matched."""
    source = "def mask_of(size):\n    return ????\n\ndef causal_mask(size):\n    return mask_of(size)"
    where = context(source=source, causal_mask=guess(verified=True, confident=True))
    assert judge_finding(case(failed(), where)).outcome is Outcome.MISSING
    assert judge_finding(case(failed(), context(source=source))).outcome is Outcome.FAILED


# --- the lists ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", [END_RULES, RULES], ids=["END_RULES", "RULES"])
def test_the_rules_are_sentences_in_their_order(rules: tuple[Callable[..., Any], ...]) -> None:
    """Each rule has one sentence, and stands in the file where it stands in the list."""
    lines = [rule.__code__.co_firstlineno for rule in rules]
    assert lines == sorted(lines)
    for rule in rules:
        assert rule.__doc__ is not None and rule.__doc__.count("\n") == 0 and rule.__doc__.endswith("."), rule


def test_the_architecture_has_the_lists() -> None:
    """The tables of docs/architecture.md name every rule, in this order."""
    text = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text("utf-8")
    law = text.partition("## The law of evidence")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)`", law, re.MULTILINE) == [rule.__name__ for rule in (*END_RULES, *RULES)]


def test_every_rule_is_in_a_list() -> None:
    """A function of `verdict` or `ending_rules` from evidence to a finding is a rule, and rules are walked."""
    taking = {"CheckEnd": END_RULES, "Case": RULES}
    for name, value in {**vars(ending_rules), **vars(verdict)}.items():
        hints = getattr(value, "__annotations__", {})
        if hints.get("return") == "Finding | None" and next(iter(hints.values())) in taking:
            assert value in taking[next(iter(hints.values()))], name


def test_an_error_is_read_by_the_first_rule_that_knows_it() -> None:
    """A value unlike any answer is a failure, and kept as unlike."""
    ended = CheckEnd(context(), CHECK, UnlikeAnyAnswer(WORDS))
    run = CheckRun.of(ended, read_end(ended), [])
    assert run.finding.outcome is Outcome.FAILED and run.unlike and not run.nameless


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY])
def test_a_foreign_call_that_takes_too_much_is_for_a_person(outcome: Outcome) -> None:
    """It may be made for other data than ours; in our own notebook the contract says which data come."""
    run = failed(outcome)
    found = judge_finding(case(run, context(role="")))
    assert found.outcome is Outcome.NEEDS_REVIEW and found.rationale is not None and WORDS.en in found.rationale.en
    assert judge_finding(case(run)).outcome is outcome


def test_a_foreign_value_that_is_too_large_is_for_a_person() -> None:
    """A model may hold all the vectors that its notebook has."""
    run = CheckRun(make_finding(CHECK, Outcome.FAILED, TOO_LARGE), [])
    assert judge_finding(case(run, context(role=""))).outcome is Outcome.NEEDS_REVIEW
    assert judge_finding(case(run)).outcome is Outcome.FAILED


@pytest.mark.parametrize(("role", "outcome"), [("", Outcome.NEEDS_REVIEW), ("answer", Outcome.FAILED)])
def test_a_piece_that_may_stand_elsewhere_is_charged_in_our_own_notebook_alone(role: str, outcome: Outcome) -> None:
    """BERT's attention has its projection in the layer around it; who was handed the contract was told to have it here."""
    run = CheckRun(make_finding(CHECK, Outcome.FAILED, WORDS))
    asked = case(run, context(role=role), recognise=lambda _run: True, leaves_out=lambda _run: True)
    found = judge_finding(asked)
    assert found.outcome is outcome and WORDS.en in found.rationale.en
