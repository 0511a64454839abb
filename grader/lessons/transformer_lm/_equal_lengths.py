"""Attention that takes as many keys as queries alone: that costs one check, and the others are asked so."""

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Module, Student, Text
from grader.lessons.transformer_lm._attention import ONE_LENGTH, AttentionSizes, in_form


def in_its_form(student: Student, sizes: AttentionSizes) -> AttentionSizes:
    """The sizes for the student's module; with as many keys as queries where it stops at anything else.

    k = self.w_k(key).view(query.size(0), query.size(1), self.num_heads, -1)
    """
    sizes = in_form(sizes, student.limitations("MultiHeadAttention"))
    equal = in_form(sizes, sizes.limitations | {ONE_LENGTH})
    if sizes == equal:
        return sizes
    with student.unrecorded():
        model = student.module("MultiHeadAttention", d_model=sizes.width, num_heads=sizes.heads).eval()
        found = goes_through(model, sizes) or not goes_through(model, equal)
    return sizes if found else equal


def goes_through(model: Module, sizes: AttentionSizes) -> bool:
    """Whether the module takes inputs of these sizes, with a mask or without."""
    query, key = torch.ones(sizes.batch, sizes.queries, sizes.width), torch.ones(sizes.batch, sizes.keys, sizes.width)
    return any(map(partial(answers, model, query, key, key), ((), sizes.shown())))


def answers(model: Module, query: Tensor, key: Tensor, value: Tensor, mask: tuple[Tensor, ...]) -> bool:
    try:
        model(query, key, value, *mask)
    except CallFailed:
        return False
    return True


def of_one_length_only(student: Student, sizes: AttentionSizes, draw: Draw) -> Failure:
    """What is said of a module that takes as many keys as queries alone."""
    other = replace(sizes, limitations=sizes.limitations - {ONE_LENGTH}, keys=sizes.queries + 1)
    said = ""
    with student.unrecorded():
        model = student.module("MultiHeadAttention", d_model=sizes.width, num_heads=sizes.heads).eval()
        try:
            model(*other.inputs(draw), *other.shown())
        except CallFailed as error:
            said = f"{error.fault.type}: {error.fault.message}"
    return Failure(
        Text(
            en=f"With as many keys as queries it works; with {other.queries} queries and {other.keys} keys it stops: {said}",
            ja=f"query と key の数が同じなら動きますが、query が {other.queries} 個、key が {other.keys} 個では止まります: {said}",
        ),
        Text(
            en="Which line takes the length of the query for that of the key? In a translator the query is the target sentence, the key the source.",
            ja="query の長さを key の長さとして使っている行はどれでしょう。翻訳では、query は訳文、key は原文で、長さが違います。",
        ),
        misconception="equal_lengths_only",
    )
