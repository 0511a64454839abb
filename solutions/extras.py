# %% [markdown] lang="ja"
# # 番外編: 今の言語モデルの道具箱
#
# `transformer_lm` のモデルは、2017 年の論文どおりです。今の言語モデルは、その骨組みに小さな工夫をいくつも足しています。
# どれも数行から数十行で書け、しくみが分かると論文が読めるようになります。好きなものから、1 つずつどうぞ。
#
# - **できるようになること**: 重みを共有する。位置を回転で表す（RoPE）。計算済みの Key と Value を使い回す（KV キャッシュ）。ビームサーチで文を選ぶ。単語を部品に分ける（BPE）。
# - **必要なもの**: `transformer_lm` の Attention。ビームサーチと BPE は Python だけで書けます。
# - **時間**: 1 問 15〜25 分、全部で 90 分ほど。全セルの実行は数秒。
# - **確かめながら進む**: 解答のすぐ下にあるセル（`check("extra_tying")` など）を実行すると、その場で採点します。行き詰まったら `hint("extra_tying")` がヒントを 1 つずつ出します。
# - **点数**: この演習の点は、ほかの演習の合計には入りません。
#
# 記号: B は文の数、T は文の長さ、V は語彙の大きさ、D はベクトルの次元。
# %% [markdown] lang="en"
# # Extras: the toolbox of today's language models
#
# The model of `transformer_lm` is that of the paper of 2017. Today's models keep its skeleton and add a handful of small
# ideas. Each takes a few lines to a few dozen; once you have written one, its paper is easy to read. Take them in any order.
#
# - **You will be able to**: share weights; turn positions into rotations (RoPE); keep keys and values that were computed
#   before (KV cache); choose a sentence by beam search; cut words into pieces (BPE).
# - **You need**: the attention of `transformer_lm`. Beam search and BPE need Python alone.
# - **Time**: 15 to 25 minutes for each, some 90 minutes in all. Running all cells takes a few seconds.
# - **Check as you go**: run the cell below your answer, such as `check("extra_tying")`, and it is graded on the spot.
#   When you are stuck, `hint("extra_tying")` gives one hint at a time.
# - **Points**: those of this lesson count in no other lesson.
#
# Notation: B number of sentences, T length of a sentence, V size of the vocabulary, D size of a vector.
# %% role="setup"
import math
from collections import Counter

import torch
from torch import nn


# %% [markdown] lang="ja" exercise="extra_tying"
# ## 入口と出口の重みを共有する（extra_tying）
#
# 言語モデルには、形が同じ大きな表が 2 つあります。入口の埋め込み（単語 → ベクトル、V × D）と、出口の線形層（ベクトル → 単語の得点、これも V × D）です。
# 「この単語らしいベクトル」という意味はどちらも同じなので、**1 つの表を両方に使う**ことができます（weight tying）。
#
# V = 30000、D = 512 なら、表 1 つは 1500 万個の数です。共有するとその分だけ小さくなり、まれな単語の行も出口側から毎回学習されます。
#
# 小さなモデルで試しましょう。`TiedLM(vocab_size, d_model)` は、ID (B, T) から次の単語の得点 (B, T, V) を求めます。
#
# $$h_t = \tanh(W e(x_t) + b), \qquad \text{得点}_t = E\,h_t$$
#
# - $E$ は埋め込みの表 (V, D)、$e(x_t)$ はその $x_t$ 番の行。$W$ は (D, D) の線形層です。
# - 学習するのは $E, W, b$ だけです。(V, D) のパラメータは 1 つしかありません。出口にバイアスは付けません。
# - 出口から来る勾配も、入口から来る勾配も、同じ $E$ に届かなければなりません。値を写しただけでは、1 歩目の学習で別々の表になります。
# %% [markdown] lang="en" exercise="extra_tying"
# ## One table for the way in and the way out (extra_tying)
#
# A language model has two large tables of the same shape: the embedding on the way in (word to vector, V x D), and the
# linear layer on the way out (vector to scores of the words, V x D again). Both say what a vector for this word looks like,
# so *one table can do both* (weight tying).
#
# With V = 30000 and D = 512 one table holds 15 million numbers. Sharing saves them, and the rows of rare words learn from the
# way out at every step.
#
# Try it in a small model. `TiedLM(vocab_size, d_model)` turns ids (B, T) into scores (B, T, V) of the next word.
#
# $$h_t = \tanh(W e(x_t) + b), \qquad \text{scores}_t = E\,h_t$$
#
# - $E$ is the embedding table (V, D), $e(x_t)$ its row number $x_t$; $W$ is a linear layer (D, D).
# - $E$, $W$ and $b$ are all that is learned: there is one parameter of shape (V, D), and no bias on the way out.
# - The gradient from the way out and the one from the way in both have to reach that same $E$. A copy of its values becomes
#   another table with the first step of learning.
# %% exercise="extra_tying" role="answer"
class TiedLM(nn.Module):
    """ids (B, T) -> scores (B, T, V)"""

    def __init__(self, vocab_size, d_model):
        # BEGIN SOLUTION
        super().__init__()
        self.emb = nn.Embedding(vocab_size, d_model)
        self.fc = nn.Linear(d_model, d_model)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        h = torch.tanh(self.fc(self.emb(ids)))  # (B, T, D)
        return h @ self.emb.weight.T  # (B, T, V)
        # END SOLUTION


