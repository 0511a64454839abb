"""Right ways to build one step of a decoder with attention. What may be chosen freely goes together in any way.

The order in which vectors are put side by side is no choice here: the step is asked with weights that do not mind.
"""

from grader.checks import accepts, edit
from grader.model import Edit, Variant

PARTS = '''def plain(state):
    """A state without an axis of layers."""
    return tuple(map(plain, state)) if isinstance(state, tuple) else state.reshape(-1, state.shape[-1])


class Attention(nn.Module):
    def forward(self, query, keys, mask=None):
        scores = self.score(query, keys)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        return (weights.unsqueeze(1) @ keys).squeeze(1), weights


class Dot(Attention):
    def score(self, query, keys):
        return (keys @ query.unsqueeze(2)).squeeze(2)


class Scaled(Dot):
    def score(self, query, keys):
        return super().score(query, keys) / math.sqrt(query.shape[-1])


class General(Dot):
    def __init__(self, hidden_size):
        super().__init__()
        self.w = nn.Linear(hidden_size, hidden_size)

    def score(self, query, keys):
        return super().score(query, self.w(keys))


class OfTheState(General):
    def score(self, query, keys):
        return (keys @ self.w(query).unsqueeze(2)).squeeze(2)


class Joined(Attention):
    def __init__(self, hidden_size):
        super().__init__()
        self.w, self.v = nn.Linear(hidden_size * 2, hidden_size), nn.Linear(hidden_size, 1)

    def score(self, query, keys):
        both = torch.cat([query.unsqueeze(1).expand_as(keys), keys], dim=2)
        return self.v(torch.tanh(self.w(both))).squeeze(2)


class JoinedVector(Joined):
    def __init__(self, hidden_size):
        super().__init__(hidden_size)
        self.v = nn.Parameter(torch.rand(hidden_size))

    def score(self, query, keys):
        both = torch.cat([query.unsqueeze(1).expand_as(keys), keys], dim=2)
        return torch.tanh(self.w(both)) @ self.v


class AdditiveVector(Attention):
    def __init__(self, hidden_size):
        super().__init__()
        self.w_q, self.w_k = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size)
        self.v = nn.Parameter(torch.rand(hidden_size))

    def score(self, query, keys):
        return torch.tanh(self.w_q(query).unsqueeze(1) + self.w_k(keys)) @ self.v


class Projected(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.w_q, self.w_k = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size)
        self.w_v, self.w_o = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size)

    def forward(self, query, keys, mask=None):
        _, weights = Scaled()(self.w_q(query), self.w_k(keys), mask)
        return self.w_o((weights.unsqueeze(1) @ self.w_v(keys)).squeeze(1)), weights


class QueryKey(Projected):
    def __init__(self, hidden_size):
        super().__init__(hidden_size)
        del self.w_v, self.w_o

    def forward(self, query, keys, mask=None):
        _, weights = Scaled()(self.w_q(query), self.w_k(keys), mask)
        return (weights.unsqueeze(1) @ keys).squeeze(1), weights


class Library(nn.MultiheadAttention):
    def forward(self, query, keys, mask=None):
        hidden = None if mask is None else ~mask
        context, weights = super().forward(query.unsqueeze(1), keys, keys, key_padding_mask=hidden)
        return context.squeeze(1), weights.squeeze(1)


class AttnDecoderRNN(nn.Module):'''
ATTENTIONS = {
    "additive": "AdditiveAttention(hidden_size, hidden_size, hidden_size)",
    "joined": "Joined(hidden_size)",
    "dot": "Dot()",
    "scaled": "Scaled()",
    "general": "General(hidden_size)",
    "of_the_state": "OfTheState(hidden_size)",
    "joined_vector": "JoinedVector(hidden_size)",
    "additive_vector": "AdditiveVector(hidden_size)",
    "projected": "Projected(hidden_size)",
    "query_key": "QueryKey(hidden_size)",
}
# How wide the sum of query and key is, is the decoder's own affair.
OWN_WIDTH = {
    f"additive_{name}": f"AdditiveAttention(hidden_size, hidden_size, {size})"
    for name, size in (("half", "hidden_size // 2"), ("double", "2 * hidden_size"), ("of_words", "emb_size"))
}
LIBRARY = {f"library_{heads}": f"Library(hidden_size, {heads}, batch_first=True)" for heads in (1, 2, 4, 8)}
FORWARD = "    def forward(self, previous, state, outputs, mask):\n"
CELL = "nn.GRUCell(emb_size + hidden_size, hidden_size)"
ATTEND = "context, weights = self.attention(state, outputs, mask)"
STEP = "state = self.cell(torch.cat([word, context], dim=1), state)"
OUT = "torch.cat([state, context], dim=1)"
LAYER = "nn.Linear(2 * hidden_size, vocab_size)"


