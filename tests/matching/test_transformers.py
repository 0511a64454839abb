"""Attention, blocks and language models in the manners of the web: right ones earn all, mistakes keep their names, the rest is a person's."""

from __future__ import annotations

import pytest

from grader.model import Outcome
from tests.drawing import drawn
from tests.matching import transformers as forms
from tests.matching.test_attention import graded, names, outcomes

HEADS, BLOCK, MODEL = "multi_head", "encoder_block", "transformer"
THREE = forms.THREE_INPUTS.replace("SCALE", "self.head_dim")
OWN_SCALE = forms.TYPED_ALONG.replace("SCALE", "C ** -0.5")  # C is the model's width here, not the head's


RIGHT = [
    ("globals", HEADS, forms.TYPED_ALONG_RIGHT),
    ("globals", BLOCK, forms.TYPED_ALONG_RIGHT),
    ("globals", MODEL, forms.TYPED_ALONG_RIGHT),
    ("settings outside", MODEL, forms.SETTINGS_OUTSIDE),
    ("settings in a dict", MODEL, forms.IN_A_DICT_RIGHT),
    ("parts handed in", BLOCK, forms.HANDED_RIGHT),
    ("three inputs", BLOCK, THREE),
    ("lengths", BLOCK, forms.LENGTHS),
    ("time first", BLOCK, forms.TIME_FIRST),
    ("widths of a head", HEADS, forms.WIDTHS_OF_HEADS),
    ("no arguments", HEADS, forms.NO_ARGUMENTS.replace("RESULT", "self.linear(context)")),
    ("norm inside", HEADS, forms.NO_ARGUMENTS.replace("RESULT", "nn.LayerNorm(d_model)(self.linear(context) + Q)")),
]
MORE = [
    ("settings outside", HEADS, forms.SETTINGS_OUTSIDE),
    ("settings outside", BLOCK, forms.SETTINGS_OUTSIDE),
    ("settings in a dict", HEADS, forms.IN_A_DICT_RIGHT),
    ("settings in a dict", BLOCK, forms.IN_A_DICT_RIGHT),
    ("parts handed in", HEADS, forms.HANDED_RIGHT),
    ("parts with types", HEADS, forms.ANNOTATED_TYPES),
    ("parts with types", BLOCK, forms.ANNOTATED_TYPES),
    ("three inputs", HEADS, THREE),
    ("lengths", HEADS, forms.LENGTHS),
    ("a device", HEADS, forms.WITH_DEVICE),
    ("a device", BLOCK, forms.WITH_DEVICE),
    ("fused by head", HEADS, forms.FUSED_BY_HEAD),
    ("fused by head", BLOCK, forms.FUSED_BY_HEAD),
    ("scores in a class", HEADS, forms.IN_CLASSES),
    ("scores in a class", BLOCK, forms.IN_CLASSES),
    ("words of its own", HEADS, forms.OWN_WORDS),
    ("words of its own", BLOCK, forms.OWN_WORDS),
]


@drawn(6)
@pytest.mark.parametrize(
    ("exercise", "source"),
    [pytest.param(*case, id=f"{exercise}, {who}") for who, *case in RIGHT for exercise in case[:1]]
    + [pytest.param(*case, id=f"{exercise}, {who}", marks=pytest.mark.slow) for who, *case in MORE for exercise in case[:1]],
)  # fmt: skip
def test_a_right_answer_earns_all_whatever_it_takes(exercise: str, source: str) -> None:
    """Sizes from globals, from a dict, from an object; parts handed in; lengths, three inputs, time first: all of it is right."""
    assert outcomes(graded(exercise, source)) == {}


def test_an_earlier_try_that_nothing_uses_is_not_judged() -> None:
    """The block that the model is made of is the answer; where the model is made of the earlier one, that is."""
    assert outcomes(graded(BLOCK, forms.LEFT_ASIDE)) == {}
    used = forms.LEFT_ASIDE.replace("[EncoderLayer(", "[EncoderBlock(")
    assert names(graded(BLOCK, used)) == {"one_norm_for_both"}


