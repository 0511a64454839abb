"""Parameters of other people's models, matched to ours by shape, place and role."""

from __future__ import annotations

import time

import pytest
import torch
from torch import Tensor

from grader.judge.known.parameters import assignments, behaviour

D, F, H, V = 15, 33, 5, 29
Layers = dict[str, Tensor]


def linear(name: str, out: int = D, into: int = D, bias: bool = True) -> Layers:
    weight = {f"{name}.weight": torch.randn(out, into)}
    return weight | {f"{name}.bias": torch.randn(out)} if bias else weight


def together(*parts: Layers) -> Layers:
    return {name: tensor for part in parts for name, tensor in part.items()}


def attention(prefix: str = "") -> Layers:
    return together(*(linear(f"{prefix}w_{role}") for role in "qkvo"))


def norm(name: str, gain: str = "gain", shift: str = "shift") -> Layers:
    return {f"{name}.{gain}": torch.randn(D), f"{name}.{shift}": torch.randn(D)}


def block(prefix: str) -> Layers:
    stages = linear(f"{prefix}feed_forward.0", F, D), linear(f"{prefix}feed_forward.2", D, F)
    return together(attention(f"{prefix}attention."), *stages, norm(f"{prefix}norm1"), norm(f"{prefix}norm2"))


@pytest.mark.parametrize(
    "names",
    [
        ("query", "key", "value", "out"),
        ("W_q", "W_k", "W_v", "W_o"),
        ("fc1", "fc2", "fc3", "fc4"),
        ("q_proj", "k_proj", "v_proj", "out_proj"),
        ("to_q", "to_k", "to_v", "to_out"),
        ("linears.0", "linears.1", "linears.2", "linears.3"),
    ],
)
def test_the_likeliest_projections_come_first(names: tuple[str, ...]) -> None:
    """Names that say a role, or stand in the usual order, are matched at the first attempt, and all 24 orders follow."""
    source = together(*(linear(name) for name in names))
    shuffled = dict(sorted(source.items())) if names[0] == "query" else source
    found = assignments(shuffled, attention())
    assert len(found) == 24
    for role, name in zip("qkvo", names, strict=True):
        assert torch.equal(found[0][f"w_{role}.weight"], source[f"{name}.weight"])
        assert torch.equal(found[0][f"w_{role}.bias"], source[f"{name}.bias"])


def test_a_fused_projection_is_cut_apart() -> None:
    """The library's in_proj_weight (3 D, D) becomes query, key and value."""
    source = together(
        {"self_attn.in_proj_weight": torch.randn(3 * D, D), "self_attn.in_proj_bias": torch.randn(3 * D)},
        linear("self_attn.out_proj"),
    )
    found = assignments(source, attention())[0]
    assert torch.equal(found["w_k.weight"], source["self_attn.in_proj_weight"][D : 2 * D])
    assert torch.equal(found["w_v.bias"], source["self_attn.in_proj_bias"][2 * D :])
    assert torch.equal(found["w_o.weight"], source["self_attn.out_proj.weight"])


def test_a_fused_projection_beside_a_gru_is_cut_apart() -> None:
    """A GRU's own (3 H, H) stays whole, though the shape is the same: the name tells which of the two is cut."""
    gru = {"cell.weight_ih": torch.randn(3 * D, 2 * D), "cell.weight_hh": torch.randn(3 * D, D)}
    fused = {"mha.in_proj_weight": torch.randn(3 * D, D), "mha.in_proj_bias": torch.randn(3 * D)}
    found = assignments(together(gru, fused, linear("mha.out_proj")), together(gru, attention()))[0]
    assert torch.equal(found["cell.weight_hh"], gru["cell.weight_hh"])
    assert torch.equal(found["w_q.weight"], fused["mha.in_proj_weight"][:D])


def test_projections_along_an_axis_of_three_are_cut_apart() -> None:
    """nn.Parameter(torch.randn(3, heads, d, d_h)) holds query, key and value one behind the other."""
    source = {"w_in": torch.randn(3, 3, D, H), "w_out": torch.randn(3, H, D)}
    x, found = torch.randn(2, 4, D), assignments(source, attention())[0]
    split = (x @ found["w_v.weight"].T).unflatten(-1, (3, H)).transpose(1, 2)
    assert torch.allclose(split, torch.einsum("btd,nde->bnte", x, source["w_in"][2]), atol=1e-5)


