"""What is told of the arguments comes back in the contract's order."""

from __future__ import annotations

from typing import Any

import torch

from grader.matching.match import Argument, Match, plain, translated, turned_back
from grader.model import Interface

ROLES = ("q", "k", "mask")
INTERFACE = Interface("attend", "function", roles=ROLES)


def told(match: Match, args: tuple[Any, ...], extras: dict[str, Any]) -> dict[str, Any]:
    request = {"op": "call", "target": "attend", "args": args, "kwargs": {}}
    return turned_back(match, request, translated(match, request), extras)


def test_arguments_and_gradients_come_back_in_the_contracts_order() -> None:
    """k by place, then q by name: what became of each, and its gradient, stand where the contract has it."""
    arguments = (Argument("query", ("q",), plain("q")), Argument("keys", ("k",), plain("k"), by_place=True))
    q, k, mask = torch.zeros(2, requires_grad=True), torch.ones(3, requires_grad=True), torch.ones(1)
    after = (torch.tensor([5.0] * 3), torch.tensor([7.0] * 2))  # as the student's code has them: keys, query
    found = told(
        Match(INTERFACE, "attend", ROLES, arguments), (q, k, mask), {"inputs": after, "gradients": {"inputs": [*after]}}
    )
    assert [part.tolist() for part in found["inputs"]] == [[7.0] * 2, [5.0] * 3, [1.0]]
    assert [g if g is None else g.tolist() for g in found["gradients"]["inputs"]] == [[7.0] * 2, [5.0] * 3, None]


def test_of_an_argument_in_another_form_nothing_is_known() -> None:
    """(T, B) for (B, T): it is as it was, and there is no list of gradients that could accuse."""
    turned = Argument("keys", ("k",), lambda values: values["k"].T)
    q, k = torch.zeros(2), torch.ones(3, 1, requires_grad=True)
    match = Match(INTERFACE, "attend", ROLES, (Argument("q", ("q",), plain("q")), turned))
    found = told(match, (q, k), {"inputs": (q, k.T * 2), "gradients": {"inputs": [None, k.T]}})
    assert found["inputs"][1] is k
    assert found["gradients"]["inputs"] is None
