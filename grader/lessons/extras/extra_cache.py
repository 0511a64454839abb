"""CachedAttention(d_model): x (B, T, D) and a cache of P positions -> y (B, T, D) and a cache of P + T positions."""

from typing import Any

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, View, accepts, check, edit, misconception, properties

TITLE = Text(en="Nothing computed twice: the KV cache", ja="KV キャッシュ")
NAMES = ("CachedAttention",)
HEADINGS = ("nothing computed twice", "計算したものを使い回す", "kv cache")
STARTERS = (
    Text(
        en="First without a cache: causal attention with one head, as in `transformer_lm`, and return `y, (keys, values)`. That passes the first checks.",
        ja="まずキャッシュなしで。`transformer_lm` と同じ、ヘッド 1 つの因果マスク付きの Attention を書き、`y, (keys, values)` を返します。最初の項目はこれで通ります。",
    ),
    Text(
        en="With a cache, join its keys and values before the new ones with `torch.cat([old, new], dim=1)`, and look at the shape of the scores: (B, T, P + T).",
        ja="キャッシュがあれば、その Key と Value の後ろに新しい分を `torch.cat([古い, 新しい], dim=1)` でつなぎます。スコアの形は (B, T, P + T) になります。",
    ),
    Text(
        en="The mask is (T, P + T). Draw it for P = 2, T = 3: the first new position sees three keys, the last one five. Which argument of `tril` moves the diagonal?",
        ja="マスクは (T, P + T) です。P = 2、T = 3 で描いてみましょう。新しい位置の最初は 3 個、最後は 5 個の Key を見ます。`tril` の対角線をずらす引数は何でしょうか。",
    ),
)
OUTPUT = Text(en="the output", ja="出力")
KEYS = Text(en="the keys of the cache", ja="キャッシュの Key ")
VALUES = Text(en="the values of the cache", ja="キャッシュの Value ")
BOTH = Text(en="the output, keys and values", ja="出力と Key・Value ")
CACHE = Text(en="the cache", ja="渡された cache")
STEPS = Text(
    en="Write the shapes beside each line: queries (B, T, D), keys and values (B, P + T, D), scores and mask (B, T, P + T), output (B, T, D). Print the mask for T = 3 with and without a past of 2.",
    ja="1 行ごとに形を書きましょう。Query (B, T, D)、Key と Value (B, P + T, D)、スコアとマスク (B, T, P + T)、出力 (B, T, D)。T = 3 のマスクを、過去が 2 個あるときとないときで表示して比べましょう。",
)
AT_ONCE = Text(
    en="Compute four positions at once, then one after the other with the cache, and print the largest difference at each position: the first that differs shows what is lost.",
    ja="4 つの位置をまとめて計算した結果と、キャッシュを使って 1 つずつ計算した結果の差を、位置ごとに表示してみましょう。最初に違う位置で、何が失われたかが分かります。",
)
Cache = tuple[Tensor, Tensor]


def read_output(batch: int, time: int, width: int) -> View:
    """The output (B, T, D) with the keys and values, whatever their shapes."""

    def view(value: Any) -> tuple[Tensor, Tensor, Tensor]:
        pair = value[1] if isinstance(value, list | tuple) and len(value) == 2 else None
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise Failure(
                Text(
                    en="forward should return two things, the output and the pair (keys, values).",
                    ja="forward は、出力と、組 (keys, values) の 2 つを返すはずです。",
                ),
                STEPS,
            )
        output = properties.has_shape(value[0], (batch, time, width), OUTPUT, "(B, T, D)")
        return output, properties.is_tensor(pair[0], KEYS), properties.is_tensor(pair[1], VALUES)

    return view


def build(student: Student, draw: Draw) -> tuple[Module, int]:
    """An attention with parameters of ours, and its width."""
    width = draw.widths(1)[0]
    return student.module("CachedAttention", width).randomise(draw), width


