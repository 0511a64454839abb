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
# ![行が見る側、列が見られる側の表。対角線とその下が 1、上が 0 の三角形で、各行は次の語を当てる。](figure:causal_triangle)
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
# ![A table with a row for each looking position and a column for each position looked at. It holds 1 on and below the diagonal and 0 above. Each row guesses the next word.](figure:causal_triangle)
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
# ![入力を Q, K, V に射影し、それぞれを列ごとに 4 つのヘッド（4 色）に分ける。各ヘッドは自分の重みの表と出力を計算し、出力をもとどおり横につないで W_O を掛ける。](figure:heads)
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
# ![The input is projected to Q, K and V. Each is split by columns into four heads, drawn in four colours. Each head computes its own table of weights and output. The outputs are put side by side again and multiplied by W_O.](figure:heads)
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


# %% [markdown] lang="ja" exercise="encoder_block"
# ## 残差接続と層正規化（encoder_block）
#
# 層は深いほど複雑な構造を学べますが、単純に積むと学習が進まなくなります。**残差接続**では、層に「獲得したい関数」そのものではなく、
# 入力との**差**だけを学ばせ、入力を足し戻します。層が何も学んでいなくても入力はそのまま通り、勾配もまっすぐ戻ります。
#
# $$\text{獲得したい関数}(x) = x + \text{層の出力}(x)$$
#
# **層正規化**は、1 つの位置の D 個の値を、平均 0・分散 1 にそろえてから、学習する倍率 $\gamma$ とずれ $\beta$ を掛けて足します。
#
# $$\mathrm{LN}(x) = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta, \qquad
# \mu = \frac{1}{D} \sum_i x_i, \quad \sigma^2 = \frac{1}{D} \sum_i (x_i - \mu)^2$$
#
# - 分散は D で割ります（D-1 ではありません）。$\epsilon$ は根号の**中**です。全部同じ値の行でも 0 で割らずにすみます。
# - バッチや時間の軸にはまたがりません。
#
# ブロックは 2 段です。1 段目で文の中を**見て**（multi-head attention）、2 段目で位置ごとに**考えます**（単語ごとの全結合
# $W_2\,\mathrm{ReLU}(W_1 x + b_1) + b_2$）。どちらの段にも自分の正規化と残差接続が付きます。正規化を段の前に置く pre-norm でも、
# 論文のように足し算の後に置く post-norm でもかまいません。
#
# $$\text{pre-norm: } x + f(\mathrm{LN}(x)) \qquad \text{post-norm: } \mathrm{LN}(x + f(x))$$
#
# ![左から右へ流れがあり、Attention と全結合がそこから枝分かれして、また足し戻される。pre-norm では正規化が枝の中に、post-norm では足した後の流れの上にある。](figure:residual_stream)
#
# `LayerNorm(d_model, eps=1e-5)` と `EncoderBlock(d_model, num_heads, d_ff, dropout)` を書いてください。
# %% [markdown] lang="en" exercise="encoder_block"
# ## Residual connection and layer normalisation (encoder_block)
#
# Deeper layers can learn more complex structure, but plainly stacked they are hard to train. With a **residual
# connection** a layer learns not the wanted function itself but its *difference* from the input, which is added back.
# A layer that has learnt nothing yet lets the input through, and the gradient comes straight back.
#
# $$\text{wanted}(x) = x + \text{layer}(x)$$
#
# **Layer normalisation** brings the D values of one position to mean 0 and variance 1, then applies a learned gain
# $\gamma$ and shift $\beta$.
#
# $$\mathrm{LN}(x) = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta, \qquad
# \mu = \frac{1}{D} \sum_i x_i, \quad \sigma^2 = \frac{1}{D} \sum_i (x_i - \mu)^2$$
#
# - The variance divides by D (not by D-1), and $\epsilon$ stands *inside* the root: a row of equal values is no division
#   by zero.
# - It never reaches across the batch or over time.
#
# A block has two stages. The first *looks* around in the sentence (multi-head attention), the second *thinks* at each
# position by itself (the feed-forward network $W_2\,\mathrm{ReLU}(W_1 x + b_1) + b_2$). Each stage has a normalisation
# and a residual connection of its own. Put the normalisation before the stage (pre-norm) or after the sum as the paper
# does (post-norm), as you like.
#
# $$\text{pre-norm: } x + f(\mathrm{LN}(x)) \qquad \text{post-norm: } \mathrm{LN}(x + f(x))$$
#
# ![A stream goes from left to right. Attention and the feed-forward network each branch off it and are added back. With pre-norm the normalisation stands in the branch, with post-norm on the stream after each sum.](figure:residual_stream)
#
# Write `LayerNorm(d_model, eps=1e-5)` and `EncoderBlock(d_model, num_heads, d_ff, dropout)`.
# %% exercise="encoder_block" role="answer"
class LayerNorm(nn.Module):
    """(..., D) -> (..., D)"""

    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        # BEGIN SOLUTION
        self.eps = eps
        self.gain = nn.Parameter(torch.ones(d_model))
        self.shift = nn.Parameter(torch.zeros(d_model))
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        centred = x - x.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
        normal = centred / torch.sqrt(variance + self.eps)
        return self.gain * normal + self.shift
        # END SOLUTION


