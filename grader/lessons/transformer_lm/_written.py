"""What `generate` writes: how it is read, what it should be, and how often each character is drawn."""

from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, View, properties
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._fakes.language_models import Bigram, Recording

WRITTEN = Text(en="the text written", ja="書いた文")
VOCABULARY = 29


def written(prompt: Tensor, n: int, vocabulary: int, counted: bool = False, whole: bool = False) -> View:
    """Ids (B, T + n) of the vocabulary.

    counted: exactly n are new; else one more or one fewer is read too, for what does not depend on their number.
    whole: the prompt has to stand in front; else what comes without it, (B, n), is read with it.
    """
    batch, length = prompt.shape

    def view(value: Any) -> Tensor:
        found = value if whole else with_prompt(value, prompt, n)
        new = n if counted else new_characters(found, length, n)
        try:
            found = properties.has_shape(found, (batch, length + new), WRITTEN, "(B, T + n)")
        except Failure as failure:
            bare = whole and with_prompt(value, prompt, n) is not value
            name = "only_what_is_new" if bare else MISCOUNTED.get(new_characters(found, length, n) - n)
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
        return ids_of(found, vocabulary)

    return view


MISCOUNTED = {-1: "one_too_few", 1: "one_too_many"}


def ids_of(found: Tensor, vocabulary: int) -> Tensor:
    """Whole numbers, all of them ids of the vocabulary."""
    if found.is_floating_point() or found.is_complex() or not ((found >= 0) & (found < vocabulary)).all():
        raise Failure(
            Text(
                en=f"The text written should hold ids from 0 to {vocabulary - 1}.",
                ja=f"書いた文は 0 から {vocabulary - 1} までの ID のはずです。",
            ),
            Text(
                en="What is appended is the number of a character, int64, as torch.multinomial and argmax give it.",
                ja="足すのは文字の番号（int64）です。torch.multinomial や argmax の結果をそのまま使えます。",
            ),
        )
    return found.long()


def with_prompt(value: Any, prompt: Tensor, n: int) -> Any:
    """New characters alone, n or one more or fewer, behind their prompt; anything else as it is."""
    batch, length = prompt.shape
    if not isinstance(value, Tensor) or value.dim() != 2 or len(value) != batch or value.is_complex():
        return value
    new = abs(value.shape[1] - n) <= 1 and value.shape[1] != length + n
    whole = torch.equal(value[:, :length].double(), prompt.double())
    return torch.cat([prompt.to(value), value], dim=1) if new and not whole else value


def new_characters(found: Any, length: int, n: int) -> int:
    """How many characters stand behind a prompt of this length, if that is one more or fewer than n; else n."""
    new = found.shape[1] - length if isinstance(found, Tensor) and found.dim() == 2 else n
    return new if abs(new - n) <= 1 and new >= 0 else n


def attentive(student: Student, max_len: int) -> Module:
    """A model whose next character follows from everything it has read, in evaluation mode. In training mode it is mistaken."""
    return student.lend(Recording, VOCABULARY, max_len, own=own_model(VOCABULARY, max_len)).eval()


def greedy(student: Student, model: Module, prompt: Tensor, n: int, top_k: int | None = None) -> Tensor:
    """What is written at temperature 0."""
    found: Tensor = student.call("generate", model, prompt, n, 0, top_k, view=written(prompt, n, VOCABULARY))
    return found


def continued(prompt: Tensor, n: int, max_len: int) -> Tensor:
    """What the attentive model writes at temperature 0, character by character."""
    rows = prompt.tolist()
    for row in rows:
        for _ in range(n):
            seen = row[-max_len:]
            row.append(sum((character + 1) * (place + 1) for place, character in enumerate(seen)) % VOCABULARY)
    return torch.tensor(rows)


def as_long_as(found: Tensor, prompt: Tensor, max_len: int) -> Tensor:
    """What the attentive model writes, as many characters as were found: their number is another check's."""
    return continued(prompt, found.shape[1] - prompt.shape[1], max_len)


def shares(student: Student, rows: Tensor, temperature: float, top_k: int | None) -> Tensor:
    """How often each character is written, by a model that after character i always gives the logits rows[i]: (len(rows), V).

    One character is written after each of 6000 prompts, the first characters of the vocabulary in turn. Of a text that is one
    too short there is none: then two are asked for.
    """
    kinds, vocabulary = rows.shape
    table = torch.cat([rows, torch.zeros(vocabulary - kinds, vocabulary)])
    model = student.lend(Bigram, table, 99, own=own_model(vocabulary, 99)).eval()
    prompt = (torch.arange(6000) % kinds).unsqueeze(1)
    for n in (1, 2):
        found = student.call("generate", model, prompt, n, temperature, top_k, view=written(prompt, n, vocabulary))
        if found.shape[1] > 1:
            break
    counts = [torch.bincount(found[kind::kinds, 1], minlength=vocabulary) for kind in range(kinds)]
    return torch.stack(counts) / (6000 // kinds)


def logits(draw: Draw, step: float, vocabulary: int = 5) -> Tensor:
    """(2, V): those of two characters; the second are all far higher, so that they have nothing to do with one another."""
    orders = torch.stack([torch.randperm(vocabulary, generator=draw.generator) for _ in range(2)])
    return step * orders + torch.tensor([[0.0], [9.0]])


def other_text_next_time(student: Student, draw: Draw) -> None:
    """With other random numbers another text is written: of 300 characters of five kinds the same twice is out of the question.

    Raises Failure.
    """
    prompt = draw.integers(0, 5, 60, 1)
    with student.unrecorded():
        model = student.lend(Bigram, torch.zeros(5, 5), 99, own=own_model(5, 99)).eval()
        before = student.call("generate", model, prompt, 5, 1.0, None, view=written(prompt, 5, 5))
        student.seed += 1
        after = student.call("generate", model, prompt, 5, 1.0, None, view=written(prompt, 5, 5))
    if torch.equal(before, after):
        raise Failure(
            Text(
                en="Another call with the same prompt wrote exactly the same text.",
                ja="同じ prompt で呼び直すと、まったく同じ文になりました。",
            ),
            Text(
                en="Where do the random numbers come from, and who sets their seed?",
                ja="乱数はどこから来ていますか。種（seed）を毎回同じ値にしていませんか。",
            ),
            misconception="seed_set_inside",
        )
