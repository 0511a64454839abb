"""ANSWERS: question -> True, False or a letter. One check a question, one point each.

A right answer is not commented on. A wrong one is a misconception of its own: it gets the explanation of the idea that
it misses. There is not a tensor in it, so nothing here imports torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.checks import Failure, Text, accepts, check, edit, misconception
from grader.lessons.quiz import _attention, _families, _transformer
from grader.lessons.quiz._question import Option, QuizQuestion, read
from grader.model import Check, Variant

if TYPE_CHECKING:
    from grader.checks import Draw, Student

TITLE = Text(en="Questions on attention and the Transformer", ja="Attention と Transformer の確認")
NAMES = ("ANSWERS",)
HEADINGS = ("quiz", "クイズ")

QUESTIONS = (*_attention.QUESTIONS, *_transformer.QUESTIONS, *_families.QUESTIONS)


def check_of(question: QuizQuestion) -> Check:
    """The check that looks at one answer."""

    def function(student: Student, _draw: Draw) -> None:
        answer = student.value("ANSWERS", view=lambda answers: read(answers, question))
        if answer != question.right:
            raise Failure(seen(question, answer), misconception=wrong_id(question, answer))

    function.__name__ = question.id
    function.__doc__ = f"Question {question.number} is answered correctly: {question.topic.en}."
    return check(points=1, ja=f"問 {question.number}「{question.topic.ja}」に正しく答えている")(function)


def seen(question: QuizQuestion, answer: Option) -> Text:
    return Text(
        en=f"You answered question {question.number} with {answer}, and that is not right.",
        ja=f"問 {question.number} の答え {answer} は正しくありません。",
    )


def wrong_id(question: QuizQuestion, option: Option) -> str:
    return f"{question.id}_{str(option).lower()}"


def misconceptions_of(question: QuizQuestion) -> dict[str, Variant]:
    """Every wrong answer, as the edit of the answer cell that gives it."""
    return {
        wrong_id(question, option): misconception(
            edit(written(question, question.right), written(question, option)), en=text.en, ja=text.ja
        )
        for option, text in question.wrong.items()
    }


def written(question: QuizQuestion, option: Option) -> str:
    return f'"{question.id}": {option}' if isinstance(option, bool) else f'"{question.id}": "{option}"'


for _question in QUESTIONS:
    globals()[_question.id] = check_of(_question)
    globals().update(misconceptions_of(_question))

circles_and_crosses = accepts(edit('"q01": True', '"q01": "○"'), edit('"q04": False', '"q04": "×"'))
words = accepts(edit('"q01": True', '"q01": " true"'), edit('"q04": False', '"q04": "誤り"'))
capitals = accepts(edit('"q02": "b"', '"q02": " B "'), edit('"q03": "a"', '"q03": "Ａ"'))
brackets = accepts(edit('"q02": "b"', '"q02": "(b)"'), edit('"q03": "a"', '"Q3": "a."'))
