# %% [markdown] lang="ja"
# # Transformer で言語モデルを作る
#
# 言語モデルは、ここまでの文字から次の文字を予測します。前の課題では LSTM が左から順に読み、それまでのことを 1 本の状態ベクトルに
# 詰め込みました。Transformer は状態を持ちません。どの位置からも、それより前のすべての位置を直接見に行きます。見る場所を決めるのが
# **self-attention**（同じ文の中の関連度）です。「鳥がナク」のナクが「泣く」ではなく「鳴く」だと分かるのは、「鳥」を見ているからです。
#
# この演習では "Attention Is All You Need"（Vaswani ほか, 2017）の部品を 1 つずつ作ります。
#
# | 部品 | 一言でいうと |
# |---|---|
# | `positional_encoding` | 並び順を埋め込みに足す |
# | `causal_mask` | 未来を隠す |
# | `MultiHeadAttention` | どこを見るかを、いくつもの観点で決める |
# | `EncoderBlock` | 見て、考えて、もとの値に足し戻す |
# | `TransformerLM` | ブロックを積み重ね、次の文字の点数を出す |
# | `get_batch`, `perplexity` | 1 文字ずらして教え、迷いの大きさを測る |
# | `generate` | 1 文字ずつ書かせる |
#
# 最後に LSTM の言語モデルと比べます。記号: B はバッチの大きさ、T は系列の長さ、D はモデルの次元、N はヘッドの数、V は語彙の大きさ。
# %% [markdown] lang="en"
# # A language model with a Transformer
#
# A language model predicts the next character from those so far. In the previous assignment an LSTM read from left to
# right and squeezed everything it had read into one state vector. A Transformer keeps no state: every position looks
# directly at all positions before it. What decides where to look is **self-attention**, how strongly the words of one
# sentence concern each other. In "the bat hung from the branch" you know which bat is meant because you look at "branch".
#
# Here you build the parts of "Attention Is All You Need" (Vaswani et al., 2017) one by one.
#
# | part | in a few words |
# |---|---|
# | `positional_encoding` | adds the order of the words to their embeddings |
# | `causal_mask` | hides the future |
# | `MultiHeadAttention` | decides where to look, from several points of view |
# | `EncoderBlock` | looks, thinks, and adds the result to what was there |
# | `TransformerLM` | stacks blocks and scores the next character |
# | `get_batch`, `perplexity` | teach by shifting one character, measure how lost the model is |
# | `generate` | writes, one character at a time |
#
# At the end an LSTM language model competes. Letters: B batch size, T length of the sequence, D model size, N heads,
# V vocabulary size.
# %% role="setup"
import math

import torch
from torch import nn
from torch.nn import functional as F