# %% exercise="extra_tying" role="demo"
if __name__ == "__main__":
    model = TiedLM(vocab_size=30000, d_model=64)
    print({name: tuple(parameter.shape) for name, parameter in model.named_parameters()})
    numbers = sum(parameter.numel() for parameter in model.parameters())
    print(f"{numbers:,} / {numbers + 30000 * 64:,}")  # with one table / with two


# %% [markdown] lang="ja" exercise="extra_rope"
# ## 位置を回転で表す: RoPE（extra_rope）
#
# `transformer_lm` では、位置のベクトルを入力に**足し**ました。RoPE（rotary position embedding）は、Query と Key を位置に応じて**回し**ます。
# 時計の針を思い浮かべてください。2 本の針が同じだけ進んでも、針の間の角度は変わりません。だから内積は、**2 つの位置の差**だけで決まります。
#
# ![円が 3 つあり、それぞれに Query q の針と Key k の針がある。位置 3 と 0、位置 8 と 5 では針の間の角度が同じで、位置 8 と 0 では違う。](figure:rotation)
#
# D 個の成分を 2 つずつ組にして、組ごとに違う速さで回します。位置 $t$ の $i$ 番目の組（$i = 0, \ldots, D/2 - 1$）の角度は
#
# $$\theta_{t,i} = t \cdot 10000^{-2i/D}$$
#
# で、回した後の組は
#
# $$x'_{2i} = x_{2i}\cos\theta_{t,i} - x_{2i+1}\sin\theta_{t,i}, \qquad x'_{2i+1} = x_{2i}\sin\theta_{t,i} + x_{2i+1}\cos\theta_{t,i}$$
#
# `rotate(x, start=0)` は、`x` (B, T, D) の T 個のベクトルを、位置 `start`, `start + 1`, … として回し、(B, T, D) を返します。
# D は偶数です。`start` は、次の問題で続きから計算するときに使います。
#
# 組の作り方には、隣どうし（$x_{2i}, x_{2i+1}$、論文の書き方）と、前半と後半（$x_i, x_{i+D/2}$、多くのライブラリの書き方）があります。どちらで書いてもかまいません。
# %% [markdown] lang="en" exercise="extra_rope"
# ## Positions as rotations: RoPE (extra_rope)
#
# In `transformer_lm` a vector for the position was *added* to the input. RoPE (rotary position embedding) *turns* queries and
# keys instead, each by its position. Think of the hands of a clock: when both go on by the same time, the angle between them
# stays. So a product of a query and a key depends only on *how far apart* they stand.
#
# ![Three circles, each with a hand for the query q and one for the key k. At the positions 3 and 0, and again at 8 and 5, the angle between the hands is the same; at 8 and 0 it is another.](figure:rotation)
#
# The D numbers are taken in pairs, and each pair turns at a speed of its own. At position $t$ the pair number $i$
# ($i = 0, \ldots, D/2 - 1$) turns by
#
# $$\theta_{t,i} = t \cdot 10000^{-2i/D}$$
#
# and becomes
#
# $$x'_{2i} = x_{2i}\cos\theta_{t,i} - x_{2i+1}\sin\theta_{t,i}, \qquad x'_{2i+1} = x_{2i}\sin\theta_{t,i} + x_{2i+1}\cos\theta_{t,i}$$
#
# `rotate(x, start=0)` turns the T vectors of `x` (B, T, D) as those at the positions `start`, `start + 1`, ... and returns
# (B, T, D). D is even. `start` is for going on in the middle, as the next problem does.
#
# A pair may be two neighbours ($x_{2i}, x_{2i+1}$, as in the paper) or one of the first and one of the second half
# ($x_i, x_{i+D/2}$, as in most libraries). Write either.
# %% exercise="extra_rope" role="answer"
def rotate(x, start=0):
    """x (B, T, D) at the positions start, start + 1, ... -> (B, T, D)"""
    # BEGIN SOLUTION
    time, width = x.size(1), x.size(2)
    positions = torch.arange(start, start + time).unsqueeze(1)  # (T, 1)
    speeds = 10000.0 ** (-torch.arange(0, width, 2) / width)  # (D/2,)
    angles = positions * speeds  # (T, D/2)
    even, odd = x[..., 0::2], x[..., 1::2]  # (B, T, D/2)
    turned = torch.zeros_like(x)
    turned[..., 0::2] = even * angles.cos() - odd * angles.sin()
    turned[..., 1::2] = even * angles.sin() + odd * angles.cos()
    return turned
    # END SOLUTION


