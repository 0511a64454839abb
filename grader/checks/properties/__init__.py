"""What tensors, and functions of tensors, must satisfy: a small library that needs torch and nothing else of ours but words.

    from grader.checks import properties
    properties.distribution(weights, dim=-1)              # returns, or raises Failure with what was seen
    properties.causal(model, ids, changed, place=3)       # calls model twice

Each function returns nothing of interest, or raises `Failure` with a rationale in two languages. Shapes and dtypes are
asserted before values, and nothing broadcasts before a comparison. `what` names the tensor in the sentence that the
learner reads.
"""

from grader.checks.properties.attention import (
    blind_to_hidden,
    distribution,
    heads_apart,
    hidden,
    linear_in_values,
    moves,
    scaled_by_root,
    zero_where_all_is_hidden,
)
from grader.checks.properties.functions import (
    batch_independent,
    causal,
    changed_at,
    finite_for_large,
    no_gradient_from_later,
    order_matters,
    padding_invariant,
    permutation_equivariant,
    repeatable,
    unchanged,
)
from grader.checks.properties.learning import (
    CUTS,
    first_loss_near_ln,
    normalised,
    not_cut_off,
    passes_through,
    perplexity,
    reached,
    shifted_by_one,
)
from grader.checks.properties.shown import OUTPUT, WEIGHTS, as_array, compared, matrix, number, sentence
from grader.checks.properties.tensors import (
    ATOL,
    RTOL,
    close,
    equal,
    finite,
    has_shape,
    is_boolean,
    is_floating,
    is_tensor,
)

__all__ = [
    "ATOL",
    "CUTS",
    "OUTPUT",
    "RTOL",
    "WEIGHTS",
    "is_tensor",
    "has_shape",
    "is_floating",
    "is_boolean",
    "finite",
    "equal",
    "close",
    "distribution",
    "hidden",
    "zero_where_all_is_hidden",
    "blind_to_hidden",
    "linear_in_values",
    "scaled_by_root",
    "heads_apart",
    "moves",
    "causal",
    "changed_at",
    "no_gradient_from_later",
    "permutation_equivariant",
    "order_matters",
    "padding_invariant",
    "batch_independent",
    "repeatable",
    "unchanged",
    "finite_for_large",
    "reached",
    "not_cut_off",
    "passes_through",
    "normalised",
    "first_loss_near_ln",
    "perplexity",
    "shifted_by_one",
    "as_array",
    "compared",
    "matrix",
    "number",
    "sentence",
]