def test_a_matrix_for_each_head_is_joined() -> None:
    """heads.0.key, heads.1.key, ... are the rows of one matrix; missing biases become zero."""
    roles = ("key", "query", "value")
    source = together(
        *(linear(f"heads.{i}.{role}", H, D, bias=False) for i in range(3) for role in roles), linear("proj")
    )
    found = assignments(source, attention())[0]
    assert torch.equal(found["w_q.weight"][H : 2 * H], source["heads.1.query.weight"])
    assert not found["w_q.bias"].any() and torch.equal(found["w_o.bias"], source["proj.bias"])


def test_tensors_for_einsum_are_read_as_layers() -> None:
    """(N, D, d_h) is a projection into N heads, (N, d_h, D) the way back."""
    source = {
        "q": torch.randn(3, D, H),
        "k": torch.randn(3, D, H),
        "v": torch.randn(3, D, H),
        "o": torch.randn(3, H, D),
    }
    x, heads = torch.randn(2, 4, D), torch.randn(2, 3, 4, H)
    found = assignments(source, attention())[0]
    split = (x @ found["w_k.weight"].T).unflatten(-1, (3, H)).transpose(1, 2)
    assert torch.allclose(split, torch.einsum("btd,nde->bnte", x, source["k"]), atol=1e-5)
    merged = heads.transpose(1, 2).flatten(2) @ found["w_o.weight"].T
    assert torch.allclose(merged, torch.einsum("bnte,ned->btd", heads, source["o"]), atol=1e-5)


def test_heads_may_stand_behind_or_before_the_width() -> None:
    """einsum("btd,dnh->bnth") has (D, N, d_h) and einsum("btd,nhd->bnth") (N, d_h, D), and the way back one of the two turned round."""
    x, heads = torch.randn(2, 4, D), torch.randn(2, 3, 4, H)
    there = {"q": (D, 3, H), "k": (D, 3, H), "v": (D, 3, H), "o": (3, H, D)}
    back = {"q": (3, H, D), "k": (3, H, D), "v": (3, H, D), "o": (D, 3, H)}
    for shapes, into, out in (there, "btd,dnh->bnth", "bnth,nhd->btd"), (back, "btd,nhd->bnth", "bnth,dnh->btd"):
        source = {name: torch.randn(shape) for name, shape in shapes.items()}
        found = assignments(source, attention())
        split = torch.einsum(into, x, source["k"]).transpose(1, 2).flatten(2)
        merged = torch.einsum(out, heads, source["o"])
        ways = [(x @ way["w_k.weight"].T, heads.transpose(1, 2).flatten(2) @ way["w_o.weight"].T) for way in found]
        assert any(torch.allclose(a, split, atol=1e-5) and torch.allclose(b, merged, atol=1e-5) for a, b in ways)


def test_a_bias_for_each_head_is_one_row() -> None:
    """A bias (N, 1, d_h), added to the heads, is that of the projection, and its numbers find their places on a level too."""
    source = {name: torch.randn(3, D, H) for name in ("wq", "wk", "wv")}
    source |= {"wo": torch.randn(3, H, D), "bq": torch.randn(3, 1, H)}
    found = assignments(source, attention())
    assert torch.equal(found[0]["w_q.bias"], source["bq"].flatten())
    filled = next(behaviour.find_fillings(source, found))
    assert filled.level["bq"].shape == (3, 1, H) and "bq" in filled.stirred


@pytest.mark.parametrize("beside", [False, True])
def test_keys_and_values_of_one_layer_are_cut_apart(beside: bool) -> None:
    """kv.weight (2 D, D), or (D, 2 D) of a layer that multiplies from the right, holds both."""
    both = {"kv.weight": torch.randn(D, 2 * D) if beside else torch.randn(2 * D, D), "kv.bias": torch.randn(2 * D)}
    source = together(linear("q"), both, linear("o"))
    kinds = dict.fromkeys(source, "Conv1D" if beside else "torch.Linear")
    found = assignments(source, attention(), kinds)
    key = both["kv.weight"].chunk(2, dim=int(beside))[0]
    ways = [way["w_k.weight"] for way in found]
    assert any(torch.equal(way, key.T if beside else key) for way in ways)
    assert torch.equal(found[0]["w_v.bias"], both["kv.bias"][D:])