# %% exercise="extra_rope" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    query, key = torch.randn(1, 1, 8), torch.randn(1, 1, 8)
    for at in (0, 5, 100):  # the same distance, 3: the same product
        print(at, (rotate(query, at + 3) * rotate(key, at)).sum().item())
    for distance in (0, 1, 10):  # other distances: other products
        print(distance, (rotate(query, distance) * rotate(key, 0)).sum().item())


# %% [markdown] lang="ja" exercise="extra_cache"
# ## 計算したものを使い回す: KV キャッシュ（extra_cache）
#
# 言語モデルは 1 文字作るたびに、文の最初から計算し直しています。しかし因果マスク付きの Attention では、前の位置の Key と Value は、後ろに何が来ても変わりません。
# そこで、計算済みの Key と Value を取っておき（**KV キャッシュ**）、新しい位置の分だけを計算します。T 文字目の仕事は、T² から T に減ります。
#
# ![5 文字の文。左のキャッシュなしでは、Key と Value 5 つずつと、三角形のスコア 15 個をすべて計算する。右のキャッシュありでは、Key と Value は 4 つずつが取ってあり、新しいのは 1 つずつで、計算するのは最後の行のスコア 5 個だけ。](figure:kv_cache)
#
# ヘッドが 1 つの因果マスク付きの Attention に、キャッシュを付けましょう。`CachedAttention(d_model)` の `forward(x, cache=None)` は
#
# - `x` (B, T, D): **新しい** T 個の位置。1 個のときも、まとめて何個か来るときもあります。
# - `cache`: これまでの Key と Value の組 `(keys, values)`、どちらも (B, P, D)。最初は `None` です（P = 0）。
# - 返すのは `(y, cache)` です。`y` (B, T, D) は新しい位置の出力、`cache` は新しい分を**後ろに**つないだ組 (B, P + T, D)。
#
# $$y = \mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{D}} + \text{mask}\right)V$$
#
# $Q$ は新しい位置だけ、$K, V$ はこれまでの全部です。新しい位置のうち $t$ 番目（0 から数える）は全体では $P + t$ 番目なので、Key の $0, \ldots, P + t$ 番目だけを見ます。
# `query`・`key`・`value` の 3 つの線形層（どれも D → D、バイアスなし）を使い、出口の線形層は付けません。渡された `cache` は書き換えません。
# %% [markdown] lang="en" exercise="extra_cache"
# ## Nothing computed twice: the KV cache (extra_cache)
#
# For each new character the language model computes the whole text again. But in causal attention the keys and values of
# earlier positions do not change, whatever follows. So keep them (the *KV cache*) and compute only what is new. The work for
# the T-th character shrinks from T² to T.
#
# ![For a text of five characters, left, without a cache, all five keys and values and all 15 scores of the triangle are computed; right, with a cache, four keys and values are kept, one of each is new, and the last row of five scores is all that is computed.](figure:kv_cache)
#
# Give a causal attention with one head such a cache. `forward(x, cache=None)` of `CachedAttention(d_model)` takes
#
# - `x` (B, T, D), the T *new* positions: sometimes one, sometimes several at once;
# - `cache`, the pair `(keys, values)` so far, both (B, P, D), or `None` at the beginning (P = 0);
# - and returns `(y, cache)`: `y` (B, T, D) is the output at the new positions, and the new keys and values are joined on
#   *behind* those of the cache, (B, P + T, D).
#
# $$y = \mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{D}} + \text{mask}\right)V$$
#
# $Q$ belongs to the new positions only, $K$ and $V$ to all so far. The new position number $t$ (from 0) is number $P + t$ of
# the text, and sees the keys $0, \ldots, P + t$. Use three linear layers `query`, `key` and `value` (each D to D, no bias), and
# none at the end. Leave the `cache` that you are given as it is.
# %% exercise="extra_cache" role="answer"
class CachedAttention(nn.Module):
    """x (B, T, D), cache None or two (B, P, D) -> y (B, T, D), two (B, P + T, D)"""

    def __init__(self, d_model):
        # BEGIN SOLUTION
        super().__init__()
        self.query = nn.Linear(d_model, d_model, bias=False)
        self.key = nn.Linear(d_model, d_model, bias=False)
        self.value = nn.Linear(d_model, d_model, bias=False)
        # END SOLUTION

    def forward(self, x, cache=None):
        # BEGIN SOLUTION
        queries, keys, values = self.query(x), self.key(x), self.value(x)
        past = 0
        if cache is not None:
            past = cache[0].size(1)
            keys = torch.cat([cache[0], keys], dim=1)
            values = torch.cat([cache[1], values], dim=1)
        scores = queries @ keys.transpose(1, 2) / math.sqrt(x.size(2))  # (B, T, P + T)
        allowed = torch.ones(x.size(1), keys.size(1), dtype=torch.bool).tril(past)
        weights = scores.masked_fill(~allowed, float("-inf")).softmax(dim=-1)
        return weights @ values, (keys, values)
        # END SOLUTION