# %% [markdown] lang="ja" exercise="positional_encoding"
# ## 位置エンコーディング（positional_encoding）
#
# Attention は集合を見ているだけで、並び順を知りません。「犬が人を噛む」と「人が犬を噛む」が同じものに見えます。そこで、位置ごとに
# 決まった模様を埋め込みに足して、順番を知らせます。位置 $t$ の模様は、速さの違う時計の針を何本も並べたものです。
#
# $$PE_{t,\,2i} = \sin\!\left(\frac{t}{10000^{2i/D}}\right), \qquad PE_{t,\,2i+1} = \cos\!\left(\frac{t}{10000^{2i/D}}\right)$$
#
# - 偶数列は sin、奇数列は cos で、隣り合う 2 列が 1 本の針（単位円の上の点）です。
# - $i$ は組の番号、$2i$ は列の番号です。同じ組の sin と cos は同じ速さで回ります。
# - 速さは 1 から始まって 1/10000 近くまで遅くなります。$k$ だけ離れた位置どうしは、いつも同じ角度だけ回した関係にあります。
#
# `positional_encoding(max_len, d_model)` を書いてください。$D$ が奇数のときは、最後の sin の列が余るだけで動くようにするか、
# `ValueError` で断ってください。
# %% [markdown] lang="en" exercise="positional_encoding"
# ## Positional encoding (positional_encoding)
#
# Attention sees a set and knows nothing of order: "dog bites man" and "man bites dog" look the same to it. So each
# position gets a fixed pattern, added to the embedding. The pattern of position $t$ is a row of clock hands that turn
# at different speeds.
#
# $$PE_{t,\,2i} = \sin\!\left(\frac{t}{10000^{2i/D}}\right), \qquad PE_{t,\,2i+1} = \cos\!\left(\frac{t}{10000^{2i/D}}\right)$$
#
# - Even columns are sines, odd ones cosines; two neighbouring columns are one hand, a point on the unit circle.
# - $i$ numbers the pairs, $2i$ the columns. Sine and cosine of one pair turn at the same speed.
# - The speeds fall from 1 to nearly 1/10000. Two positions that are $k$ apart always differ by the same turn.
#
# Write `positional_encoding(max_len, d_model)`. With an odd $D$ the last sine has no partner: either let that work or
# refuse it with a `ValueError`.
# %% exercise="positional_encoding" role="answer"
def positional_encoding(max_len, d_model):
    """sizes T, D -> (T, D)"""
    # BEGIN SOLUTION
    position = torch.arange(max_len).unsqueeze(1)  # (T, 1)
    speed = 10000 ** -(torch.arange(0, d_model, 2) / d_model)  # (ceil(D / 2),)
    angle = position * speed  # (T, ceil(D / 2))
    table = torch.zeros(max_len, d_model)  # (T, D)
    table[:, 0::2] = torch.sin(angle)
    table[:, 1::2] = torch.cos(angle)[:, : d_model // 2]
    return table
    # END SOLUTION


# %% exercise="positional_encoding" role="demo"
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    table = positional_encoding(100, 64)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.5))
    left.imshow(table.T, aspect="auto", cmap="RdBu")
    left.set(title="positional_encoding(100, 64)", xlabel="position t", ylabel="column")
    right.imshow(table @ table.T, aspect="auto")
    right.set(title="similarity of two positions", xlabel="position t", ylabel="position s")
    plt.show()

# %% [markdown] lang="ja" exercise="causal_mask"
# ## 因果マスク（causal_mask）
#
# Causal LM は先行単語だけから次の単語を予測します。位置 t の予測は、t より後ろを見てはいけません。見てよい組 (t, s) を True とする
# (T, T) の表を作ります。
#
# $$M_{t,s} = (s \le t)$$
#
# 自分自身（対角線）は見てかまいません。答えとして当てるのは 1 つ先の文字だからです。
# %% [markdown] lang="en" exercise="causal_mask"
# ## The causal mask (causal_mask)
#
# A causal language model predicts the next word from the words before it alone, so what is predicted at position t must
# not look beyond t. Make the (T, T) table that is True where t may look at s:
#
# $$M_{t,s} = (s \le t)$$
#
# A position may look at itself, the diagonal is True: the character to be guessed is the one after it.
# %% exercise="causal_mask" role="answer"
def causal_mask(size):
    """size T -> (T, T) bool, True where attention is allowed."""
    # BEGIN SOLUTION
    return torch.ones(size, size, dtype=torch.bool).tril()
    # END SOLUTION


# %% exercise="causal_mask" role="demo"
if __name__ == "__main__":
    print(causal_mask(5).int())
    plt.figure(figsize=(3, 3))
    plt.imshow(causal_mask(12), cmap="Greens")
    plt.title("causal_mask(12)")
    plt.xlabel("looked at: s")
    plt.ylabel("looking: t")
    plt.show()

