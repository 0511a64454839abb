"""A lesson put to every demand, one after the other: what holds, and what does not with file and line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.authoring import demands
from grader.authoring.askable import faults_of_checks
from grader.authoring.demands import REFERENCE, UnfitEdit
from grader.authoring.findings import Demand, Fault, Found, by_luck
from grader.authoring.given_names import unknown_names
from grader.authoring.mutant_words import told
from grader.authoring.mutants import judged, mutants_of
from grader.authoring.untouched import points_of_stub
from grader.checks.declare import answers_of
from grader.errors import AuthoringError, GraderError
from grader.lesson_folders import LessonFolder
from grader.lessons import source
from grader.lessons.faults import line_of_name
from grader.lessons.uses import uses
from grader.model import Exercise, Lesson, Text, Variant
from grader.notebook.spoken_language import is_japanese_prose
from grader.packaging.build import build
from grader.packaging.cell_rules import broken_rules

MUTANTS = 60.0  # seconds for those of one exercise
DRAWS = 5  # of the inputs, for each answer: what is found for some of them only hangs on luck
Question = Callable[[Lesson, Exercise, Variant, int], list[Text]]


def try_lesson(folder: LessonFolder, lesson: Lesson, seconds: float = MUTANTS, draws: int = DRAWS) -> Iterator[Demand]:
    """Each demand with its faults, as soon as it is known. seconds: for the mutants of an exercise; 0 for none. draws: of the inputs.

    Where it cannot be told what the answers are, or the solution does not pass its own checks, what follows is not asked: nor of
    exercises that build on such a one, since a mistake in them would be put down to it.
    """
    rules = cells_keep_the_rules(folder, lesson)
    if rules.faults:
        yield rules
        return
    yield notebooks_build(folder, lesson)
    faulty = set[str]()
    for exercise in lesson.exercises:
        trial = Trial(folder, lesson, exercise, draws)
        asked = trial.solution_passes()
        yield asked
        faulty |= {exercise.id} if asked.faults else set()
        if faulty & {exercise.id, *(earlier.id for earlier in uses(exercise))}:
            continue
        steps = [trial.right_is_right, trial.stub_is_worth_nothing, trial.mistakes_are_named, trial.checks_can_fail]
        for step in [*steps, trial.nonsense_is_harmless, trial.words_are_there]:
            yield step()
        if seconds:
            yield trial.mutants_are_caught(seconds)


def cells_keep_the_rules(folder: LessonFolder, lesson: Lesson) -> Demand:
    place = source.place_of(lesson.id) or folder.file
    broken = broken_rules(lesson.id, source.text_of(lesson.id))
    asked = Text(
        en="the cells of the solution file keep the rules", ja="解答ファイルのセルが決まりどおりに書かれている"
    )
    return Demand(lesson.id, asked, tuple(Fault(place, one.line, one.text) for one in broken))


def notebooks_build(folder: LessonFolder, lesson: Lesson) -> Demand:
    asked = Text(en="the notebooks can be made", ja="ノートブックを生成できる")
    place, faults = source.place_of(lesson.id), list[Fault]()
    for language in folder.languages:
        try:
            build(lesson.id, source.text_of(lesson.id), language)
        except AuthoringError as error:
            faults.append(Fault(place or folder.file, 1, Text(en=str(error), ja=error.in_("ja"))))
    return Demand(lesson.id, asked, tuple(dict.fromkeys(faults)))


@dataclass(frozen=True)
class Trial:
    """One exercise of a lesson, with where its parts stand. draws: how often its inputs are drawn for each answer."""

    folder: LessonFolder
    lesson: Lesson
    exercise: Exercise
    draws: int

    @property
    def module(self) -> Path:
        return self.folder.folder / f"{self.exercise.id}.py"

    def place(self, name: str) -> tuple[Path, int]:
        """Where a variant or a check of the exercise is declared."""
        for part in answers_of(sys.modules[f"grader.lessons.{self.lesson.id}.{self.exercise.id}"]):
            file = Path(str(part.__file__))
            if line := line_of_name(file, name):
                return file, line
        return self.module, 1

    def demand(self, en: str, ja: str, found: Iterator[Found]) -> Demand:
        faults = tuple(Fault(*self.place(one.name), one.text, one.mends) for one in found)
        return Demand(self.exercise.id, Text(en=en, ja=ja), faults)

    def faults(self, question: Question, variants: tuple[Variant, ...]) -> Iterator[Found]:
        """What a demand finds in each of these answers; an edit that does not fit, or an answer that does not run, too."""
        for variant in variants:
            try:
                yield from self.over_draws(question, variant)
            except UnfitEdit as error:
                yield Found(variant.id, Text(en=str(error), ja=error.in_("ja")))
            except GraderError as error:
                why = Text(en=f"cannot be run: {error}", ja=f"実行できません: {error.in_('ja')}")
                yield Found(variant.id, why)

    def over_draws(self, question: Question, variant: Variant) -> list[Found]:
        """What is found with the inputs drawn anew each time, and said so where it is found for some draws only.

        That a mistake, found each time, has no name for some of them is advice: the marks are the same.
        """
        every = [question(self.lesson, self.exercise, variant, seed) for seed in self.seeds]
        bad = [found for found in every if found]
        if len(bad) in (0, len(every)):
            return [Found(variant.id, fault) for fault in (bad[0] if bad else [])]
        different = dict.fromkeys(fault for found in bad for fault in found)
        times = {fault: sum(fault in found for found in bad) for fault in different}
        nameless = demands.nameless(variant)
        return [Found(variant.id, by_luck(one, times[one], len(every)), one != nameless) for one in different]

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(range(demands.FIRST, demands.FIRST + self.draws))

    def solution_passes(self) -> Demand:
        asked = Text(en="the solution passes every check", ja="模範解答がすべてのチェックを通る")
        try:
            found = faults_of_checks(self.exercise, self.folder.folder, self.seeds)
        except AuthoringError as error:  # the solution itself does not run; the sentence has its line
            why = Text(en=str(error), ja=error.in_("ja"))
            return Demand(self.exercise.id, asked, (Fault(*self.place("NAMES"), why),))
        faults = tuple(Fault(*((one.file, one.line) if one.file else self.place(one.check)), one.text) for one in found)
        return Demand(self.exercise.id, asked, faults)

    def right_is_right(self) -> Demand:
        right = self.exercise.accepted

        def found() -> Iterator[Found]:
            lost = [*self.faults(demands.faults_of_right, (REFERENCE, *right))]
            names = {one.name for one in lost}
            yield from lost
            yield from self.faults(demands.faults_of_other_values, tuple(one for one in right if one.id not in names))

        return self.demand(
            f"the solution and {len(right)} other right answers earn every point",
            f"解答と、ほかの正解 {len(right)} 個が満点になる",
            found(),
        )

    def mistakes_are_named(self) -> Demand:
        wrong = self.exercise.misconceptions
        asked = self.demand(
            f"{len(wrong)} mistakes lose points and are called by their names",
            f"間違い {len(wrong)} 個が減点され、名前が付く",
            self.faults(demands.faults_of_wrong, wrong),
        )
        unknown = (Fault(self.module, line, text) for line, text in unknown_names(self.exercise, self.module))
        return replace(asked, faults=(*asked.faults, *unknown))

    def checks_can_fail(self) -> Demand:
        def found() -> Iterator[Found]:
            answer, known = self.exercise.answered_in, self.exercise.misconceptions
            fitting = tuple(v for v in known if source.runs(answer, self.exercise.id, v.edits))
            exercise = replace(self.exercise, misconceptions=fitting)
            for name in sorted(demands.checks_that_cannot_fail(self.lesson, exercise)):
                yield Found(
                    name,
                    Text(
                        en=f"no mistake fails the check {name}: perhaps it cannot fail. Add the mistake that it is for, or leave it out.",
                        ja=f"チェック {name} に引っかかる間違いがありません。落ちることがないチェックかもしれません。対応する間違いを加えるか、チェックを外してください。",
                    ),
                )

        return self.demand("every check can fail", "どのチェックにも、引っかかる間違いがある", found())

    def stub_is_worth_nothing(self) -> Demand:
        def found() -> Iterator[Found]:
            points = points_of_stub(self.lesson, self.exercise)
            if points:
                yield Found(
                    "NAMES",
                    Text(
                        en=f"the untouched notebook earns {points:g} points here.",
                        ja=f"何も書いていないノートブックが {points:g} 点になります。",
                    ),
                )

        return self.demand("the untouched notebook earns nothing", "何も書いていないノートブックは 0 点になる", found())

    def nonsense_is_harmless(self) -> Demand:
        def found() -> Iterator[Found]:
            nameless = replace(self.exercise, misconceptions=())
            for name in demands.NONSENSE:
                yield from (Found("NAMES", fault) for fault in demands.faults_of_nonsense(self.lesson, nameless, name))

        return self.demand(
            f"{len(demands.NONSENSE)} kinds of nonsense break nothing and earn nothing much",
            f"でたらめな値 {len(demands.NONSENSE)} 種類でもチェックが壊れず、満点にならない",
            found(),
        )

    def words_are_there(self) -> Demand:
        def found() -> Iterator[Found]:
            exercise = self.exercise
            if not 2 <= len(exercise.starters) <= 3:
                yield Found(
                    "STARTERS",
                    Text(
                        en=f"there are {len(exercise.starters)} STARTERS: two or three help before the first attempt.",
                        ja=f"STARTERS が {len(exercise.starters)} 個です。最初の一歩のヒントは 2〜3 個がちょうどよいです。",
                    ),
                    mends=False,
                )
            yield from self.untranslated()

        return self.demand("hints and words are there", "ヒントと文章がそろっている", found())

    def untranslated(self) -> Iterator[Found]:
        texts = [("TITLE", self.exercise.title), *((check.id, check.text) for check in self.exercise.checks)]
        texts += [(v.id, v.explanation) for v in self.exercise.misconceptions if v.explanation]
        several = len(self.folder.languages) > 1
        for name, text in texts:
            if several and text.en == text.ja:
                en, ja = f"{name} is written in one language only.", f"{name} が片方の言語でしか書かれていません。"
                yield Found(name, Text(en=en, ja=ja), mends=False)
            elif "ja" not in self.folder.languages and is_japanese_prose([text.en], []):
                en, ja = f"{name} is in Japanese, and the lesson is not.", f"{name} が日本語ですが、課題は英語です。"
                yield Found(name, Text(en=en, ja=ja), mends=False)

    def mutants_are_caught(self, seconds: float) -> Demand:
        """Advice only: a mutant may be just as right."""
        until, faults, count = time.monotonic() + seconds, list[Fault](), 0
        first = self.first_line()
        for mutant in mutants_of(self.exercise):
            if time.monotonic() > until:
                break
            count += 1
            if judged(self.lesson, self.exercise, mutant)[0] == "survived":
                changed = told(mutant)
                text = Text(
                    en=f"{changed.en}, every check passes. Is that right too? Then fine; else a check is missing.",
                    ja=f"{changed.ja}も、すべてのチェックを通ります。それも正しいなら問題ありません。そうでなければチェックが足りません。",
                )
                faults.append(
                    Fault(
                        source.place_of(self.exercise.answered_in) or self.module,
                        first + mutant.line,
                        text,
                        mends=False,
                    )
                )
        asked = Text(
            en=f"{count - len(faults)} of {count} small changes of the answer are noticed",
            ja=f"解答の小さな変更 {count} 個のうち {count - len(faults)} 個に気づく",
        )
        return Demand(self.exercise.id, asked, tuple(faults))

    def first_line(self) -> int:
        """The line before the answer's first one."""
        before = 0
        for cell in source.split(source.text_of(self.exercise.answered_in)):
            if source.is_answer(cell, self.exercise.id):
                break
            before += cell.count("\n")
        return before
