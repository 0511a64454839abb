"""Each property, on a right tensor or function and on a wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import properties, slopes
from grader.errors import Failure

B, T, S, D, N = 3, 5, 7, 8, 2


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def fails(call: Callable[[], object]) -> Failure:
    """The failure that `call` must end in, with words in both languages."""
    with pytest.raises(Failure) as caught:
        call()
    failure = caught.value
    assert failure.rationale.en and failure.rationale.ja and failure.rationale.en != failure.rationale.ja
    return failure


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)


def look(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.mT / query.size(-1) ** 0.5).softmax(-1)


PAST = torch.ones(T, T, dtype=torch.bool).tril()


def backwards(x: Tensor) -> Tensor:
    """A causal mean, and so not equivariant."""
    return x.cumsum(1) / torch.arange(1, x.shape[1] + 1).view(1, -1, 1)


# --- one tensor ----------------------------------------------------------------------------------


def test_only_a_tensor_is_a_tensor() -> None:
    """is_tensor gives the tensor back and names the type of anything else."""
    assert properties.is_tensor(PAST) is PAST
    assert "str" in fails(lambda: properties.is_tensor("no")).rationale.en


def test_shapes_are_exact() -> None:
    """has_shape wants exactly the shape, with no broadcasting."""
    properties.has_shape(normal(B, T), (B, T))
    assert "(3, 1)" in fails(lambda: properties.has_shape(normal(B, 1), (B, T))).rationale.en


def test_kinds_of_numbers() -> None:
    """is_floating and is_boolean look at the dtype alone."""
    properties.is_floating(normal(2))
    properties.is_boolean(PAST)
    fails(lambda: properties.is_floating(PAST))
    fails(lambda: properties.is_boolean(PAST.float()))


def test_finite_points_at_the_first_nan() -> None:
    """finite says where the first NaN or infinity stands."""
    x = normal(2, 3)
    properties.finite(x)
    x[1, 2] = math.nan
    assert "[1, 2]" in fails(lambda: properties.finite(x)).rationale.en


def test_equal_is_to_the_precision_of_float32() -> None:
    """equal lets rounding pass and nothing else, and never broadcasts."""
    x = normal(2, 3)
    properties.equal(x + 1e-6, x)
    fails(lambda: properties.equal(x + 0.01, x))
    fails(lambda: properties.equal(x[:1], x))


# --- attention -----------------------------------------------------------------------------------


def test_distribution_runs_over_the_right_axis() -> None:
    """Rows sum to one over the keys; a softmax over the queries is told apart."""
    scores = normal(B, T, S)
    properties.distribution(scores.softmax(-1))
    fails(lambda: properties.distribution(scores.softmax(-2)))
    fails(lambda: properties.distribution(scores))


def test_hidden_keys_get_nothing() -> None:
    """A score of -inf leaves no weight, one of 0 does."""
    scores = normal(B, N, T, T)
    properties.hidden(scores.masked_fill(~PAST, -math.inf).softmax(-1), PAST)
    fails(lambda: properties.hidden(scores.masked_fill(~PAST, 0.0).softmax(-1), PAST))


def test_a_query_that_sees_nothing_gives_zero() -> None:
    """A row with every key hidden is zero; the mean of the values, or NaN, is not."""
    mask = torch.ones(B, T, S, dtype=torch.bool)
    mask[1, 2] = False
    output = normal(B, T, D)
    fails(lambda: properties.zero_where_all_is_hidden(output, mask))
    output[1, 2] = math.nan
    fails(lambda: properties.zero_where_all_is_hidden(output, mask))
    output[1, 2] = 0
    properties.zero_where_all_is_hidden(output, mask)


def test_what_is_hidden_has_no_influence() -> None:
    """Changed keys and values behind the mask do not move the output, unless the mask comes after the softmax."""
    query, key, value = normal(B, T, D), normal(B, S, D, seed=1), normal(B, S, D, seed=2)
    seen = torch.arange(S) < 4
    changed = (torch.where(seen[:, None], key, 9.0), torch.where(seen[:, None], value, -9.0))

    def late(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return look(q, k).masked_fill(~seen, 0.0) @ v

    properties.blind_to_hidden(lambda q, k, v: attend(q, k, v, seen.expand(T, S)), query, key, value, changed)
    fails(lambda: properties.blind_to_hidden(late, query, key, value, changed))


def test_attention_is_linear_in_the_values() -> None:
    """A weighted mean is linear in what it averages; normalising the values is not."""
    query, key, one, other = normal(B, T, D), normal(B, S, D, seed=1), normal(B, S, D, seed=2), normal(B, S, D, seed=3)
    properties.linear_in_values(attend, query, key, one, other)
    fails(lambda: properties.linear_in_values(lambda q, k, v: attend(q, k, F.normalize(v)), query, key, one, other))


@pytest.mark.parametrize("power", [0.0, 1.0, 0.25])
def test_the_scale_is_the_root_of_the_width(power: float) -> None:
    """Only the square root of the width keeps the weights when the width grows."""
    query, key = normal(B, T, D), normal(B, S, D, seed=1)
    properties.scaled_by_root(look, query, key)
    fails(lambda: properties.scaled_by_root(lambda q, k: (q @ k.mT / q.size(-1) ** power).softmax(-1), query, key))


def test_heads_do_not_touch_each_other() -> None:
    """Columns of one head move that head's weights alone; a view that cuts along time moves all."""
    x = normal(B, 6, D)
    changed = x.clone()
    changed[..., :4] += 1 + normal(B, 6, 4, seed=1)

    def split(y: Tensor) -> Tensor:
        return y.unflatten(-1, (N, -1)).transpose(1, 2)

    def scrambled(y: Tensor) -> Tensor:
        return y.reshape(B, N, 6, -1)

    properties.heads_apart(lambda y: look(split(y), split(y)), x, changed, 0, slice(0, 4))
    fails(lambda: properties.heads_apart(lambda y: look(scrambled(y), scrambled(y)), x, changed, 0, slice(0, 4)))
    fails(lambda: properties.heads_apart(lambda _: look(split(x), split(x)), x, changed, 0, slice(0, 4)))


