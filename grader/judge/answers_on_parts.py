"""The known answers of an exercise, built on the student's own earlier parts."""

from __future__ import annotations

from typing import Any

from grader.checks.exchange import Exchange
from grader.judge.judged import JudgedExercise
from grader.judge.known.attempts import NOTHING, LeftOut, MatchingChoice
from grader.judge.known.candidates import RIGHT
from grader.judge.known.identification import find_inert
from grader.judge.known.known_answers import KnownAnswers
from grader.judge.stand_ins import StandIns
from grader.lessons import source
from grader.model import Edit, Exercise

WAYS = 8  # matchings of parameters in which a right answer is looked for
NAMINGS = 200  # answers, and then replays, in search of a mistake made on top of an earlier one


class AnswersOnStudentParts(KnownAnswers):
    """The known answers of an exercise, built on the student's earlier parts instead of ours."""

    most = NAMINGS

    def __init__(
        self,
        exercise: Exercise,
        given: source.Given,
        stand_ins: StandIns | None = None,
        bare: AnswersOnStudentParts | None = None,
    ) -> None:
        """given: named mistakes of earlier exercises.

        stand_ins: take the place of earlier parts. bare: the answers without given.
        """
        super().__init__(exercise)
        self.bare = bare
        self.given = given
        self.left, self.pairs_left = NAMINGS, 0  # one mistake on top of the earlier ones is searching enough
        self.stand_ins = stand_ins or StandIns()

    def scope(self, edits: tuple[Edit, ...], double: bool) -> dict[str, Any] | None:
        if (edits, double) not in self.scopes:
            self.scopes[edits, double] = self.fresh(edits, double)
        return self.scopes[edits, double]

    def fresh(self, edits: tuple[Edit, ...], double: bool = False) -> dict[str, Any] | None:
        """The same, made anew: a mistake that keeps something between calls must not remember an earlier question."""
        made = source.namespace(self.exercise.answered_in, self.exercise.id, edits, double, self.given)
        if made is not None:
            made.update(self.stand_ins.names)  # in place: what is defined there reads the names there
        return made

    def right(self, exchanges: list[Exchange]) -> tuple[tuple[Edit, ...], MatchingChoice] | None:
        """An accepted answer that gives the student's values in every exchange, and its matching of the parameters."""
        ways = dict.fromkeys((NOTHING, self.inert, *find_inert(exchanges, self.inert))) if exchanges else ()
        return next(filter(None, (self.right_without(left_out, exchanges) for left_out in ways)), None)

    def right_without(
        self, left_out: LeftOut, exchanges: list[Exchange]
    ) -> tuple[tuple[Edit, ...], MatchingChoice] | None:
        """The same where these parameters of the student are given to nothing."""
        more = list(self.bases)
        for number in range(WAYS):
            way = MatchingChoice(number, told=self.learned, left_out=left_out)
            for base in tuple(more):
                found = self.attempt(base, RIGHT, exchanges, way)
                if found.agrees(exchanges):
                    return None if left_out and self.is_mistake(exchanges, left_out) else (base, way)
                if found.last:
                    more.remove(base)
        return None


def given_of(parts: tuple[JudgedExercise, ...]) -> source.Given:
    return tuple((part.exercise.id, part.named) for part in parts)