class EncoderBlock(nn.Module):
    """x (B, T, D), mask (T, T) -> (B, T, D)"""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        # BEGIN SOLUTION
        self.attention = MultiHeadAttention(d_model, num_heads)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, d_ff),
            nn.ReLU(),
            nn.Linear(d_ff, d_model),
        )
        self.norm1 = LayerNorm(d_model)
        self.norm2 = LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        # END SOLUTION

    def forward(self, x, mask=None):
        # BEGIN SOLUTION
        h = self.norm1(x)
        attended, _ = self.attention(h, h, h, mask)  # (B, T, D)
        x = x + self.dropout(attended)
        h = self.norm2(x)
        thought = self.feed_forward(h)  # (B, T, D)
        return x + self.dropout(thought)
        # END SOLUTION


# %% exercise="encoder_block" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    x = 3 + 5 * torch.randn(2, 7, 32)
    normal = LayerNorm(32)(x)
    print(f"before: mean {x[0, 0].mean():.2f}, std {x[0, 0].std(unbiased=False):.2f}")
    print(f"after:  mean {normal[0, 0].mean():.2f}, std {normal[0, 0].std(unbiased=False):.2f}")

    deep = nn.ModuleList([EncoderBlock(32, 4, 64, 0.0) for _ in range(12)])
    x = torch.randn(2, 7, 32, requires_grad=True)
    out = x
    for block in deep:
        out = block(out, causal_mask(7))
    out.square().mean().backward()
    print(f"gradient that reaches the input through 12 blocks: {x.grad.norm():.4f}")


# %% [markdown] lang="ja" exercise="transformer"
# ## 組み立てる（transformer）
#
# 部品を順につなぎます。
#
# 1. 文字 ID を埋め込みベクトルにし、$\sqrt{D}$ を掛け（論文 3.4 節）、**それから**位置エンコーディングを足す
# 2. 因果マスクを付けて、ブロックを `num_layers` 個通す。ブロックはそれぞれ自分の重みを持つ
# 3. （pre-norm なら最後に 1 回正規化して）語彙の大きさの点数（logits）にする
#
# `TransformerLM(vocab_size, d_model, num_heads, d_ff, num_layers, dropout)` を書いてください。(B, T) の ID から (B, T, V) の logits を
# 返します。位置 t の logits は、t までの文字を見て t+1 の文字に付けた点数です。全位置の答え合わせを 1 回の計算でまとめてできるのが、RNN に
# ない強みです。
# %% [markdown] lang="en" exercise="transformer"
# ## Putting it together (transformer)
#
# Connect the parts in order.
#
# 1. Embed the character ids, multiply by $\sqrt{D}$ (section 3.4 of the paper), and *then* add the positional encoding.
# 2. Pass through `num_layers` blocks under the causal mask. Each block has weights of its own.
# 3. (With pre-norm, normalise once more, and) make scores over the vocabulary, the logits.
#
# Write `TransformerLM(vocab_size, d_model, num_heads, d_ff, num_layers, dropout)`. Ids (B, T) become logits (B, T, V). The
# logits at position t score the character t+1, having seen the characters up to t. All positions learn in one pass,
# which no RNN can do.
# %% exercise="transformer" role="answer"
class TransformerLM(nn.Module):
    """ids (B, T) -> logits (B, T, V), T up to max_len"""

    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        # BEGIN SOLUTION
        self.scale = math.sqrt(d_model)
        self.embedding = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embedding.weight, std=1 / self.scale)
        self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.norm = LayerNorm(d_model)
        self.head = nn.Linear(d_model, vocab_size)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        length = ids.size(1)
        words = self.embedding(ids) * self.scale  # (B, T, D)
        x = words + self.positions[:length]
        x = self.dropout(x)
        mask = causal_mask(length).to(ids.device)  # (T, T)
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x)
        return self.head(x)  # (B, T, V)
        # END SOLUTION