# --- functions of a sequence ---------------------------------------------------------------------


@pytest.mark.parametrize("place", [1, T - 1])
def test_causal_functions_do_not_look_ahead(place: int) -> None:
    """Under the mask earlier outputs stay; off by one they move; and a function that ignores its input does not pass."""
    x = normal(B, T, D)
    changed = properties.changed_at(x, place)
    properties.causal(lambda y: attend(y, y, y, PAST), x, changed, place)
    late = torch.ones(T, T, dtype=torch.bool).tril(1)
    fails(lambda: properties.causal(lambda y: attend(y, y, y, late), x, changed, place))
    fails(lambda: properties.causal(lambda y: torch.zeros_like(y), x, changed, place))


def test_changed_at_changes_one_place() -> None:
    """changed_at gives ids of the vocabulary, or other numbers, at one time in every row."""
    ids = torch.arange(B * T).reshape(B, T)
    assert ((properties.changed_at(ids, 2, B * T) != ids).sum(0) == torch.tensor([0, 0, B, 0, 0])).all()
    assert (properties.changed_at(ids, 2, B * T) < B * T).all()
    assert (properties.changed_at(normal(B, T, D), 2) != normal(B, T, D)).any(-1).sum() == B


def test_no_gradient_comes_from_the_future() -> None:
    """The gradient of an output is exactly zero for later inputs under the mask, and not without it."""

    def gradient(mask: Tensor | None) -> Tensor | None:
        x = normal(B, T, D).requires_grad_()
        attend(x, x, x, mask)[:, 2].sum().backward()  # type: ignore[no-untyped-call]
        return x.grad

    properties.no_gradient_from_later(gradient(PAST), 2)
    fails(lambda: properties.no_gradient_from_later(gradient(None), 2))
    fails(lambda: properties.no_gradient_from_later(None, 2))


def test_order_counts_only_with_positions() -> None:
    """Attention alone is equivariant under permutation; with a position added it is not."""
    x, order = normal(B, T, D), torch.tensor([3, 0, 4, 1, 2])
    positions = normal(T, D, seed=4)

    def bag(y: Tensor) -> Tensor:
        return attend(y, y, y)

    def placed(y: Tensor) -> Tensor:
        return bag(y + positions)

    properties.permutation_equivariant(bag, x, order)
    properties.order_matters(placed, x, order)
    fails(lambda: properties.permutation_equivariant(placed, x, order))
    fails(lambda: properties.order_matters(bag, x, order))


def test_padding_changes_nothing() -> None:
    """A causal mean does not feel what comes after; a plain mean does."""
    x = normal(B, T, D)
    padded = torch.cat([x, torch.full((B, 2, D), 5.0)], dim=1)
    properties.padding_invariant(backwards, x, padded)
    fails(lambda: properties.padding_invariant(lambda y: y - y.mean(1, keepdim=True), x, padded))


def test_rows_of_a_batch_are_independent() -> None:
    """A function that normalises over the batch gives the last row another value when it comes alone."""
    x = normal(B, T, D)
    properties.batch_independent(backwards, x)
    fails(lambda: properties.batch_independent(lambda y: y - y.mean(0, keepdim=True), x))


def test_evaluation_is_repeatable() -> None:
    """Two equal results pass, results with dropout left on do not."""
    torch.manual_seed(0)
    x = normal(B, T)
    properties.repeatable(x, x.clone())
    fails(lambda: properties.repeatable(F.dropout(x), F.dropout(x)))


