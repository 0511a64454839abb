"""The facts by which the finding of one check is decided. `examination` collects them, `verdict` has the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from grader.checks.answers import Unmatched
from grader.checks.exchange import CallFailed, Exchange, names_asked
from grader.errors import Failure, ReplyRefused, SandboxDied, UnlikeAnyAnswer
from grader.judge.wording import cell_words
from grader.matching import Match, Matching
from grader.model import Check, Ending, Exercise, Fault, Finding, Outcome, Run, Submission, Text, handed_out
from grader.notebook.code_patterns import answers_of
from grader.notebook.environment_faults import EnvironmentFaults
from grader.notebook.placeholders import Blank, Blanks, blanks, decisive, definitions, without_abstract
from grader.notebook.whole_code import is_whole, outside_models
from grader.sandbox.lazy import lazy

FAILING = (Outcome.FAILED, Outcome.CRASHED, Outcome.TIMED_OUT)
EXPECTED = (Failure, CallFailed, Unmatched, ReplyRefused, SandboxDied)

# How a cell ends that meets `raise NotImplementedError`; torch says which operation it lacks.
BLANK = "NotImplementedError"


@dataclass(frozen=True)
class ExerciseContext:
    """The facts about one exercise of one hand-in that all of its checks share.

    unmatched: the sentence for parameters that fit no known answer.
    """

    exercise: Exercise
    submission: Submission
    run: Run
    matching: Matching
    seed: int
    unmatched: Text

    @lazy
    def handed_out(self) -> bool:
        """Whether the section is that of our own notebook, in which the student read the contract."""
        return handed_out(self.submission.cells, self.exercise.id)

    @lazy
    def environment(self) -> EnvironmentFaults:
        return EnvironmentFaults(self.submission, self.run)

    @lazy
    def blanks(self) -> Blanks:
        section = [cell for cell in self.submission.cells if cell.serves(self.exercise.id) and not cell.pristine]
        unparsed = frozenset(cell.index for cell in self.run.cells if cell.ending is Ending.UNPARSED)
        return Blanks(tuple(blanks(section)), frozenset(definitions(section)), unparsed)

    def is_foreign(self, asked: tuple[str, ...]) -> bool:
        """Whether what was asked need not answer this exercise at all: another edition's, or another exercise's definition."""
        apart = not self.handed_out and self.matching.apart(asked) is not None
        return self.submission.other_edition or apart

    def find_blank(self) -> Blank | None:
        """The blank because of which the exercise is not answered, by whatever name the answer goes."""
        own = {match.own for match in self.matching.resolved.values() if match is not None}
        found = self.blanks if self.handed_out else without_abstract(self.blanks, self.submission.cells)
        blank = decisive(found, {*self.exercise.names, *own})
        if blank is None or self.handed_out or blank.cell in self.blanks.unparsed:
            return blank
        # class MyTransformer: all of it; class Sampler: def greedy(self): raise NotImplementedError
        begun = {name for blank in self.blanks.found for name in blank.within}
        return None if self.matching.look_alike(self.blanks.defined - begun) else blank

    def find_broken_cell(self) -> tuple[Outcome, Text] | None:
        """The ending of the first cell of the section that did not run through: the reason why a name is not there.

        A cell that met a blank, as `squares(10)` below an untouched answer does, is no reason; nor is the untouched
        answer itself, which cannot run without the first cell's imports: `class RNN(nn.Module): raise NotImplementedError`.
        """
        served = (cell for cell in self.submission.cells if cell.serves(self.exercise.id))
        section = {cell.index for cell in served if not (cell.pristine and cell.role == "answer")}
        for cell in (cell for cell in self.run.cells if cell.index in section and cell.error.strip(": ") != BLANK):
            excuse = self.environment.told(cell.index)
            if cell.ending is Ending.RAISED:
                excuse = excuse or self.environment.of(cell.error, self.exercise.id)
            excused = [Ending.RAISED, Ending.LEFT_OUT]
            excused += [] if self.handed_out else [Ending.INTERRUPTED]  # a search that takes hours may be right
            if excuse is not None and cell.ending in excused:
                return Outcome.NEEDS_REVIEW, excuse
            if cell.ending not in (Ending.OK, Ending.LEFT_OUT):
                return cell_words(cell.index, cell.ending, cell.error)
        return None

    @lazy
    def nowhere(self) -> frozenset[str]:
        """The exercise's names that are surely not there: all the code was handed in, and none does anything of their kind."""
        named = [trace for trace in self.exercise.traces if trace.of]
        cells = self.submission.cells
        if not named or self.handed_out or not is_whole(cells, self.submission.modules):
            return frozenset()
        code, outside = answers_of(cells), outside_models(cells)
        found = {t.of for t in named if t.pattern.search(outside if t.outside else code)}
        return frozenset(t.of for t in named) - found

    def find_unclear(self, fault: Fault) -> Text | None:
        """Why a section that does something holds no definition of this name; None where nothing was attempted."""
        asked = fault.message if fault.message in self.exercise.names else self.exercise.names[0]
        return self.matching.unclear(asked) if fault.type == "LookupError" else None


