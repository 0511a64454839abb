"""`generate` in somebody's own form, asked as the contract's function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import torch

from grader.matching.payloads.fragments import overridden


class Spoken:
    """The words that a model has read, in the place of the keys and values that it would keep of them."""

    def __init__(self, ids: torch.Tensor) -> None:
        self.ids = ids


class Speaks(torch.nn.Module):
    """The judge's model in the form of the student's, with scores that are this much hotter.

    pair: it gives (scores, what it has read), and goes on from there where that is handed to it again. names: what may be asked
    of it, or of its settings, for how much it reads: `model.config.block_size`.
    """

    def __init__(self, inner: Any, heat: float, pair: bool, names: Sequence[str]) -> None:
        super().__init__()
        self.inner, self.heat, self.pair = inner, heat, pair
        self.config = self.cfg = SimpleNamespace(**dict.fromkeys(names, inner.max_len))
        vars(self).update(vars(self.config))

    def forward(self, idx: torch.Tensor, *others: Any, **named: Any) -> Any:
        before = [part.ids for part in (*others, *named.values()) if isinstance(part, Spoken)]
        whole = torch.cat([*before[:1], idx], dim=1)
        logits = self.inner(whole)[:, -idx.shape[1] :] / self.heat
        return (logits, Spoken(whole)) if self.pair else logits


def gives_pair(own: Any) -> bool:
    with torch.no_grad():
        return isinstance(own(torch.zeros(1, 1, dtype=torch.long)), (list, tuple))


def limit_length(own: Any, names: Sequence[str], limit: int) -> None:
    """Set the attributes that say how much a model reads: `self.block_size`, `self.config.block_size`."""
    for owner in (own, getattr(own, "config", None), getattr(own, "cfg", None)):
        for name in names:
            if type(getattr(owner, name, None)) is int:
                object.__setattr__(owner, name, limit)


FIRST, MANY = 0x4E00, 2000  # a letter for each id: no digit, no blank, nothing that a tokenizer would cut or strip


READS = {"stoi", "itos", "encode", "decode", "tokenizer"}


def text_of(ids: Any) -> str:
    return "".join(chr(FIRST + int(i)) for i in ids)


def ids_of(text: str) -> list[int]:
    return [ord(letter) - FIRST for letter in text]


def alphabet() -> dict[str, Any]:
    """What makes ids of a text and a text of ids, by what it is."""
    numbers = {chr(FIRST + i): i for i in range(MANY)}
    letters = {i: letter for letter, i in numbers.items()}
    made = {"stoi": numbers, "itos": letters, "encode": ids_of, "decode": text_of}
    whole = SimpleNamespace(
        **made, vocab_size=MANY, char_to_idx=numbers, idx_to_char=letters, char2idx=numbers, idx2char=letters
    )
    return made | {"tokenizer": whole}


def wrap_generate(
    theirs: Callable[..., Any], given: dict[str, Any], spec: dict[str, Any], namespace: dict[str, Any]
) -> Callable[..., Any]:
    """A function, or a model's method, as `generate(model, prompt, n, temperature, top_k)`.

    given: what builds the student's model; spec: `method`, its name, or ""; `given`, the role of each parameter;
    `required`, those without a default; `attributes` and `limits`, the attributes and globals that say how much is
    read; `pair`, as in `Speaks`; `texts`, "listed" or "text" where it takes the ids of one text as a list, or the text itself;
    `letters`, the globals by which it reads and writes texts.
    """

    def generate(model: Any, prompt: torch.Tensor, n: int, temperature: float = 1.0, top_k: int | None = None) -> Any:
        model.eval()  # whose turn that is, the form does not say
        heat = temperature if temperature > 0 else 1e-4
        hotter = 1.0 if "temperature" in spec["given"].values() else heat
        if spec["method"]:
            own = theirs(**given).eval()
            speaks = Speaks(model, hotter, gives_pair(own), ["max_len", *spec["attributes"]])
            limit_length(own, spec["attributes"], model.max_len)
            own.forward = speaks.forward
            call = getattr(own, spec["method"])
        else:
            call, speaks = theirs, Speaks(model, hotter, spec["pair"], ["max_len", *spec["attributes"]]).eval()
        values = {"model": speaks, "prompt": prompt.clone(), "n": n, "temperature": heat, "top_k": top_k}
        values |= {
            "length": model.max_len,
            "no word": -1,
            "yes": True,
            "all of it": 1.0,
            "nothing": None,
            "off": False,
            "cpu": "cpu",
        }
        texts = spec["texts"]
        reads = spec["letters"] or READS & {*spec["given"].values()}
        letters = alphabet() if reads else {}  # thousands of entries, and most forms read none
        values |= letters
        if top_k is None and any(spec["given"].get(p) == "top_k" for p in spec["required"]):
            with torch.no_grad():  # of all of them, where a number has to be told
                values["top_k"] = model(torch.zeros(1, 1, dtype=torch.long)).shape[-1]
        roles = {p: role for p, role in spec["given"].items() if values[role] is not None or p in spec["required"]}
        limits = dict.fromkeys(spec["limits"], model.max_len)
        limits |= {name: letters[kind] for name, kind in spec["letters"].items()} if texts == "text" else {}
        with overridden(namespace, limits, whole=False), torch.no_grad():
            known = {p: values[role] for p, role in roles.items()}
            prompts = [p for p, role in roles.items() if role == "prompt"]
            if not texts:
                return call(**known)
            asked = [text_of(ids) if texts == "text" else ids.tolist() for ids in prompt]
            found = [call(**known | dict.fromkeys(prompts, one)) for one in asked]
            found = [ids_of(one) for one in found] if texts == "text" else found
            return torch.stack([torch.as_tensor(one) for one in found])

    return generate
