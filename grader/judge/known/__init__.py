"""Known answers, right and wrong: replayed, recorded, their parameters matched with the student's."""

from grader.judge.known.known_answers import KnownAnswers
from grader.judge.known.protocol import AnswerKey
from grader.judge.known.recorded import RecordedAnswers
from grader.lessons import source
from grader.model import Exercise


def choose_answer_key(exercise: Exercise) -> AnswerKey:
    """The solutions' answers, or in a package without solutions their recorded replies to the public questions."""
    return KnownAnswers(exercise) if source.has_answers(exercise.lesson) else RecordedAnswers(exercise)