# %% exercise="extra_cache" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    attention, x = CachedAttention(8), torch.randn(1, 6, 8)
    at_once, _ = attention(x)
    cache, pieces = None, []
    for t in range(6):
        y, cache = attention(x[:, t : t + 1], cache)
        pieces.append(y)
    print((torch.cat(pieces, dim=1) - at_once).abs().max().item())  # as good as 0: the same result, step by step
    print(sum(t * t for t in range(1, 101)), "->", sum(range(1, 101)))  # scores computed for 100 characters


# %% [markdown] lang="ja" exercise="extra_beam"
# ## ビームサーチ（extra_beam）
#
# 毎回いちばん確率の高い単語を選ぶ（貪欲法、greedy）と、目先の得で文全体を損することがあります。ビームサーチは、有望な書きかけの文を `width` 本まで並べて進めます。
#
# `beam_search(step, start, end, width, max_len)` を書いてください。`step(ids)` は、書きかけの文（ID のリスト）を渡すと、次の単語の対数確率 (V,) を返します。
#
# 1. 最初の候補は `[start]` の 1 本で、点数は 0。
# 2. 書きかけの候補はそれぞれ、V 個の単語をつないだ V 本に増える。点数は、つないだ単語の対数確率を**足した**もの。
#    `end` で終わった候補は完成で、増えず、点数もそのまま残る。
# 3. 増えた候補と完成した候補を一緒に点数の順に並べ、上から `width` 本を残す。
# 4. 残った候補がすべて完成したか、長さ（`start` を含む）が `max_len` になったら終わり。そうでなければ 2 に戻る。
# 5. 点数のいちばん高い候補の `(ids, score)` を返す。`ids` は `start` から始まる ID のリスト、`score` は数。
#
# 点数は対数確率の和なので、長い文ほど不利です。実際の翻訳では、長さで割るなどの補正をします（ここではしません）。
# %% [markdown] lang="en" exercise="extra_beam"
# ## Beam search (extra_beam)
#
# Whoever takes the likeliest word each time (greedy search) may win a word and lose the sentence. Beam search carries up to
# `width` promising beginnings along.
#
# Write `beam_search(step, start, end, width, max_len)`. `step(ids)` takes a beginning, a list of ids, and returns the log
# probabilities (V,) of the next word.
#
# 1. The first candidate is `[start]`, with the score 0.
# 2. Every candidate that is not finished becomes V longer ones, one for each word. Its score is the *sum* of the log
#    probabilities of the words that were added. One that ends with `end` is finished: it does not grow and keeps its score.
# 3. Rank the longer ones and the finished ones together by their scores, and keep the best `width`.
# 4. Stop when all that are left are finished, or have `max_len` ids (`start` included); else go on with 2.
# 5. Return `(ids, score)` of the best: a list of ids that begins with `start`, and a number.
#
# A sum of log probabilities puts long sentences at a disadvantage. Real translators make up for it, for instance by dividing
# by the length (not here).
# %% exercise="extra_beam" role="answer"
def beam_search(step, start, end, width, max_len):
    """step: ids -> log probabilities (V,) of the next word; returns (ids, score) of the best candidate"""
    # BEGIN SOLUTION
    beam = [([start], 0.0)]
    for _ in range(max_len - 1):
        candidates = []
        for ids, score in beam:
            if ids[-1] == end:
                candidates.append((ids, score))
            else:
                words = enumerate(step(ids).tolist())
                candidates += [([*ids, word], score + log_probability) for word, log_probability in words]
        beam = sorted(candidates, key=lambda candidate: candidate[1], reverse=True)[:width]
    return beam[0]
    # END SOLUTION