def test_inputs_stay_as_they_were() -> None:
    """An input that was changed in place is noticed."""
    x, mask = normal(B, T), PAST
    properties.unchanged([x, mask], [x.clone(), mask.clone()], properties.OUTPUT)
    fails(lambda: properties.unchanged([x, mask], [x + 1, mask], properties.OUTPUT))


def test_large_inputs_stay_finite() -> None:
    """The softmax of torch survives large scores, a naive one overflows."""
    properties.finite_for_large(lambda x: x.softmax(-1), normal(B, T))
    fails(lambda: properties.finite_for_large(lambda x: x.exp() / x.exp().sum(-1, keepdim=True), normal(B, T)))


def test_moves_wants_a_difference() -> None:
    """moves is content with any change and with nothing less."""
    properties.moves(normal(2), normal(2, seed=1))
    fails(lambda: properties.moves(normal(2), normal(2)))


# --- learning ------------------------------------------------------------------------------------


def test_gradients_reach_every_parameter() -> None:
    """A missing gradient, or a matrix of zeros, is a parameter that does not take part; a zero vector may be."""
    properties.reached({"weight": normal(2, 2), "bias": torch.zeros(2)})
    assert "w_o" in fails(lambda: properties.reached({"w_o": None})).rationale.en
    fails(lambda: properties.reached({"w_o": torch.zeros(2, 2)}))


def test_gradients_say_how_the_output_moves() -> None:
    """None is missing; of a parameter of which it is cut off, on one of its ways back or on all, the name is said."""
    properties.not_cut_off([])
    assert "emb.weight" in fails(lambda: properties.not_cut_off(["emb.weight"])).rationale.en
    start = {"a": normal(3, 3), "b": normal(3)}
    pull = [normal(4, 3)]
    x = normal(4, 3)

    def value_at(changed: dict[str, Tensor]) -> Tensor:
        now = {**start, **changed}
        return (x @ now["a"] + now["b"]).tanh() @ now["a"]

    def gradients(cut: bool) -> dict[str, Tensor]:
        a, b = (start[name].clone().requires_grad_() for name in "ab")
        hidden = (x @ a + b).tanh()
        (((hidden.detach() if cut else hidden) @ a) * pull[0]).sum().backward()
        return {name: w.grad for name, w in (("a", a), ("b", b)) if w.grad is not None}

    def cut_off(cut: bool) -> list[str]:
        return slopes.cut_off(gradients(cut), start, value_at, [pull[0]], torch.Generator().manual_seed(1))

    assert cut_off(cut=False) == [] and cut_off(cut=True) == ["a", "b"]


def test_silent_blocks_let_the_input_pass() -> None:
    """The identity and a normalisation pass; a block that lost its residual connection gives zeros."""
    x = normal(B, T, D)
    properties.passes_through(x.clone(), x)
    properties.passes_through(F.layer_norm(F.layer_norm(x, (D,)), (D,)), x)
    fails(lambda: properties.passes_through(torch.zeros_like(x), x))


def test_normalisation_divides_by_the_width() -> None:
    """layer_norm has variance 1 with divisor D; the unbiased variance gives another."""
    x = 3 + 2 * normal(B, T, D)
    properties.normalised(F.layer_norm(x, (D,)))
    fails(lambda: properties.normalised((x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True)))
    fails(lambda: properties.normalised(x))


def test_the_first_loss_is_near_ln_v() -> None:
    """ln V passes, the sum over a batch and NaN do not."""
    properties.first_loss_near_ln(math.log(50) + 0.3, 50)
    fails(lambda: properties.first_loss_near_ln(8 * math.log(50), 50))
    fails(lambda: properties.first_loss_near_ln(math.nan, 50))


def test_perplexity_weighs_every_token_alike() -> None:
    """On uneven batches the mean of means and the mean of exponentials are other numbers."""
    losses = [torch.full((9,), 1.0), torch.full((1,), 5.0)]
    properties.perplexity(math.exp(1.4), losses)
    fails(lambda: properties.perplexity(math.exp(3.0), losses))
    fails(lambda: properties.perplexity((9 * math.exp(1.0) + math.exp(5.0)) / 10, losses))


@pytest.mark.parametrize("gap", [0, 2])
def test_targets_are_shifted_by_exactly_one(gap: int) -> None:
    """One token later passes; the same token, or two later, does not."""
    text = torch.arange(20)
    properties.shifted_by_one(text[None, :10], text[None, 1:11])
    fails(lambda: properties.shifted_by_one(text[None, :10], text[None, gap : 10 + gap]))


def test_the_list_of_public_names_is_complete() -> None:
    """Everything in __all__ exists and every function stands in it and in the page of the docs."""
    from pathlib import Path

    page = (Path(__file__).parents[1] / "docs" / "properties.md").read_text(encoding="utf-8")
    functions = {name for name, value in vars(properties).items() if callable(value)}
    assert functions <= set(properties.__all__)
    assert all(hasattr(properties, name) for name in properties.__all__)
    assert not [name for name in functions if f"`{name}(" not in page]