WRONG = [
    ("globals", HEADS, OWN_SCALE, "scale_by_d_model"),
    ("one small matrix", HEADS, forms.SMALL_MATRIX.replace("SCALE", "self.head_dim"), "one_small_matrix"),
    (
        "one small matrix and the scale",
        HEADS,
        forms.SMALL_MATRIX.replace("SCALE", "self.embed_size"),
        "one_small_matrix_and_scale_by_d_model",
    ),
]
MORE_WRONG = [
    ("own norm", BLOCK, forms.HANDED_UNBIASED, "unbiased_variance"),
    ("three inputs", BLOCK, forms.THREE_INPUTS.replace("SCALE", "self.embed_size"), "attention_scaled_by_d_model"),
    ("globals", BLOCK, OWN_SCALE, "attention_scaled_by_d_model"),
    ("globals", MODEL, OWN_SCALE, "attention_scaled_by_d_model"),
    ("settings in a dict", MODEL, forms.IN_A_DICT.replace("SCALE", "1"), "attention_not_scaled"),
    (
        "residual",
        BLOCK,
        forms.HANDED_RIGHT.replace("x + self.dropout(sublayer(self.norm(x)))", "sublayer(self.norm(x))"),
        "no_residual_at_all",  # both sublayers go through the one connection
    ),
]


@pytest.mark.parametrize(
    ("exercise", "source", "mistake"),
    [pytest.param(*case, id=f"{case[0]}, {who}") for who, *case in WRONG]
    + [pytest.param(*case, id=f"{case[0]}, {who}", marks=pytest.mark.slow) for who, *case in MORE_WRONG],
)
def test_a_mistake_keeps_its_name_in_any_form(exercise: str, source: str, mistake: str) -> None:
    """The one mistake is named and nothing else is, and it fails something."""
    found = graded(exercise, source)
    assert names(found) == {mistake}
    assert Outcome.FAILED in {outcome for outcome, _ in outcomes(found).values()}
    assert Outcome.CRASHED not in {outcome for outcome, _ in outcomes(found).values()}


def test_the_report_says_what_globals_held() -> None:
    """What was put where, and what stands in for what, is told in both languages."""
    told = graded(BLOCK, forms.TYPED_ALONG_RIGHT).assumptions
    assert any("globals (`block_size`, `n_embd`)" in text.en and "グローバル変数" in text.ja for text in told)
    assert any("nn.LayerNorm" in text.en and "nn.LayerNorm" in text.ja for text in told)
    told = graded(BLOCK, forms.HANDED_RIGHT).assumptions
    assert any("`self_attn` was given a `MultiHeadedAttention`" in text.en for text in told)


def test_what_cannot_be_built_at_other_sizes_is_a_persons() -> None:
    """A model whose vocabulary cannot be set is not failed for having another size than ours."""
    fixed = forms.SETTINGS_OUTSIDE.replace("hp.vocab", "31")
    assert {outcome for outcome, _ in outcomes(graded(MODEL, fixed)).values()} == {Outcome.NEEDS_REVIEW}


@pytest.mark.slow
def test_the_librarys_norm_earns_nothing_without_a_block() -> None:
    """nn.LayerNorm stands for a normalisation of one's own only where a block is there that uses it."""
    source = forms.NO_ARGUMENTS.replace("RESULT", "nn.LayerNorm(d_model)(self.linear(context) + Q)")
    assert Outcome.PASSED not in {f.outcome for f in graded(BLOCK, source).findings}


@pytest.mark.slow
def test_another_right_way_is_a_persons() -> None:
    """Rotary positions inside the attention give other values than any known answer, which is no mistake."""
    found = graded(HEADS, forms.ROTARY)
    assert {check: outcome for check, (outcome, _) in outcomes(found).items()} == {
        "computes_every_head": Outcome.NEEDS_REVIEW,
        "any_size": Outcome.NEEDS_REVIEW,  # the same values, at other sizes
    }


@pytest.mark.slow
def test_a_norm_by_the_root_mean_square_is_not_taken_for_ours() -> None:
    """RMSNorm is another normalisation, and no wrong LayerNorm."""
    rms = (
        "class RMSNorm(nn.Module):\n    def __init__(self, dim):\n        super().__init__()\n"
        "        self.g = nn.Parameter(torch.ones(dim))\n    def forward(self, x):\n"
        "        return self.g * x * x.square().mean(-1, keepdim=True).add(1e-6).rsqrt()\n"
    )
    source = forms.TYPED_ALONG_RIGHT.replace("nn.LayerNorm", "RMSNorm").replace("class Head", rms + "class Head")
    found = graded(BLOCK, source)
    norms = {f.outcome for f in found.findings if f.check in ("normalises_each_position", "epsilon_inside_the_root")}
    assert norms == {Outcome.NEEDS_REVIEW}