def first(order: str, kind: str, state: str) -> tuple[Edit, ...]:
    """What goes into the RNN, and whether it moves on before or after looking."""
    attend = f"context, weights = self.attention({state}, outputs, mask)"
    cell = f"nn.{kind}Cell"
    if order == "after":
        step = "state = self.cell(word, state)"
        return edit(CELL, f"{cell}(emb_size, hidden_size)"), edit(ATTEND, step), edit(STEP, attend)
    if order == "word_alone":
        return (
            edit(CELL, f"{cell}(emb_size, hidden_size)"),
            edit(ATTEND, attend),
            edit("torch.cat([word, context], dim=1)", "word"),
        )
    if order.startswith("combined"):
        size = "emb_size" if order.endswith("small") else "hidden_size"
        combined = "self.combine(torch.cat([word, context], dim=1))"
        return (
            edit(CELL, f"{cell}({size}, hidden_size); self.combine = nn.Linear(emb_size + hidden_size, {size})"),
            edit(ATTEND, attend),
            edit("torch.cat([word, context], dim=1)", f"F.relu({combined})" if "relu" in order else combined),
        )
    return edit(CELL, f"{cell}(emb_size + hidden_size, hidden_size)"), edit(ATTEND, attend)


def last(out: str, state: str) -> tuple[Edit, ...]:
    """What the next word is computed from."""
    if out == "state":
        return edit(LAYER, "nn.Linear(hidden_size, vocab_size)"), edit(OUT, state)
    if out == "with_word":
        joined = f"torch.cat([{state}, context, word], dim=1)"
        return edit(LAYER, "nn.Linear(emb_size + 2 * hidden_size, vocab_size)"), edit(OUT, joined)
    if out == "tanh":
        made = "nn.Linear(hidden_size, vocab_size); self.joined = nn.Linear(2 * hidden_size, hidden_size)"
        return edit(LAYER, made), edit(OUT, f"torch.tanh(self.joined(torch.cat([{state}, context], dim=1)))")
    return (edit(OUT, f"torch.cat([{state}, context], dim=1)"),)


def way(attention: str, kind: str, order: str, out: str) -> Variant:
    state = "state[0]" if kind == "LSTM" else "state"
    return accepts(
        edit("class AttnDecoderRNN(nn.Module):", PARTS),
        edit(FORWARD, FORWARD + "        state = plain(state)\n"),
        *(
            (edit(ATTENTIONS["additive"], (ATTENTIONS | OWN_WIDTH | LIBRARY)[attention]),)
            if attention != "additive"
            else ()
        ),
        *first(order, kind, state),
        *last(out, state),
    )


USUAL = (("before", "both"), ("before", "state"), ("after", "both"), ("after", "tanh"))
MORE = (("before", "with_word"), ("after", "with_word"), ("word_alone", "both"), ("word_alone", "tanh"))
COMBINED = tuple((f"combined_{name}", "state") for name in ("relu", "relu_small", "plain", "plain_small"))
CHOICES = [
    *((attention, kind, *rest) for kind in ("GRU", "LSTM", "RNN") for rest in USUAL for attention in ATTENTIONS),
    *((attention, "GRU", *rest) for rest in MORE for attention in tuple(ATTENTIONS)[:6]),
    *((attention, "GRU", *rest) for rest in USUAL for attention in OWN_WIDTH),
    *((attention, "GRU", *rest) for rest in (*USUAL, ("before", "with_word")) for attention in LIBRARY),
    *((attention, "GRU", *rest) for rest in COMBINED for attention in ("additive", "scaled", "dot")),
]
globals().update({"_".join(choice).lower(): way(*choice) for choice in CHOICES})