# %% exercise="transformer" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    model = TransformerLM(vocab_size=50, d_model=32, num_heads=4, d_ff=64, num_layers=2, dropout=0.1)
    print(sum(p.numel() for p in model.parameters()), "parameters")
    ids = torch.randint(50, (1, 8))
    changed = ids.clone()
    changed[0, 5] = (changed[0, 5] + 1) % 50
    model.eval()
    moved = (model(ids) - model(changed)).abs().amax(dim=-1)[0]
    print("character 5 was changed; the logits that moved:", (moved > 1e-6).int().tolist())


# %% [markdown] lang="ja" exercise="lm_training"
# ## 学習と perplexity（lm_training）
#
# 言語モデルの正解は、本文そのものを 1 文字ずらしたものです。ラベル付けはいりません。
#
# ```
# 入力  吾 輩 は 猫 で
# 正解  輩 は 猫 で あ
# ```
#
# - `get_batch(ids, batch_size, length)`: 本文（ID の列）のでたらめな場所から長さ `length` の窓を `batch_size` 個切り出し、入力 (B, T) と、
#   ちょうど 1 つ後ろにずらした正解 (B, T) を返す。最後の文字も正解として使われるように。
# - `lm_loss(logits, targets)`: 全位置で平均した交差エントロピー。
# - `train_lm(model, ids, steps, batch_size, length, lr)`: 学習モードで `steps` 回更新し、各回の損失のリストを返す。
# - `perplexity(model, ids, length)`: 本文を前から `length` 文字ずつ（最後は短くてもよい）モデルに読ませ、先頭以外の**どの文字も 1 回ずつ**
#   予測させて、
#
# $$\mathrm{PPL} = \exp\!\left(\frac{\text{負の対数尤度の総和}}{\text{予測した文字の総数}}\right)$$
#
# perplexity は「平均して何択で迷っているか」です。何も知らないモデルの損失は $\ln V$、perplexity は $V$ になるはずで、最初の損失がそこから
# 遠ければどこかが間違っています。窓ごとの perplexity の平均や、長さの違う窓の損失の単純平均は、別の数になります。
# %% [markdown] lang="en" exercise="lm_training"
# ## Training and perplexity (lm_training)
#
# The right answers for a language model are the text itself, shifted by one character. Nobody has to label anything.
#
# ```
# input    t h e _ c
# target   h e _ c a
# ```
#
# - `get_batch(ids, batch_size, length)`: from random places of the text (a sequence of ids) cut `batch_size` windows of
#   `length`; return inputs (B, T) and targets (B, T), exactly one character later. The last character is a target too.
# - `lm_loss(logits, targets)`: the cross-entropy, averaged over all positions.
# - `train_lm(model, ids, steps, batch_size, length, lr)`: in training mode, make `steps` updates; return the list of losses.
# - `perplexity(model, ids, length)`: let the model read the text `length` characters at a time from the start (the last
#   piece may be shorter), so that every character but the first is predicted *exactly once*, and
#
# $$\mathrm{PPL} = \exp\!\left(\frac{\text{total negative log-likelihood}}{\text{number of characters predicted}}\right)$$
#
# Perplexity is among how many characters the model hesitates on average. One that knows nothing has a loss of $\ln V$ and
# a perplexity of $V$; if the first loss is far from that, something is wrong. A mean of the windows' perplexities, or a
# plain mean of losses over windows of different length, is another number.
# %% exercise="lm_training" role="answer"
def get_batch(ids, batch_size, length):
    """ids (S,) -> inputs (B, T), targets (B, T)"""
    # BEGIN SOLUTION
    starts = torch.randint(len(ids) - length, (batch_size, 1))  # (B, 1)
    index = starts + torch.arange(length)  # (B, T)
    return ids[index], ids[index + 1]
    # END SOLUTION