# %% [markdown] lang="ja" exercise="multi_head"
# ## マルチヘッド Attention（multi_head）
#
# Query（何を探しているか）、Key（何を持っているか）、Value（渡す中身）は、それぞれ学習する行列で入力から作ります。1 つの Attention は
# 1 つの観点でしか見られないので、D 次元を N 個のヘッドに分け、ヘッドごとに別々の場所を見ます。
#
# $$\mathrm{head}_n = \mathrm{softmax}\!\left(\frac{Q_n K_n^\top}{\sqrt{d_h}}\right) V_n, \qquad
# \mathrm{output} = [\mathrm{head}_1; \dots; \mathrm{head}_N]\, W_O, \qquad d_h = D / N$$
#
# - 射影してから分けます。(B, T, D) → (B, T, N, d_h) → (B, N, T, d_h)。最後の入れ替えを忘れると、位置とヘッドが混ざります。
# - 割る数は**ヘッドの**幅の平方根です。D の平方根ではありません。
# - 見てはいけない組の点数は、softmax の**前**に $-\infty$ にします。`mask` は (Tq, Tk) で、True が「見てよい」です。
# - 最後に (B, N, Tq, d_h) → (B, Tq, N, d_h) → (B, Tq, D) と戻し、$W_O$ でヘッドの話を 1 つにまとめます。
#
# `query` と `key`・`value` が同じ文なら self-attention、違う文なら source-target attention です。同じ 1 つのクラスで両方動きます。
# 出力 (B, Tq, D) と、ヘッドごとの重み (B, N, Tq, Tk) を返してください。
# %% [markdown] lang="en" exercise="multi_head"
# ## Multi-head attention (multi_head)
#
# Query (what am I looking for), key (what have I got) and value (what I hand over) are made from the input by learned
# matrices. One attention has one point of view, so the D dimensions are cut into N heads, each looking where it likes.
#
# $$\mathrm{head}_n = \mathrm{softmax}\!\left(\frac{Q_n K_n^\top}{\sqrt{d_h}}\right) V_n, \qquad
# \mathrm{output} = [\mathrm{head}_1; \dots; \mathrm{head}_N]\, W_O, \qquad d_h = D / N$$
#
# - Project, then cut: (B, T, D) → (B, T, N, d_h) → (B, N, T, d_h). Forget the last swap and positions mix with heads.
# - Divide by the root of the *head's* width, not of D.
# - Scores of pairs that must not look become $-\infty$ *before* the softmax. `mask` is (Tq, Tk), True where allowed.
# - Back again: (B, N, Tq, d_h) → (B, Tq, N, d_h) → (B, Tq, D); then $W_O$ makes one story of what the heads report.
#
# With `query`, `key` and `value` from one sentence this is self-attention, from two sentences source-target attention:
# one class does both. Return the output (B, Tq, D) and each head's weights (B, N, Tq, Tk).
# %% exercise="multi_head" role="answer"
class MultiHeadAttention(nn.Module):
    """query (B, Tq, D), key and value (B, Tk, D), mask (Tq, Tk) -> output (B, Tq, D), weights (B, N, Tq, Tk)"""

    def __init__(self, d_model, num_heads):
        super().__init__()
        # BEGIN SOLUTION
        self.num_heads = num_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)
        # END SOLUTION

    def forward(self, query, key, value, mask=None):
        # BEGIN SOLUTION
        q = self.split(self.w_q(query))  # (B, N, Tq, d_h)
        k = self.split(self.w_k(key))  # (B, N, Tk, d_h)
        v = self.split(self.w_v(value))  # (B, N, Tk, d_h)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))  # (B, N, Tq, Tk)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(dim=-1)  # (B, N, Tq, Tk)
        heads = weights @ v  # (B, N, Tq, d_h)
        merged = heads.transpose(1, 2).flatten(2)  # (B, Tq, D)
        return self.w_o(merged), weights

    def split(self, x):
        """(B, T, D) -> (B, N, T, d_h)"""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        # END SOLUTION


# %% exercise="multi_head" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    attention = MultiHeadAttention(d_model=32, num_heads=4)
    words = torch.randn(1, 10, 32)
    output, weights = attention(words, words, words, causal_mask(10))
    print(output.shape, weights.shape)
    figure, axes = plt.subplots(1, 4, figsize=(11, 3))
    for head, axis in enumerate(axes):
        axis.imshow(weights[0, head].detach(), vmin=0)
        axis.set(title=f"head {head}", xlabel="key", ylabel="query")
    plt.show()