# %% exercise="extra_beam" role="demo"
if __name__ == "__main__":
    NEXT = {  # <s> a nice dog woman house </s>: the likeliest first word leads nowhere
        (0,): [0, 0.5, 0.4, 0.1, 0, 0, 0],
        (0, 1): [0, 0, 0.2, 0.4, 0.2, 0.2, 0],
        (0, 2): [0, 0, 0, 0.05, 0.05, 0.9, 0],
    }

    def step(ids):
        return torch.tensor(NEXT.get(tuple(ids), [0, 0, 0, 0, 0, 0, 1.0])).log()

    for width in (1, 2):
        ids, score = beam_search(step, 0, 6, width, 5)
        print(width, ids, f"{math.exp(score):.2f}")  # 0.20 for the greedy one, 0.36 with two beginnings


# %% [markdown] lang="ja" exercise="extra_bpe"
# ## 単語を部品に分ける: BPE（extra_bpe）
#
# 語彙を単語で作ると、知らない単語が必ず出てきます。文字で作ると、文が長くなりすぎます。**BPE**（byte-pair encoding）はその間をとり、よく隣り合う文字をつないで部品にします。
#
# `join_pair(pieces, pair)` は、部品の列の中で隣り合う組 `pair` を、左から順につないで返します。`["a", "a", "a"]` で `("a", "a")` をつなぐと `["aa", "a"]` です。
#
# `learn_merges(words, count)` は、単語とその出現回数の dict から、つなぐ規則を学びます。
#
# 1. どの単語も、最初は 1 文字ずつの部品の列とする。
# 2. 隣り合う部品の組を、単語の出現回数の分だけ数える。単語をまたぐ組はない。
# 3. いちばん多い組を規則に加え、どの単語でも、その組をつないで 1 つの部品にする（`join_pair`）。
#    同じ回数の組がいくつかあれば、Python の比較で**小さいほう**（`("a", "b") < ("a", "c")`）をとる。
# 4. 規則が `count` 個になるか、組がなくなるまで繰り返し、規則のリスト `[("e", "s"), ...]` を学んだ順に返す。
#
# `split_word(word, merges)` は、新しい単語を部品に分けます。1 文字ずつの列から始めて、規則を**学んだ順に** 1 つずつ使ってつなぎます。部品のリストを返します。
# %% [markdown] lang="en" exercise="extra_bpe"
# ## Words cut into pieces: BPE (extra_bpe)
#
# A vocabulary of words always lacks one; with single characters texts become too long. *BPE* (byte-pair encoding) lies
# between: it joins characters that often stand side by side into pieces.
#
# `join_pair(pieces, pair)` returns the row of pieces with the neighbours `pair` joined, from left to right: joining
# `("a", "a")` in `["a", "a", "a"]` gives `["aa", "a"]`.
#
# `learn_merges(words, count)` learns rules from a dict of words and how often each occurs.
#
# 1. Every word begins as a row of pieces of one character each.
# 2. Count the pairs of neighbouring pieces, each as often as its word occurs. No pair reaches over the end of a word.
# 3. The most frequent pair becomes a rule, and in every word it is joined into one piece (`join_pair`). Of several that are
#    equally frequent, take the one that is *smaller* by Python's comparison (`("a", "b") < ("a", "c")`).
# 4. Go on until there are `count` rules, or no pair is left, and return the rules `[("e", "s"), ...]` in the order in which
#    they were learned.
#
# `split_word(word, merges)` cuts a new word into pieces: begin with single characters and join, rule by rule *in the order in
# which they were learned*. It returns the list of pieces.
# %% exercise="extra_bpe" role="answer"
def join_pair(pieces, pair):
    """pieces [str], pair (str, str) -> the pieces with this pair joined, from left to right"""
    # BEGIN SOLUTION
    joined, i = [], 0
    while i < len(pieces):
        if tuple(pieces[i : i + 2]) == tuple(pair):
            joined.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            joined.append(pieces[i])
            i += 1
    return joined
    # END SOLUTION