def lm_loss(logits, targets):
    """logits (B, T, V), targets (B, T) -> ()"""
    # BEGIN SOLUTION
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    # END SOLUTION


def train_lm(model, ids, steps, batch_size, length, lr):
    """ids (S,) -> list of floats, one loss a step"""
    # BEGIN SOLUTION
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    device = next(model.parameters()).device
    model.train()
    losses = []
    for _ in range(steps):
        inputs, targets = get_batch(ids, batch_size, length)
        logits = model(inputs.to(device))
        loss = lm_loss(logits, targets.to(device))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses
    # END SOLUTION


def perplexity(model, ids, length):
    """ids (S,) -> float"""
    # BEGIN SOLUTION
    device = next(model.parameters()).device
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(ids) - 1, length):
            piece = ids[start : start + length + 1].to(device)
            inputs, targets = piece[:-1], piece[1:]
            logits = model(inputs.unsqueeze(0))  # (1, T, V)
            loss = lm_loss(logits, targets.unsqueeze(0))
            total += loss.item() * len(targets)
            count += len(targets)
    return math.exp(total / count)
    # END SOLUTION


# %% [markdown] lang="ja" exercise="lm_training"
# ### LSTM と比べる
#
# 前の課題の LSTM 言語モデルと、直前の 1 文字だけを見るバイグラムを、同じ本文で比べます。2 つのネットワークは、パラメータの数も更新の回数もほぼ同じです。
# %% [markdown] lang="en" exercise="lm_training"
# ### Against an LSTM
#
# The LSTM language model of the previous assignment, and a bigram model that looks at one character only, on the same
# text. Both networks have about as many parameters, and as many updates.
# %% exercise="lm_training" role="demo"
if __name__ == "__main__":
    from grader.data import language

    corpus = language.text()
    vocabulary = sorted(set(corpus.train))
    number = {character: i for i, character in enumerate(vocabulary)}

    def encode(text):
        return torch.tensor([number[character] for character in text if character in number])

    def decode(ids):
        return "".join(vocabulary[i] for i in ids)

    train_ids, test_ids = encode(corpus.train), encode(corpus.test)
    V = len(vocabulary)
    print(len(train_ids), "characters to learn from,", len(test_ids), "to test on, V =", V, f"ln V = {math.log(V):.2f}")

    class LSTMLanguageModel(nn.Module):
        """ids (B, T) -> logits (B, T, V)"""

        def __init__(self, vocab_size, emb_size, hidden_size):
            super().__init__()
            self.embedding = nn.Embedding(vocab_size, emb_size)
            self.lstm = nn.LSTM(emb_size, hidden_size, batch_first=True)
            self.head = nn.Linear(hidden_size, vocab_size)

        def forward(self, ids):
            states, _ = self.lstm(self.embedding(ids))  # (B, T, H)
            return self.head(states)

    counts = torch.full((V, V), 0.01)  # no pair is quite impossible
    counts.index_put_((train_ids[:-1], train_ids[1:]), torch.ones(len(train_ids) - 1), accumulate=True)
    bigram = counts / counts.sum(dim=1, keepdim=True)
    scores = {"bigram": math.exp(-bigram[test_ids[:-1], test_ids[1:]].log().mean())}
    print(f"bigram: perplexity {scores['bigram']:.2f}")

