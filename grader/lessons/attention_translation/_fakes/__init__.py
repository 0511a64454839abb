"""Fakes of an encoder and a decoder, and how they are handed to the student's code.

What is sent as text stands in modules of its own.
"""

from __future__ import annotations

from typing import Any

from grader.checks import Draw, Module, StandsFor, Student
from grader.lessons.attention_translation._fakes import translators

SOURCE, TARGET, HIDDEN = 19, 23, 11
PADDING, START, STOP = 0, 1, 2
FIRST_WORD = 3


def models(
    student: Student,
    draw: Draw,
    dropout: float = 0.0,
    words: int | None = None,
    start: int = START,
    stop: int = STOP,
    padding: int = PADDING,
) -> tuple[Module, Module]:
    """An encoder and a decoder with drawn parameters, in training mode; without `words` the stop is a word like others.

    padding: the id with which the student's own are made, whose attributes these may be asked for.
    """
    encoder = student.lend(
        translators.Encoder, SOURCE, HIDDEN, dropout, own=own_part("EncoderRNN", SOURCE, padding)
    ).randomise(draw)
    arguments: tuple[Any, ...] = (TARGET, HIDDEN, dropout, words, start, stop)
    return encoder, student.lend(
        translators.Decoder, *arguments, own=own_part("AttnDecoderRNN", TARGET, padding)
    ).randomise(draw)


def echo(student: Student) -> Module:
    return student.lend(translators.Echo, TARGET, own=own_part("AttnDecoderRNN", TARGET))


def own_part(name: str, words: int, padding: int = PADDING) -> StandsFor:
    """The student's encoder or decoder of these sizes."""
    return StandsFor(name, {"vocab_size": words, "emb_size": HIDDEN, "hidden_size": HIDDEN, "padding_idx": padding})