def learn_merges(words, count):
    """words {word: how often} -> at most `count` pairs of pieces, in the order in which they were joined"""
    # BEGIN SOLUTION
    rows = {word: list(word) for word in words}
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, often in words.items():
            for pair in zip(rows[word], rows[word][1:]):
                pairs[pair] += often
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        rows = {word: join_pair(pieces, best) for word, pieces in rows.items()}
    return merges
    # END SOLUTION


def split_word(word, merges):
    """word, pairs in the order in which they were learned -> its pieces"""
    # BEGIN SOLUTION
    pieces = list(word)
    for pair in merges:
        pieces = join_pair(pieces, pair)
    return pieces
    # END SOLUTION


# %% exercise="extra_bpe" role="demo"
if __name__ == "__main__":
    words = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
    merges = learn_merges(words, 10)
    print(merges)
    for word in ("lowest", "newer", "widen"):  # not among the words that it learned from
        print(word, split_word(word, merges))


# %% [markdown] lang="ja"
# ## まとめ
#
# - 入口と出口の表を共有すると、モデルが小さくなり、まれな単語も学習されます。
# - RoPE は位置を角度にします。Query と Key の内積は、位置の差だけで決まります。
# - KV キャッシュがあると、1 文字作る仕事は、そこまでの長さに比例するだけで済みます。
# - ビームサーチは、書きかけの文を何本か並べて、文全体の確率で選びます。
# - BPE は、よく隣り合う部品をつないで語彙を作ります。知らない単語はありません。
#
# ### 試してみよう
#
# 1. `CachedAttention` の Query と Key を `rotate` で回してみましょう。キャッシュには、回した Key を入れますか、回す前の Key を入れますか。
# 2. `beam_search` の点数を長さで割ると、選ばれる文はどう変わりますか。
# 3. 好きな文章で `learn_merges` を動かし、最初の 50 個の規則を眺めましょう。言語によって何が違いますか。
#
# ### もっと知りたい人へ
#
# - [Using the Output Embedding to Improve Language Models](https://arxiv.org/abs/1608.05859): 重みの共有（Press と Wolf）
# - [RoFormer](https://arxiv.org/abs/2104.09864): RoPE の論文（Su ほか）
# - [Neural Machine Translation of Rare Words with Subword Units](https://arxiv.org/abs/1508.07909): BPE（Sennrich ほか）
# - [minbpe](https://github.com/karpathy/minbpe): バイト単位の BPE を読みやすく（Karpathy）
# %% [markdown] lang="en"
# ## Summary
#
# - One table for the way in and the way out makes the model smaller, and rare words learn too.
# - RoPE turns positions into angles; the product of a query and a key depends on their distance alone.
# - With a KV cache the work for one more character grows only with the length so far.
# - Beam search carries several beginnings along and chooses by the probability of the whole sentence.
# - BPE builds its vocabulary by joining pieces that often stand side by side; no word is unknown to it.
#
# ### Try this
#
# 1. Turn queries and keys of `CachedAttention` with `rotate`. Does the cache hold the keys before or after the turn?
# 2. Divide the score of `beam_search` by the length. Which sentences win now?
# 3. Run `learn_merges` on a text you like and read its first 50 rules. What differs between languages?
#
# ### Further reading
#
# - [Using the Output Embedding to Improve Language Models](https://arxiv.org/abs/1608.05859): weight tying (Press and Wolf)
# - [RoFormer](https://arxiv.org/abs/2104.09864): the paper on RoPE (Su and others)
# - [Neural Machine Translation of Rare Words with Subword Units](https://arxiv.org/abs/1508.07909): BPE (Sennrich and others)
# - [minbpe](https://github.com/karpathy/minbpe): BPE on bytes, made to be read (Karpathy)