# %% exercise="lm_training" role="demo"
if __name__ == "__main__":
    device = "cuda" if torch.cuda.is_available() else "cpu"
    LENGTH, STEPS = 128, 400
    RATES = (1e-3, 5e-3, 5e-3, 4e-3, 3e-3, 2e-3, 1e-3, 3e-4)  # warm up, then cool down

    def course(model):
        """The perplexity on the test text after each round of updates."""
        print(sum(p.numel() for p in model.parameters()), "parameters", end=", ")
        seen = []
        for lr in RATES:
            losses = train_lm(model, train_ids, steps=STEPS, batch_size=8, length=LENGTH, lr=lr)
            if not seen:
                print(f"first loss {losses[0]:.2f}", end=", ")
            seen.append(perplexity(model, test_ids, LENGTH))
        return seen

    torch.manual_seed(0)
    lstm = LSTMLanguageModel(V, 64, 128).to(device)
    transformer = TransformerLM(V, d_model=64, num_heads=2, d_ff=256, num_layers=2, dropout=0.0, max_len=LENGTH).to(
        device
    )
    courses = {}
    for name, competitor in (("LSTM", lstm), ("Transformer", transformer)):
        courses[name] = course(competitor)
        scores[name] = courses[name][-1]
        print(f"{name}: perplexity {scores[name]:.2f}")

# %% exercise="lm_training" role="demo"
if __name__ == "__main__":
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.5))
    for name, seen in courses.items():
        left.plot(range(STEPS, STEPS * len(RATES) + 1, STEPS), seen, marker="o", label=name)
    left.axhline(scores["bigram"], color="gray", linestyle=":", label="bigram")
    left.set(title="perplexity on the test text", xlabel="updates", yscale="log")
    left.legend()
    right.bar(scores.keys(), scores.values(), color=["gray", "C0", "C1"])
    right.set(title="after training")
    plt.show()

# %% [markdown] lang="ja" exercise="lm_training"
# 学習したヘッドは、それぞれどこを見ているでしょうか。行が「見る側」の文字、列が「見られる側」の文字です。
# %% [markdown] lang="en" exercise="lm_training"
# Where do the trained heads look? Rows are the characters that look, columns those looked at.
# %% exercise="lm_training" role="demo"
if __name__ == "__main__":
    seen = []

    def keep(_module, _inputs, reply):
        seen.append(reply[1])  # (1, N, T, T)

    heads = [module for module in transformer.modules() if isinstance(module, MultiHeadAttention)]
    hooks = [module.register_forward_hook(keep) for module in heads]
    sample = test_ids[:40]
    transformer(sample.unsqueeze(0).to(device))
    for hook in hooks:
        hook.remove()
    print(decode(sample.tolist()))
    figure, axes = plt.subplots(len(seen), seen[0].size(1), figsize=(12, 3.2 * len(seen)), squeeze=False)
    for layer, weights in enumerate(seen):
        for head, axis in enumerate(axes[layer]):
            axis.imshow(weights[0, head].detach().cpu(), vmin=0)
            axis.set(title=f"layer {layer}, head {head}")
    plt.show()