def ask(model: Module, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
    """The output and the new cache, of whatever length it is."""
    given = (x, cache) if cache is not None else (x,)
    batch, time, width = x.shape
    output, keys, values = model(*given, view=read_output(batch, time, width))
    return output, (keys, values)


def piece_by_piece(model: Module, x: Tensor, lengths: tuple[int, ...]) -> Tensor:
    """The output for pieces of these lengths, each with the cache of those before it."""
    cache, outputs, begin = None, [], 0
    for length in lengths:
        output, cache = ask(model, x[:, begin : begin + length], cache)
        outputs.append(output)
        begin += length
    return torch.cat(outputs, dim=1)


@check(points=3, ja="キャッシュなしでは、ふつうの因果マスク付きの Attention である（あなたの重みで検算）")
def attention_without_a_cache(student: Student, draw: Draw) -> None:
    """Without a cache it is causal attention (we recompute it with your weights)."""
    model, width = build(student, draw)
    for batch, time in (draw.sizes(2), (1, 1)):
        ask(model, draw.normal(batch, time, width))
        student.must_agree(BOTH, help=STEPS)


@check(points=1, ja="キャッシュは 2 つの (B, P + T, D) である")
def grows_by_the_new(student: Student, draw: Draw) -> None:
    """The cache is two tensors (B, P + T, D)."""
    model, width = build(student, draw)
    batch, time, past = draw.sizes(3)
    _, cache = ask(model, draw.normal(batch, past, width))
    for length, made in ((past, cache), (past + time, ask(model, draw.normal(batch, time, width), cache)[1])):
        for part, what in zip(made, (KEYS, VALUES), strict=True):
            properties.has_shape(part, (batch, length, width), what, "(B, P + T, D)")


@check(points=3, after=attention_without_a_cache, ja="1 つずつ計算しても、まとめて計算したのと同じになる")
def one_by_one(student: Student, draw: Draw) -> None:
    """One position at a time gives the same as all at once."""
    model, width = build(student, draw)
    x = draw.normal(*draw.sizes(2), width)
    whole, _ = ask(model, x)
    pieces = piece_by_piece(model, x, (1,) * x.size(1))
    properties.equal(pieces, whole, OUTPUT, rtol=1e-3, atol=1e-4, help=AT_ONCE)


@check(points=2, after=one_by_one, ja="いくつかずつまとめて計算しても同じになる（先は見えない）")
def several_at_a_time(student: Student, draw: Draw) -> None:
    """Several positions at a time give the same: none of them sees what comes after it."""
    model, width = build(student, draw)
    for lengths in ((3, 2), (1, 4, 2)):
        x = draw.normal(draw.number(2, 5), sum(lengths), width)
        whole, _ = ask(model, x)
        pieces = piece_by_piece(model, x, lengths)
        properties.equal(pieces, whole, OUTPUT, rtol=1e-3, atol=1e-4, help=AT_ONCE)


@check(points=1, after=attention_without_a_cache, ja="渡された cache を書き換えない")
def leaves_the_cache_alone(student: Student, draw: Draw) -> None:
    """The cache that was passed in is as it was, so that one beginning can be continued in two ways."""
    model, width = build(student, draw)
    _, cache = ask(model, draw.normal(2, 3, width))
    x, before = draw.normal(2, 1, width), list(cache)
    _, after = student.ask_and_inputs(model.handle, (x, before), read_output(2, 1, width))
    given = after[1] if len(after) > 1 and isinstance(after[1], list) else []
    try:
        properties.unchanged(before, [properties.is_tensor(part, CACHE) for part in given], CACHE)
    except Failure as failure:
        raise Failure(failure.rationale, failure.help, failure.evidence, "written_into_the_cache") from None


one_layer = accepts(
    edit(
        "        self.query = nn.Linear(d_model, d_model, bias=False)\n"
        "        self.key = nn.Linear(d_model, d_model, bias=False)\n"
        "        self.value = nn.Linear(d_model, d_model, bias=False)\n",
        "        self.qkv = nn.Linear(d_model, 3 * d_model, bias=False)\n",
    ),
    edit("self.query(x), self.key(x), self.value(x)", "self.qkv(x).chunk(3, dim=-1)"),
)
by_positions = accepts(
    edit(
        "        allowed = torch.ones(x.size(1), keys.size(1), dtype=torch.bool).tril(past)\n",
        "        rows = torch.arange(past, past + x.size(1)).unsqueeze(1)\n"
        "        allowed = torch.arange(keys.size(1)) <= rows\n",
    )
)
library = accepts(
    edit(
        "        scores = queries @ keys.transpose(1, 2) / math.sqrt(x.size(2))  # (B, T, P + T)\n", ""
    ),
    edit(
        '        weights = scores.masked_fill(~allowed, float("-inf")).softmax(dim=-1)\n'
        "        return weights @ values, (keys, values)\n",
        "        y = nn.functional.scaled_dot_product_attention(queries, keys, values, attn_mask=allowed)\n"
        "        return y, (keys, values)\n",
    ),
)  # fmt: skip
empty_cache = accepts(
    edit(
        "        past = 0\n        if cache is not None:\n            past = cache[0].size(1)\n"
        "            keys = torch.cat([cache[0], keys], dim=1)\n            values = torch.cat([cache[1], values], dim=1)\n",
        "        cache = cache or (keys[:, :0], values[:, :0])\n"
        "        past = cache[0].size(1)\n"
        "        keys, values = (torch.cat([old, new], dim=1) for old, new in zip(cache, (keys, values)))\n",
    )
)
by_triu = accepts(
    edit("dtype=torch.bool).tril(past)", "dtype=torch.bool).triu(past + 1)"),
    edit("masked_fill(~allowed", "masked_fill(allowed"),
)

with_biases = accepts(
    edit("self.query = nn.Linear(d_model, d_model, bias=False)", "self.query = nn.Linear(d_model, d_model)"),
    edit("self.key = nn.Linear(d_model, d_model, bias=False)", "self.key = nn.Linear(d_model, d_model)"),
    edit("self.value = nn.Linear(d_model, d_model, bias=False)", "self.value = nn.Linear(d_model, d_model)"),
    other_values="its layers have biases, which the reference's have not",
)

mask_not_moved = misconception(
    edit(".tril(past)", ".tril()"),
    en="The mask begins at the first key, as if nothing had come before: new positions see only the oldest keys. Move its diagonal by the length of the cache, tril(past).",
    ja="過去がないときと同じマスクなので、新しい位置から古い Key しか見えません。tril(past) で、対角線をキャッシュの長さだけずらしましょう。",
)
sees_the_future = misconception(
    edit('scores.masked_fill(~allowed, float("-inf")).softmax(dim=-1)', "scores.softmax(dim=-1)"),
    en="There is no mask, so a position sees those after it. One at a time that does no harm; several at once it does.",
    ja="マスクがないので、後ろの位置が見えています。1 つずつなら問題になりませんが、まとめて計算すると結果が変わります。",
)
no_mask_behind_a_cache = misconception(
    edit("masked_fill(~allowed", "masked_fill(~allowed & (past == 0)"),
    en="There is a mask only where there is no cache (`is_causal=cache is None`). That is right for one new position; of several at once each sees those after it.",
    ja="キャッシュがないときしかマスクをかけていません（`is_causal=cache is None`）。新しい位置が 1 つなら問題ありませんが、いくつかまとめて渡すと後ろの位置が見えてしまいます。",
)
sees_no_self = misconception(
    edit(".tril(past)", ".tril(past - 1)"),
    en="The mask is off by one: a position does not see itself, and the first sees nothing (NaN). The diagonal belongs to what is seen.",
    ja="マスクが 1 つずれていて、自分自身が見えません（最初の位置は NaN になります）。対角線も「見てよい」に入ります。",
)
sees_one_ahead = misconception(
    edit(".tril(past)", ".tril(past + 1)"),
    en="The mask is off by one: a position sees the one after it.",
    ja="マスクが 1 つずれていて、1 つ先の位置が見えています。",
)
mask_inverted = misconception(
    edit("masked_fill(~allowed", "masked_fill(allowed"),
    en="The mask is the wrong way round: what may be seen is hidden, and what may not is seen.",
    ja="マスクの真偽が逆で、見てよいところを隠し、見てはいけないところを見ています。",
)
cache_ignored = misconception(
    edit("if cache is not None:", "if False:"),
    en="The cache is not used: each piece is computed as if it were the whole text, and the past is lost.",
    ja="キャッシュを使っていないので、過去が失われ、渡された部分だけで計算しています。",
)
only_the_new_are_kept = misconception(
    edit(
        "        queries, keys, values = self.query(x), self.key(x), self.value(x)\n",
        "        queries, keys, values = self.query(x), self.key(x), self.value(x)\n        new = keys, values\n",
    ),
    edit("return weights @ values, (keys, values)", "return weights @ values, new"),
    en="The cache that is returned holds the new keys and values only; the step after next knows nothing of the beginning. Return the joined ones.",
    ja="返すキャッシュに新しい分しか入っていないので、次の次には最初のほうが失われます。つないだものを返しましょう。",
)
old_behind_the_new = misconception(
    edit("torch.cat([cache[0], keys], dim=1)", "torch.cat([keys, cache[0]], dim=1)"),
    edit("torch.cat([cache[1], values], dim=1)", "torch.cat([values, cache[1]], dim=1)"),
    en="The old keys and values are joined on behind the new ones. They come first: torch.cat([old, new], dim=1).",
    ja="古い Key と Value が新しい分の後ろにつながれています。古いほうが先です（torch.cat([古い, 新しい], dim=1)）。",
)
only_keys_are_joined = misconception(
    edit("values = torch.cat([cache[1], values], dim=1)", "values = torch.cat([values, values[:, :1].expand(-1, past, -1)], dim=1)"),
    en="The values of the past are not those of the cache. Join cache[1] before the new values, as with the keys.",
    ja="過去の Value がキャッシュのものではありません。Key と同じように、cache[1] を新しい分の前につなぎましょう。",
)  # fmt: skip
key_is_query = misconception(
    edit("self.key = nn.Linear(d_model, d_model, bias=False)", "self.key = self.query"),
    en="One layer makes both queries and keys. They need a layer each, so that a position can look for something else than itself.",
    ja="Query と Key を 1 つの層で作っています。自分と似たもの以外も探せるように、別々の層にしましょう。",
)
value_is_key = misconception(
    edit("self.value = nn.Linear(d_model, d_model, bias=False)", "self.value = self.key"),
    en="One layer makes both keys and values. They need a layer each: what is found by and what is taken along may differ.",
    ja="Key と Value を 1 つの層で作っています。探す目印と取り出す中身は違ってよいので、別々の層にしましょう。",
)
no_pair = misconception(
    edit("return weights @ values, (keys, values)", "return weights @ values"),
    en="Only the output is returned. Return the pair (keys, values) with it.",
    ja="出力しか返していません。組 (keys, values) も一緒に返しましょう。",
)
pair_swapped = misconception(
    edit("return weights @ values, (keys, values)", "return weights @ values, (values, keys)"),
    en="The pair is returned as (values, keys), but taken in as (keys, values).",
    ja="返す組が (values, keys) の順ですが、受け取るときは (keys, values) です。",
)
not_scaled = misconception(
    edit(" / math.sqrt(x.size(2))", ""),
    en="The scores are not divided by the root of D.",
    ja="スコアを √D で割っていません。",
)
scaled_by_width = misconception(
    edit("/ math.sqrt(x.size(2))", "/ x.size(2)"),
    en="The scores are divided by D; divide by its root.",
    ja="スコアを D で割っています。√D で割りましょう。",
)
softmax_over_queries = misconception(
    edit(".softmax(dim=-1)", ".softmax(dim=1).nan_to_num()"),
    en="The softmax runs over the queries, dim=1. For every query the weights over its keys should add up to 1: dim=-1.",
    ja="softmax が Query の軸（dim=1）にかかっています。Query ごとに、Key への重みの和が 1 になるように dim=-1 でとりましょう。",
)
x_is_cached = misconception(
    edit("return weights @ values, (keys, values)", "return weights @ values, (torch.cat([keys[:, :past], x], dim=1), values)"),
    en="The inputs are kept in place of their keys. Keep what self.key made of them.",
    ja="Key の代わりに入力がキャッシュされています。self.key を通したものを取っておきましょう。",
)  # fmt: skip
keys_projected_again = misconception(
    edit("keys = torch.cat([cache[0], keys], dim=1)", "keys = torch.cat([self.key(cache[0]), keys], dim=1)"),
    en="The cached keys go through self.key once more. They are keys already.",
    ja="キャッシュの Key をもう一度 self.key に通しています。すでに Key になっています。",
)
written_into_the_cache = misconception(
    edit(
        "            keys = torch.cat([cache[0], keys], dim=1)\n",
        "            keys = torch.cat([cache[0], keys], dim=1)\n            cache[0][:, -1:] = keys[:, -1:]\n",
    ),
    en="The tensors of the cache that was passed in are changed. Make new ones with torch.cat and leave the old as they are.",
    ja="渡されたキャッシュのテンソルを書き換えています。torch.cat で新しいものを作り、古いほうはそのままにしましょう。",
)