def test_gain_and_shift_may_be_one_parameter() -> None:
    """nn.Parameter(torch.stack([ones, zeros])) (2, D) is the gain above the shift."""
    source = {"norm.affine": torch.stack([torch.ones(D), torch.zeros(D)])}
    found = assignments(source, norm("norm"))
    assert any(torch.equal(way["norm.gain"], source["norm.affine"][0]) for way in found)


@pytest.mark.parametrize(("kind", "turned"), [("torch.Linear", False), ("Conv1D", True), ("Linear", True)])
def test_only_torch_is_known_to_keep_what_comes_out_in_front(kind: str, turned: bool) -> None:
    """`x @ self.weight` in a layer of one's own is read transposed as well, whatever the layer is called."""
    source = together(*(linear(role) for role in "qkvo"))
    found = assignments(source, attention(), dict.fromkeys(source, kind))
    assert any(torch.equal(way["w_q.weight"], source["q.weight"].T) for way in found) == turned


def test_a_layer_without_vectors_has_no_biases() -> None:
    """look.q, look.k, look.v and look.o are matrices alone: the biases of the norms beside them stay there."""
    source = together({f"look.{role}": torch.randn(D, D) for role in "qkvo"}, norm("add.norm"))
    found = assignments(source, together(attention("look."), norm("norm")))[0]
    assert not found["look.w_q.bias"].any() and torch.equal(found["norm.shift"], source["add.norm.shift"])


def test_a_kernel_may_lie_in_any_order() -> None:
    """(k, E, C) of one's own is a convolution's (C, E, k)."""
    source = {"kernel": torch.randn(3, 7, 11), "b": torch.randn(11)}
    found = assignments(source, {"conv.weight": torch.randn(11, 7, 3), "conv.bias": torch.randn(11)})
    assert any(torch.equal(way["conv.weight"], source["kernel"].permute(2, 1, 0)) for way in found)


def test_a_stack_keeps_its_order_and_its_pairs() -> None:
    """In a deep model with names of its own every parameter finds its place at the first attempt, within a second."""
    ours = together(*(block(f"blocks.{i}.") for i in range(3)), norm("norm"), linear("head", V, D))
    words = {
        "blocks": "layers", "attention.": "mha.", "w_q": "query", "w_k": "key", "w_v": "value", "w_o": "proj",
        "feed_forward.0": "mlp.fc1", "feed_forward.2": "mlp.fc2", "norm1": "ln_1", "norm2": "ln_2", "gain": "gamma",
        "shift": "beta", "head": "lm",
    }  # fmt: skip
    theirs, twins = {}, {}
    for name in reversed(ours):
        new = name
        for mine, other in words.items():
            new = new.replace(mine, other)
        theirs[new], twins[name] = torch.randn_like(ours[name]), new
    began = time.monotonic()
    found = assignments(theirs, ours)[0]
    assert time.monotonic() - began < 5
    assert all(torch.equal(found[name], theirs[twin]) for name, twin in twins.items())


def test_a_norm_without_gain_has_gain_one() -> None:
    """What is left out is what changes nothing: zero for a shift, one for a gain."""
    source = together(*(linear(name) for name in ("query", "key", "value", "out")))
    found = assignments(source, together(attention(), norm("norm")))[0]
    assert (found["norm.gain"] == 1).all() and (found["norm.shift"] == 0).all()


def test_bare_matrices_may_all_lie_on_their_side() -> None:
    """Parameters that are no layer's weight are tried transposed, all of them alike."""
    source = {name: torch.randn(D, D) for name in ("Wq", "Wk", "Wv", "Wo")}
    found = assignments(source, attention())
    assert any(all(torch.equal(way[f"w_{role}.weight"], source[f"W{role}"].T) for role in "qkvo") for way in found)


@pytest.mark.parametrize("extra", [{"more.weight": torch.zeros(D, D)}, {"table": torch.zeros(256, D)}])
def test_what_does_not_fit_is_refused_at_once(extra: Layers) -> None:
    """A parameter too many, or one of another size, gives no matching, and no search for one."""
    ours = together(*(block(f"blocks.{i}.") for i in range(6)), {"table.weight": torch.randn(V, D)})
    theirs = {name: tensor for name, tensor in ours.items() if name != "table.weight"} | extra
    began = time.monotonic()
    assert not assignments(theirs, ours)
    assert time.monotonic() - began < 5


