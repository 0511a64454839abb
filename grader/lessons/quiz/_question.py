"""A question, and how an answer is read: what people type for true, false, a, b or c, with nothing lost for the form."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.checks import CallFailed, Failure, Text
from grader.model import Fault

Option = bool | str

TRUE = {"true", "t", "yes", "y", "1", "o", "○", "〇", "◯", "⭕", "正", "正しい", "はい"}
FALSE = {"false", "f", "no", "n", "0", "x", "×", "✕", "✖", "✗", "✘", "❌", "誤", "誤り", "正しくない", "いいえ"}
PLACEHOLDERS = {"", "?", "...", "none", "todo", "未回答", "未記入"}
WRAPPING = " .,:()[]「」\"'\t\n"


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """`right` is True, False or a letter; `wrong` explains every other answer, each with the idea it misses."""

    id: str
    topic: Text
    right: Option
    wrong: Mapping[Option, Text]

    @property
    def number(self) -> int:
        return int(self.id.lstrip("q"))

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(sorted((self.right, *self.wrong), key=str))


def read(answers: Any, question: QuizQuestion) -> Option:
    """The answer to one question in the canonical form.

    Raises CallFailed (kind "missing") for a placeholder, Failure for what is none of the question's options.
    """
    if not isinstance(answers, Mapping):
        raise Failure(
            Text(
                en=f'ANSWERS should be a dict such as {{"q01": "a"}}, but it is of type {kind(answers)}.',
                ja=f'ANSWERS は {{"q01": "a"}} のような辞書のはずですが、{kind(answers)} 型でした。',
            )
        )
    given = find(answers, question)
    text = clean(given)
    if given is None or text in PLACEHOLDERS:
        raise CallFailed(Fault("Unanswered", f"{question.id} is not answered yet", kind="missing"))
    option = as_truth(text) if isinstance(question.right, bool) else text
    if option not in question.options:
        raise Failure(not_an_option(question, given))
    return option


def find(answers: Mapping[Any, Any], question: QuizQuestion) -> Any:
    """The entry for the question, whether its key is written "q01", "Q1" or 1."""
    if question.id in answers:
        return answers[question.id]
    for key, value in answers.items():
        digits = unicodedata.normalize("NFKC", str(key)).strip().lower().removeprefix("q")
        if digits.isascii() and digits.isdigit() and digits.lstrip("0") == str(question.number):
            return value
    return None


def clean(given: Any) -> str | None:
    """Full-width letters, capitals, blanks and brackets are no part of an answer."""
    if getattr(given, "type_name", "") == "builtins.ellipsis":
        return ""
    if not isinstance(given, str | bool | int):
        return None
    return unicodedata.normalize("NFKC", str(given)).strip(WRAPPING).lower() if given != "..." else ""


def as_truth(text: str | None) -> bool | str | None:
    if text in TRUE:
        return True
    return False if text in FALSE else text


def not_an_option(question: QuizQuestion, given: Any) -> Text:
    choices = ", ".join(str(option) for option in question.options)
    return Text(
        en=f"The answer to question {question.number} should be one of {choices}, but it is {shown(given)}.",
        ja=f"問 {question.number} の答えは {choices} のどれかのはずですが、{shown(given)} でした。",
    )


def shown(given: Any) -> str:
    return repr(given)[:40] if isinstance(given, str | bool | int | float) else f"<{kind(given)}>"


def kind(value: Any) -> str:
    return str(getattr(value, "type_name", type(value).__name__))