# --- training and writing ------------------------------------------------------------------------

TRAINED = (
    forms.TYPED_ALONG_RIGHT
    + """
stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in text])
train_data, val_data = data[:900], data[900:]
def get_batch(split):
    data = train_data if split == 'train' else val_data
    ix = torch.randint(len(data) - block_size, (B_SIZE,))
    x = torch.stack([data[i:i + block_size] for i in ix])
    y = torch.stack([data[i + 1:i + block_size + 1] for i in ix])
    return x.to(device), y.to(device)
@torch.no_grad()
def estimate_loss():
    model.eval()
    out = {split: torch.stack([model(*get_batch(split))[1] for _ in range(2)]).mean() for split in ('train', 'val')}
    model.train()
    return out
model = LanguageModel()
m = model.to(device)
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
for iter in range(max_iters):
    if iter % 5 == 0 or iter == max_iters - 1:
        losses = estimate_loss()
        print(f"step {iter}: train loss {losses['train']:.4f}, val loss {losses['val']:.4f}")
    xb, yb = get_batch('train')
    logits, loss = model(xb, yb)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
"""
).replace("B_SIZE", "batch_size")
WRITES = """
    def generate(self, idx, max_new_tokens):
        for _ in range(max_new_tokens):
            logits, loss = self(SEEN)
            probs = F.softmax(logits[:, -1, :], dim=-1)
            idx = torch.cat((idx, torch.multinomial(probs, num_samples=1)), dim=1)
        return idx
"""
LOOPS = {
    "": ("", ""),
    "targets_not_shifted": ("data[i + 1:i + block_size + 1]", "data[i:i + block_size]"),
    "zero_grad_forgotten": ("    optimizer.zero_grad(set_to_none=True)\n", ""),
    "train_mode_forgotten": ("    model.train()\n", ""),
    "summed_loss": ("targets.view(-1))", "targets.view(-1), reduction='sum')"),
}


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param(name, id=name or "right", marks=pytest.mark.slow if name[:1] in ("z", "t") else ())
        for name in LOOPS
    ],
)
def test_a_training_that_is_typed_along_is_judged(mistake: str) -> None:
    """get_batch(split), the loss inside forward and the loop at the top level; perplexity, which is not there, is a person's."""
    found = graded("lm_training", TRAINED.replace(*LOOPS[mistake]) if mistake else TRAINED)
    seen = outcomes(found)
    for check in ("perplexity_of_uneven_pieces", "perplexity_of_any_text"):
        assert seen.pop(check)[0] is Outcome.NEEDS_REVIEW
    assert names(found) == ({mistake} if mistake else set())
    assert bool(seen) == bool(mistake)


@pytest.mark.parametrize(("seen", "mistake"), [("idx[:, -block_size:]", ""), ("idx[:, -1:]", "only_the_last_token")])
def test_a_method_that_writes_is_judged_with_our_model(seen: str, mistake: str) -> None:
    """generate(idx, max_new_tokens) of the model: its temperature and top_k are not missed, what it lets the model read is."""
    found = graded("generate", forms.TYPED_ALONG_RIGHT + WRITES.replace("SEEN", seen))
    assert names(found) == ({mistake} if mistake else set())
    assert bool(outcomes(found)) == bool(mistake)
    advice = [text.en for f in found.findings for text in f.advice]
    assert len(advice) == 2 and "no temperature" in advice[0] and "no top_k" in advice[1]


def test_a_limit_that_nobody_found_is_no_mistake() -> None:
    """A function that cuts the text at a length of its own is not failed for it."""
    source = "def generate(model, idx, max_new_tokens):\n    for _ in range(max_new_tokens):\n"
    source += "        logits = model(idx[:, -8:])\n        idx = torch.cat([idx, logits[:, -1:].argmax(-1)], dim=1)\n    return idx\n"
    assert {outcome for outcome, _ in outcomes(graded("generate", source)).values()} == {Outcome.NEEDS_REVIEW}