# %% [markdown] lang="ja" exercise="generate"
# ## 書かせる（generate）
#
# 学習したモデルに、続きを 1 文字ずつ書かせます。予測した文字を末尾に足し、**それまでの全体**をもう一度読ませて、次を予測します。
#
# - モデルが一度に読めるのは `model.max_len` 文字まで。それより長くなったら、**末尾の** `max_len` 文字だけを読ませる
# - 使うのは最後の位置の logits。温度 `temperature` で割ってから softmax をとり、その確率で 1 文字引く。温度が高いほど冒険する
# - 温度 0 は、いちばん点数の高い文字を必ず選ぶ（greedy）
# - `top_k` があれば、点数が上位 k 個の文字からだけ引く
# - 評価モードで動かす（dropout を切る）
#
# `generate(model, prompt, n, temperature, top_k)` は、(B, T) の ID に n 文字を足した (B, T + n) を返します。
# %% [markdown] lang="en" exercise="generate"
# ## Letting it write (generate)
#
# Let the trained model continue a text, character by character. Append what it predicted, let it read *everything so
# far* again, and predict the next.
#
# - It can read `model.max_len` characters at a time. When there are more, let it read the *last* `max_len`.
# - Use the logits of the last position. Divide them by `temperature`, take the softmax, and draw one character with
#   these probabilities. The higher the temperature, the more daring.
# - Temperature 0 always takes the best character (greedy).
# - With `top_k`, draw among the k best characters only.
# - Run in evaluation mode (no dropout).
#
# `generate(model, prompt, n, temperature, top_k)` turns ids (B, T) into (B, T + n): n characters are appended.
# %% exercise="generate" role="answer"
def generate(model, prompt, n, temperature=1.0, top_k=None):
    """prompt (B, T) -> (B, T + n)"""
    # BEGIN SOLUTION
    model.eval()
    ids = prompt
    with torch.no_grad():
        for _ in range(n):
            seen = ids[:, -model.max_len :]
            logits = model(seen)[:, -1]  # (B, V)
            if top_k is not None:
                worst = logits.topk(top_k).values[:, -1:]  # (B, 1)
                logits = logits.masked_fill(logits < worst, float("-inf"))
            if temperature == 0:
                chosen = logits.argmax(dim=-1, keepdim=True)  # (B, 1)
            else:
                chosen = torch.multinomial((logits / temperature).softmax(dim=-1), 1)
            ids = torch.cat([ids, chosen], dim=1)
    return ids
    # END SOLUTION


# %% exercise="generate" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    prompt = encode(corpus.test[:20]).unsqueeze(0).to(device)
    for temperature, top_k in ((0, None), (0.7, None), (1.0, 5), (1.5, None)):
        written = generate(transformer, prompt, 80, temperature, top_k)
        print(f"temperature {temperature}, top_k {top_k}:")
        print("  ", decode(written[0].tolist()).replace("\n", " / "))


# %% [markdown] lang="ja"
# ## 読解メモ
#
# 授業の課題では、RNN 言語モデルを Transformer に置き換えたコードを読み解きます。自分の言葉で説明してください（10 行ほど）。
#
# 1. ID の列 (B, T) が次の文字の予測 (B, T, V) になるまで、形はどう変わりますか。
# 2. LSTM の言語モデルと比べて、何が同じで何が違いますか。
# 3. 実行ログの perplexity から、何がわかりましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# The course asks you to read a language model in which a Transformer has taken the place of the RNN. Explain it in your own words (ten lines or so).
#
# 1. How does the shape change from the ids (B, T) to the predictions (B, T, V)?
# 2. Compared with the LSTM language model, what is the same and what is different?
# 3. What do the perplexities in your log tell you?
# %% [markdown] lang="ja" role="notes"
# ID (B, T) は埋め込みで (B, T, D) になり、位置エンコーディングを足してから、ブロックを何枚か通ります。ブロックの中では、マルチヘッド
# Attention が (B, N, T, T) の重みで過去の位置を混ぜ、位置ごとの全結合が続きますが、残差接続があるので形は (B, T, D) のままです。最後の線形層で
# (B, T, V) になります。LSTM は状態を 1 文字ずつ運びますが、Transformer は因果マスクの範囲をどこでも直接見ます。損失と perplexity の定義は
# 同じです。ログでは、同じ回数のバッチで Transformer のほうが perplexity が低く、前に出た名前を正しく繰り返せていました。
# %% [markdown] lang="en" role="notes"
# The ids (B, T) are embedded to (B, T, D), the positions are added, and some blocks follow. In a block, multi-head attention mixes the
# past positions with weights (B, N, T, T), then comes a layer for each position by itself; with the residual paths the shape stays
# (B, T, D). A last linear layer makes it (B, T, V). An LSTM carries a state from character to character; the Transformer looks anywhere
# the causal mask allows. Loss and perplexity are the same for both. In the log the Transformer has the lower perplexity after the same
# number of batches, and repeats names that came earlier.