@dataclass(frozen=True)
class CheckEnd:
    """The end of a check that was put to the student's code: an error, or none and perhaps advice.

    backed: what was lent had what it lacked from the student's own objects. aside: what was asked besides the
    exchanges that known answers are put to.
    """

    context: ExerciseContext
    check: Check
    error: Exception | None = None
    advice: Text | None = None
    backed: bool = False
    aside: tuple[Exchange, ...] = ()

    @lazy
    def raised(self) -> Fault | None:
        """The fault that the sandbox reported. A value that cannot be called counts as a missing definition."""
        fault = self.error.fault if isinstance(self.error, CallFailed) else None
        if fault is None or fault.place is not None or fault.type != "TypeError":
            return fault
        uncalled = "object is not callable" in fault.message  # a tensor, say, that happens to have the name
        return replace(fault, type="LookupError", kind="missing") if uncalled else fault

    @lazy
    def excuse(self) -> Text | None:
        """Why the environment is the cause of the fault; a language package without its data says LookupError too."""
        if self.raised is None or self.misses_our_word:
            return None
        line = self.raised.place.source if self.raised.place is not None else ""
        error = f"{self.raised.type}: {self.raised.message}"
        return self.context.environment.of(error, self.context.exercise.id, line)

    @property
    def misses_our_word(self) -> bool:
        """Whether a word of our question was not found, by a definition that is surely the answer: no column of a file lacks then."""
        surely = self.context.matching.unproved(set(self.context.exercise.names)) is None
        return surely and isinstance(self.error, CallFailed) and self.error.names_a_given_word

    @property
    def absent(self) -> Fault | None:
        """The fault, where it says that a definition is missing."""
        return self.raised if self.raised and self.raised.kind == "missing" and self.excuse is None else None

    @property
    def fault(self) -> Fault | None:
        """The fault, where the student's code raised it and the environment is not its cause."""
        return self.raised if self.raised and self.absent is None and self.excuse is None else None

    @property
    def unexpected(self) -> bool:
        """Whether the check itself raised: a reply that cannot be read, or a fault of ours."""
        return self.error is not None and not isinstance(self.error, EXPECTED)


@dataclass(frozen=True)
class CheckRun:
    """One run of a check against the student's code, and its end as a finding.

    fault: raised by the student's code. absent: the fault that says a definition is missing. unlike: a value differs
    from that of every known answer. nameless: no known mistake is looked for. backed, aside: see `CheckEnd`.
    """

    finding: Finding
    exchanges: list[Exchange] = field(default_factory=list)
    fault: Fault | None = None
    absent: Fault | None = None
    unlike: bool = False
    nameless: bool = False
    backed: bool = False
    aside: tuple[Exchange, ...] = ()

    @classmethod
    def of(cls, end: CheckEnd, finding: Finding, exchanges: list[Exchange]) -> CheckRun:
        unlike = isinstance(end.error, UnlikeAnyAnswer)
        return cls(finding, exchanges, end.fault, end.absent, unlike, end.unexpected, end.backed, end.aside)

    @lazy
    def asked(self) -> tuple[str, ...]:
        """The contract's names that were asked for, in this order, aside too: what crashed there may be our guess."""
        return names_asked([*self.exchanges, *self.aside])