def test_the_tie_nearest_the_root_is_tried_both_ways_early() -> None:
    """However many ties lie deeper: an embedding and an output layer of one shape change places within a few matchings."""
    ours = together(linear("embedding", V, D, bias=False), *(block(f"blocks.{i}.") for i in range(2)))
    ours |= linear("head", V, D)
    theirs = {name.replace("embedding", "zz").replace("head", "embedding"): w for name, w in ours.items()}
    theirs = {name.replace("zz", "out"): tensor for name, tensor in theirs.items()}
    found = assignments(theirs, ours)
    assert any(torch.equal(way["embedding.weight"], theirs["out.weight"]) for way in (found[i] for i in range(4)))


def test_the_kind_of_a_module_orders_the_search() -> None:
    """Where names say nothing, a table of embeddings is tried for one first."""
    theirs = {"a.weight": torch.randn(V, D), "b.weight": torch.randn(V, D)}
    ours = {"embedding.weight": torch.randn(V, D), "head.weight": torch.randn(V, D)}
    kinds = (
        {"a.weight": "torch.Linear", "b.weight": "torch.Embedding"},
        {"embedding.weight": "torch.Embedding", "head.weight": "torch.Linear"},
    )
    found = assignments(theirs, ours, *kinds)
    assert torch.equal(found[0]["embedding.weight"], theirs["b.weight"])
    assert len(found) == 2 and found.complete


def test_a_level_is_the_same_however_it_is_read() -> None:
    """Cut apart, turned round or as they are: the student's tensors on a level are read as ours on theirs."""
    source = together(
        {"z.in_proj_weight": torch.randn(3 * D, D), "z.in_proj_bias": torch.randn(3 * D)}, linear("z.out_proj")
    )
    found = assignments(source, attention())
    filled = next(behaviour.find_fillings(source, found))
    read = assignments(filled.level, attention()).by(filled.recipe)
    for name, tensor in attention().items():
        assert torch.equal(read[name], behaviour.level_value(name, tensor))
    assert set(filled.stirred) == set(found.source)


@pytest.mark.parametrize("bias", [(), (1,), (1, 1)])
def test_a_vector_may_stand_for_a_layer_with_one_output(bias: tuple[int, ...]) -> None:
    """`self.w = nn.Parameter(torch.zeros(D))` and a bias of any shape with one number are an nn.Linear(D, 1)."""
    source = {"w": torch.randn(D), "b": torch.randn(bias)}
    (found,) = assignments(source, linear("linear", 1, D))
    assert torch.equal(found["linear.weight"][0], source["w"]) and found["linear.bias"].item() == source["b"].item()


def test_a_vector_is_no_matrix_where_it_fits_as_a_vector() -> None:
    """With a bias of its size beside the layer there are still as few matchings as before."""
    ours = linear("hidden", D, F) | linear("score", 1, D)
    assert len(assignments(dict(ours), ours)) == 1


def test_layers_for_vectors_side_by_side_are_one() -> None:
    """`self.of_state(s) + self.of_context(c)` is one Linear over both; two biases are their sum, and which of three is meant nobody says."""
    ours = linear("out", F, 2 * D)
    first, second = linear("of_state", F, D), linear("of_context", F, D)
    (found,) = assignments(first | second, ours)
    assert torch.equal(found["out.weight"], torch.cat([first["of_state.weight"], second["of_context.weight"]], dim=1))
    assert torch.equal(found["out.bias"], first["of_state.bias"] + second["of_context.bias"])
    assert not assignments(first | second | linear("of_word", F, D), ours)


def test_a_matrix_for_each_head_may_be_multiplied_from_the_right() -> None:
    """`x @ key[0]` with key an nn.ParameterList of (D, d_h): side by side they are the transpose of one Linear."""
    source = {f"key.{n}": torch.randn(D, D // 3) for n in range(3)}
    whole = torch.cat(list(source.values()), dim=1)
    found = assignments(source, {"key.weight": torch.randn(D, D)})
    assert any(torch.equal(way["key.weight"], whole.T) for way in found)