@dataclass(frozen=True)
class Case:
    """One check of one hand-in, with everything that its finding is decided by.

    before: the findings of the checks before it. Asked only by the rules that need the answer, the cheapest first:
    out_of_time, ask (the check itself), follow_through (an earlier mistake explains it), recognise (a known mistake
    gives exactly these values), leaves_out (that mistake is a piece that may stand elsewhere).
    """

    context: ExerciseContext
    check: Check
    ask: Callable[[], CheckRun]
    before: Mapping[str, Finding] = field(default_factory=dict)
    out_of_time: Callable[[], bool] = lambda: False
    follow_through: Callable[[CheckRun], Finding | None] = lambda _run: None
    recognise: Callable[[CheckRun], bool] = lambda _run: False
    leaves_out: Callable[[CheckRun], bool] = lambda _run: False

    @lazy
    def run(self) -> CheckRun:
        return self.ask()

    @property
    def found(self) -> Finding:
        return self.run.finding

    @property
    def crash(self) -> Fault | None:
        """The fault of the student's code that the check crashed with."""
        return self.run.fault if self.found.outcome is Outcome.CRASHED else None

    @lazy
    def recognised(self) -> bool:
        """Whether a known mistake gives exactly these values; never of a guess that could not be handed all it needs."""
        guess = self.context.matching.uncertain(self.names)
        if guess is not None and self.context.matching.incomplete(guess):
            return False
        return self.recognise(self.run)

    @property
    def names(self) -> set[str]:
        """The names that were asked for; all that were looked for where one is asked under a name of the check's own.

        An exercise may ask the training of an earlier one under a name that no interface has.
        """
        matching, asked = self.context.matching, set(self.run.asked)
        return asked if asked <= set(matching.interfaces) | {"lent"} else asked | set(matching.resolved)

    @property
    def guess(self) -> Match | None:
        """The guessed definition that may be the reason why the check does not hold."""
        matching, asked = self.context.matching, self.names
        guess = matching.uncertain(asked)
        incomplete = guess is not None and matching.incomplete(guess) and self.found.outcome in FAILING
        if guess is not None and (incomplete or fails_without_reason(self.context.exercise, self.check, self.found)):
            return guess
        return matching.unproved(asked) if self.found.outcome is Outcome.CRASHED else None

    @property
    def unverified(self) -> Match | None:
        """A definition that was asked though no trial has shown that it can be."""
        return self.context.matching.unproved(self.names)

    @lazy
    def apart(self) -> tuple[str, str] | None:
        """A definition that was asked though it stands in the section of another exercise, and that exercise."""
        context = self.context
        return None if context.handed_out else context.matching.apart(self.run.asked)

    @property
    def is_read_from_prints(self) -> bool:
        """Whether the value that differs was read off a loop's output at the top level."""
        matching, exchanges = self.context.matching, self.run.exchanges
        # It compares with the behaviour of the trained model: the reading came earlier.
        if self.check.id.startswith("history"):
            return any(match is not None and match.is_loop for match in matching.resolved.values())
        last = exchanges[-1] if exchanges else None
        if last is None or not isinstance(last.value if last.refused is None else last.raw, dict):
            return False
        match = matching.match(str(last.request["target"]))
        return match is not None and match.is_loop


def fails_without_reason(exercise: Exercise, check: Check, found: Finding) -> bool:
    """Whether a check that others build on does not hold, and cannot say itself which mistake it is."""
    groundwork = any(check.id in other.after for other in exercise.checks) or not check.after
    return groundwork and not found.misconception and found.outcome in FAILING
