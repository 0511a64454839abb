# %% [markdown] lang="ja"
# # Transformer で言語モデルを作る
#
# 言語モデルは、ここまでの文字から次の文字を予測します。
# LSTM（RNN の改良版）は、左から順に読み、それまでのことを 1 本の状態ベクトルに詰め込みます。
# Transformer は状態を持ちません。どの位置からも、それより前のすべての位置を直接見に行きます。
# 見る場所を決めるのが **Self-Attention**（同じ文の中の関連度）です。
# 「鳥がナク」のナクが「泣く」ではなく「鳴く」だと分かるのは、「鳥」を見ているからです。
#
# この演習では "Attention Is All You Need"（Vaswani ほか, 2017）の部品を 1 つずつ作ります。
#
# | 部品 | 一言でいうと |
# |---|---|
# | `positional_encoding` | 並び順を埋め込みに足す |
# | `causal_mask` | 未来を隠す |
# | `MultiHeadAttention` | どこを見るかを、いくつもの観点で決める |
# | `EncoderBlock` | 見て、考えて、もとの値に足し戻す |
# | `TransformerLM` | ブロックを積み重ね、次の文字の得点を出す |
# | `get_batch`, `perplexity` | 1 文字ずらして教え、迷いの大きさを測る |
# | `generate` | 続きを 1 文字ずつ書く |
#
# 学習したモデルは、LSTM の言語モデルと比べます。
#
# - **できるようになること**: Transformer の部品を 1 つずつ式から書き、組み立てる。言語モデルを学習し、perplexity で測る。温度と top-k を変えて文章を生成する。
# - **必要なもの**: `attention_translation` の Query, Key, Value まで（内積型の Attention）。グラフを描くのに matplotlib。データは付属しています。
# - **時間**: 読んで書くのに 3〜4 時間。全セルの実行は、CPU 1 コアで 2〜3 分。
# - **確かめながら進む**: 解答のすぐ下にあるセル（`check("causal_mask")` など）を実行すると、その場で採点します。行き詰まったら `hint("causal_mask")` がヒントを 1 つずつ出します。
# - **次は**: `bert`。前だけでなく両側を見るモデルを作り、最後に論文の Transformer 全体を完成させます。
#
# 記号: B はバッチの大きさ、T は系列の長さ、D はモデルの次元、N はヘッドの数、V は語彙の大きさ。
# %% [markdown] lang="en"
# # A language model with a Transformer
#
# A language model predicts the next character from those so far. An LSTM (an improved RNN) does it by reading from left to
# right and squeezing everything it has read into one state vector. A Transformer keeps no state: every position looks
# directly at all positions before it. What decides where to look is **self-attention**: how strongly the words of one
# sentence are related. In "she missed the ball with her bat" you know which bat is meant because you look back at "ball".
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
# | `get_batch`, `perplexity` | teach by shifting one character, measure how unsure the model is |
# | `generate` | continues a text, one character at a time |
#
# After training, the model is compared with an LSTM language model.
#
# - **You will be able to**: write the parts of a Transformer from their formulas and put them together; train a language
#   model and measure its perplexity; generate text at different temperatures and with top-k.
# - **You need**: `attention_translation` up to query, key and value (attention with the dot product); matplotlib for the
#   plots. The data is included.
# - **Time**: three to four hours to read and write. Running all cells takes two to three minutes on one CPU core.
# - **Check as you go**: run the cell below your answer, such as `check("causal_mask")`, and it is graded on the spot.
#   When you are stuck, `hint("causal_mask")` gives one hint at a time.
# - **Next**: `bert`, a model that looks to both sides, and at its end the whole Transformer of the paper.
#
# Notation: B batch size, T length of the sequence, D model size, N number of heads, V vocabulary size.
# %% role="setup"
import math

import torch
from torch import nn
from torch.nn import functional as F


# %% [markdown] lang="ja" exercise="positional_encoding"
# ## 位置エンコーディング（positional_encoding）
#
# Attention は集合を見ているだけで、並び順を知りません。「犬が人を噛む」と「人が犬を噛む」が同じものに見えます。
# そこで、位置ごとに決まった模様を埋め込みに足して、順番を知らせます。
# 位置 $t$ の模様は、速さの違う時計の針を何本も並べたものです。
#
# $$PE_{t,\,2i} = \sin\!\left(\frac{t}{10000^{2i/D}}\right), \qquad PE_{t,\,2i+1} = \cos\!\left(\frac{t}{10000^{2i/D}}\right)$$
#
# - 偶数列は sin、奇数列は cos で、隣り合う 2 列が 1 本の針（単位円の上の点）です。
# - $i$ は組の番号、$2i$ は列の番号です。同じ組の sin と cos は同じ速さで回ります。
# - 速さは 1 から始まって 1/10000 近くまで遅くなります。$k$ だけ離れた位置どうしは、いつも同じ角度だけ回した関係にあります。
#
# `positional_encoding(max_len, d_model)` を書いてください。
# $D$ が奇数のときは、最後の sin に組になる cos がないまま動くようにするか、`ValueError` を送出してください。
# %% [markdown] lang="en" exercise="positional_encoding"
# ## Positional encoding (positional_encoding)
#
# Attention sees a set and knows nothing of order: "dog bites man" and "man bites dog" look the same to it. So each
# position gets a fixed pattern, which is added to the embedding. The pattern of position $t$ is a row of clock hands that
# turn at different speeds.
#
# $$PE_{t,\,2i} = \sin\!\left(\frac{t}{10000^{2i/D}}\right), \qquad PE_{t,\,2i+1} = \cos\!\left(\frac{t}{10000^{2i/D}}\right)$$
#
# - Even columns are sines, odd ones cosines; two neighbouring columns are one hand, a point on the unit circle.
# - $i$ numbers the pairs, $2i$ the columns. Sine and cosine of one pair turn at the same speed.
# - The speeds fall from 1 to nearly 1/10000. Two positions that are $k$ apart always differ by the same turn.
#
# Write `positional_encoding(max_len, d_model)`. With an odd $D$ the last sine has no cosine to go with it: either let that
# work or raise a `ValueError`.
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
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.5), layout="constrained")
    left.imshow(table.T, aspect="auto", cmap="RdBu")
    left.set(title="positional_encoding(100, 64)", xlabel="position t", ylabel="column")
    right.imshow(table @ table.T, aspect="auto")
    right.set(title="similarity of two positions", xlabel="position t", ylabel="position s")
    plt.show()


# %% [markdown] lang="ja" exercise="causal_mask"
# ## 因果マスク（causal_mask）
#
# Causal LM（因果言語モデル）は、先行する単語だけから次の単語を予測します。
# 位置 t の予測は、t より後ろを見てはいけません。
# 見てよい組 (t, s) を True とする (T, T) の表を作ります。
#
# $$M_{t,s} = (s \le t)$$
#
# ![行が見る側、列が見られる側の表。対角線とその下が 1、上が 0 の三角形で、各行は次の語を当てる。](figure:causal_triangle)
#
# 自分自身（対角線）は見てかまいません。答えとして当てるのは 1 つ先の文字だからです。
# %% [markdown] lang="en" exercise="causal_mask"
# ## The causal mask (causal_mask)
#
# A causal language model predicts the next word only from the words before it, so the prediction at position t must not
# look beyond t. Make the (T, T) table that is True where t may look at s:
#
# $$M_{t,s} = (s \le t)$$
#
# ![A table with a row for each looking position and a column for each position looked at. It holds 1 on and below the diagonal and 0 above. Each row guesses the next word.](figure:causal_triangle)
#
# A position may look at itself (the diagonal is True), because the character to be guessed is the one after it.
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
    plt.xlabel("position looked at, s")
    plt.ylabel("position that looks, t")
    plt.xticks(range(0, 12, 2))
    plt.show()


# %% [markdown] lang="ja" exercise="multi_head"
# ## マルチヘッド Attention（multi_head）
#
# Query（何を探しているか）、Key（何を持っているか）、Value（渡す中身）は、それぞれ学習する行列で入力から作ります。
# 1 つの Attention は 1 つの観点でしか見られないので、D 次元を N 個のヘッドに分け、ヘッドごとに別々の場所を見ます。
#
# $$\mathrm{head}_n = \mathrm{softmax}\!\left(\frac{Q_n K_n^\top}{\sqrt{d_h}}\right) V_n, \qquad
# \mathrm{output} = [\mathrm{head}_1; \dots; \mathrm{head}_N]\, W_O, \qquad d_h = D / N$$
#
# ![入力を Q, K, V に射影し、それぞれを列ごとに 4 つのヘッド（4 色）に分ける。各ヘッドは自分の重みの表と出力を計算し、出力をもとどおり横につないで W_O を掛ける。](figure:heads)
#
# - 射影してから分けます。(B, T, D) → (B, T, N, d_h) → (B, N, T, d_h)。最後の入れ替えを忘れると、位置とヘッドが混ざります。
# - 割る数は**ヘッドの**幅の平方根です。D の平方根ではありません。
# - 見てはいけない組のスコアは、softmax の**前**に $-\infty$ にします。`mask` は (Tq, Tk) で、True が「見てよい」です。
# - 最後に (B, N, Tq, d_h) → (B, Tq, N, d_h) → (B, Tq, D) と戻し、$W_O$ で各ヘッドの結果を 1 つにまとめます。
#
# `query` と `key`・`value` が同じ文から来れば Self-Attention、違う文から来れば Source-Target Attention です。
# 同じ 1 つのクラスで両方動きます。
# 出力 (B, Tq, D) と、ヘッドごとの重み (B, N, Tq, Tk) を返してください。
# %% [markdown] lang="en" exercise="multi_head"
# ## Multi-head attention (multi_head)
#
# Query (what am I looking for), key (what have I got) and value (what I hand over) are each made from the input by a
# learned matrix. One attention has one point of view, so we cut the D dimensions into N heads, and each head looks at
# places of its own.
#
# $$\mathrm{head}_n = \mathrm{softmax}\!\left(\frac{Q_n K_n^\top}{\sqrt{d_h}}\right) V_n, \qquad
# \mathrm{output} = [\mathrm{head}_1; \dots; \mathrm{head}_N]\, W_O, \qquad d_h = D / N$$
#
# ![The input is projected to Q, K and V. Each is split by columns into four heads, drawn in four colours. Each head computes its own table of weights and output. The outputs are put side by side again and multiplied by W_O.](figure:heads)
#
# - Project first, then cut: (B, T, D) → (B, T, N, d_h) → (B, N, T, d_h). If you forget the last swap, positions and heads
#   get mixed up.
# - Divide by the square root of the *head's* width, not of D.
# - Set the scores of forbidden pairs to $-\infty$ *before* the softmax. `mask` is (Tq, Tk), True where a query may look.
# - Go back: (B, N, Tq, d_h) → (B, Tq, N, d_h) → (B, Tq, D); then $W_O$ combines what the heads found.
#
# With `query`, `key` and `value` from one sentence this is self-attention; with `query` from one sentence and the others
# from another it is source-target attention. The same class does both. Return the output (B, Tq, D) and each head's
# weights (B, N, Tq, Tk).
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
    figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained", sharey=True)
    for head, axis in enumerate(axes):
        axis.imshow(weights[0, head].detach(), vmin=0)
        axis.set(title=f"head {head}", xlabel="key", xticks=range(0, 10, 2))
    axes[0].set_ylabel("query")
    plt.show()


# %% [markdown] lang="ja" exercise="encoder_block"
# ## 残差接続と層正規化（encoder_block）
#
# 層は深いほど複雑な構造を学べますが、単純に積むと学習が進まなくなります。
# **残差接続**（residual connection）では、層に「獲得したい関数」そのものではなく、入力との**差**だけを学ばせ、入力を足し戻します。
# 層が何も学んでいなくても入力はそのまま通り、勾配もまっすぐ戻ります。
#
# $$\text{獲得したい関数}(x) = x + \text{層の出力}(x)$$
#
# **層正規化**（layer normalization）は、1 つの位置の D 個の値を、平均 0・分散 1 にそろえてから、学習する倍率 $\gamma$ を掛け、学習するずれ $\beta$ を足します。
#
# $$\mathrm{LN}(x) = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta, \qquad
# \mu = \frac{1}{D} \sum_i x_i, \quad \sigma^2 = \frac{1}{D} \sum_i (x_i - \mu)^2$$
#
# - 分散は D で割ります（D-1 ではありません）。$\epsilon$ は根号の**中**です。全部同じ値の行でも 0 で割らずにすみます。
# - 平均も分散も、バッチや時間の軸にはまたがりません。
#
# なぜそろえるのでしょうか。
# 残差接続は足し算なので、層を重ねるほど値のばらつきが大きくなります。
# しかも、前の層の重みが変わるたびに、次の層に届く値の大きさも変わります。
# 大きさをそろえておけば、次の層は値の大きさの変化を追いかけずにすみ、勾配も極端に大きくも小さくもなりにくくなります。
# そのため大きめの学習率でも安定し、学習が速く進みます。過学習が抑えられることもあります。
# ほかの文や文の長さに左右されないので、どんなバッチでも、学習のときも評価のときも、計算は同じです。
#
# ブロックは 2 段です。
# 1 段目で文の中を**見て**（マルチヘッド Attention）、2 段目で位置ごとに**考えます**（単語ごとの全結合 $W_2\,\mathrm{ReLU}(W_1 x + b_1) + b_2$）。
# どちらの段にも自分の正規化と残差接続が付きます。
# 正規化を段の前に置く pre-norm でも、論文のように足し算の後に置く post-norm でもかまいません。
#
# $$\text{pre-norm: } x + f(\mathrm{LN}(x)) \qquad \text{post-norm: } \mathrm{LN}(x + f(x))$$
#
# ![左から右へ流れがあり、Attention と全結合がそこから枝分かれして、また足し戻される。pre-norm では正規化が枝の中に、post-norm では足した後の流れの上にある。](figure:residual_stream)
#
# `LayerNorm(d_model, eps=1e-5)` と `EncoderBlock(d_model, num_heads, d_ff, dropout)` を書いてください。
# %% [markdown] lang="en" exercise="encoder_block"
# ## Residual connection and layer normalisation (encoder_block)
#
# More layers can learn more complex structure, but a plain stack of them is hard to train. With a **residual connection**
# a layer learns not the wanted function itself but its *difference* from the input, and the input is added back. A layer
# that has not learned anything yet lets the input through, and the gradient comes straight back.
#
# $$\text{wanted}(x) = x + \text{layer}(x)$$
#
# **Layer normalisation** brings the D values of one position to mean 0 and variance 1, then multiplies by a learned gain
# $\gamma$ and adds a learned shift $\beta$.
#
# $$\mathrm{LN}(x) = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta, \qquad
# \mu = \frac{1}{D} \sum_i x_i, \quad \sigma^2 = \frac{1}{D} \sum_i (x_i - \mu)^2$$
#
# - The variance divides by D (not by D-1), and $\epsilon$ stands *inside* the root: a row of equal values does not lead to
#   a division by zero.
# - Mean and variance are never taken across the batch or over time.
#
# Why does it help? A residual connection is a sum, so the values spread further with every layer. And whenever the weights
# of one layer change, the size of what reaches the next layer changes too. With the size fixed, the next layer does not
# have to follow such changes, and gradients are less likely to become very large or very small. Training is then stable at
# a larger learning rate and goes faster; sometimes there is less overfitting as well. Neither the other sentences nor the
# length of this one plays any part, so the computation is the same whatever the batch, in training and in evaluation alike.
#
# A block has two stages. The first *looks* around in the sentence (multi-head attention), the second *thinks* at each
# position by itself (the feed-forward network $W_2\,\mathrm{ReLU}(W_1 x + b_1) + b_2$). Each stage has its own
# normalisation and its own residual connection. Put the normalisation before the stage (pre-norm) or, as the paper does,
# after the sum (post-norm); both are fine.
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


# %% exercise="encoder_block" role="demo"
if __name__ == "__main__":

    class NothingAddedBack(nn.Module):
        """The two stages of a block with their normalisation, but without the residual connections."""

        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = LayerNorm(32), LayerNorm(32)
            self.attention = MultiHeadAttention(32, 4)
            self.feed_forward = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 32))

        def forward(self, x, mask):
            h = self.norm1(x)
            attended, _ = self.attention(h, h, h, mask)
            return self.feed_forward(self.norm2(attended))

    def gradient_through(blocks):
        """The size of the gradient that comes back to the input, through all of these blocks."""
        x = torch.randn(2, 7, 32, requires_grad=True)
        out = x
        for block in blocks:
            out = block(out, causal_mask(7))
        (out * torch.randn(32)).mean().backward()  # any direction: the square of what a norm gives out is always 1
        return x.grad.norm().item()

    depths = (1, 2, 4, 8, 12, 16, 24)
    residual = [gradient_through([EncoderBlock(32, 4, 64, 0.0) for _ in range(depth)]) for depth in depths]
    plain = [gradient_through([NothingAddedBack() for _ in range(depth)]) for depth in depths]
    at = depths.index(12)
    print(f"through 12 blocks: {residual[at]:.1e} with residual connections, {plain[at]:.1e} without")
    plt.figure(figsize=(6, 3), layout="constrained")
    plt.plot(depths, residual, marker="o", label="with residual connections")
    plt.plot(depths, plain, marker="o", label="without")
    plt.yscale("log")
    plt.xlabel("blocks")
    plt.title("gradient that reaches the input")
    plt.legend()
    plt.show()


# %% [markdown] lang="ja" exercise="transformer"
# ## 組み立てる（transformer）
#
# 部品を順につなぎます。
#
# 1. 文字 ID を埋め込みベクトルにし、$\sqrt{D}$ を掛け（論文 3.4 節）、**それから**位置エンコーディングを足す。
# 2. 因果マスクを付けて、ブロックを `num_layers` 個通す。ブロックはそれぞれ自分の重みを持つ。
# 3. （pre-norm なら最後に 1 回正規化して）語彙の大きさの得点（logits）にする。
#
# `TransformerLM(vocab_size, d_model, num_heads, d_ff, num_layers, dropout)` を書いてください。
# (B, T) の ID から (B, T, V) の logits を返します。
# 位置 t の logits は、t までの文字を見て t+1 の文字に付けた得点です。
# 全位置の予測を同時に計算できます。1 文字ずつ順に進むしかない RNN にはない強みです。
#
# もう 1 つの強みは近さです。どんなに離れた 2 文字も 1 歩で結ばれますが、RNN では、間の状態をすべて通らなければ伝わりません。
# その代わり、ヘッドごとに T × T の重みの表を計算します。長さが 2 倍になると、そこの計算とメモリは 4 倍になります（RNN なら計算は 2 倍）。
# 論文の表 1 は、これを CNN とも比べています。
# %% [markdown] lang="en" exercise="transformer"
# ## Putting it together (transformer)
#
# Connect the parts in order.
#
# 1. Embed the character ids, multiply by $\sqrt{D}$ (section 3.4 of the paper), and *then* add the positional encoding.
# 2. Pass the result through `num_layers` blocks under the causal mask. Each block has weights of its own.
# 3. (With pre-norm, normalise once more and) map to scores over the vocabulary, the logits.
#
# Write `TransformerLM(vocab_size, d_model, num_heads, d_ff, num_layers, dropout)`. It turns ids (B, T) into logits
# (B, T, V). The logits at position t score the character at t+1, having seen the characters up to t. All positions are
# computed at the same time; an RNN has to go through them one after the other.
#
# Nearness is another strength: two characters are one step apart, however far from each other they stand. In an RNN the news
# has to pass through every state in between. The price is a table of T × T weights for each head: a text twice as long takes
# four times the work and memory there (an RNN takes twice the work). Table 1 of the paper compares the two, and a CNN.
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
    print("character 5 was changed; the positions whose logits changed:", (moved > 1e-6).int().tolist())


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
# - `get_batch(ids, batch_size, length)`: 本文（ID の列）のランダムな位置から長さ `length` の窓を `batch_size` 個切り出し、入力 (B, T) と、ちょうど 1 つ後ろにずらした正解 (B, T) を返す。最後の文字も正解として使われるようにする。
# - `lm_loss(logits, targets)`: 全位置で平均した交差エントロピー。
# - `train_lm(model, ids, steps, batch_size, length, lr)`: 学習モードで `steps` 回更新し、各回の損失のリストを返す。
# - `perplexity(model, ids, length)`: 本文を前から `length` 文字ずつ（最後は短くてもよい）モデルに読ませ、先頭以外の**どの文字も 1 回ずつ**予測させて、次の値を返す。
#
# $$\mathrm{PPL} = \exp\!\left(\frac{\text{負の対数尤度の総和}}{\text{予測した文字の総数}}\right)$$
#
# perplexity は「平均して何択で迷っているか」です。
# 何も知らないモデルの損失は $\ln V$、perplexity は $V$ になるはずで、最初の損失がそこから遠ければどこかが間違っています。
# 窓ごとの perplexity の平均や、長さの違う窓の損失の単純平均は、別の数になります。
# %% [markdown] lang="en" exercise="lm_training"
# ## Training and perplexity (lm_training)
#
# The correct answers for a language model are the text itself, shifted by one character. Nobody has to label anything.
#
# ```
# input    t h e _ c
# target   h e _ c a
# ```
#
# - `get_batch(ids, batch_size, length)`: from random places of the text (a sequence of ids) cut `batch_size` windows of
#   `length`; return inputs (B, T) and targets (B, T), exactly one character later. The last character of the text must be
#   able to be a target too.
# - `lm_loss(logits, targets)`: the cross-entropy, averaged over all positions.
# - `train_lm(model, ids, steps, batch_size, length, lr)`: make `steps` updates in training mode; return the list of losses.
# - `perplexity(model, ids, length)`: let the model read the text `length` characters at a time from the start (the last
#   piece may be shorter), so that every character but the first is predicted *exactly once*, and return
#
# $$\mathrm{PPL} = \exp\!\left(\frac{\text{total negative log-likelihood}}{\text{number of characters predicted}}\right)$$
#
# Perplexity is how many characters the model is choosing between, on average. A model that knows nothing has a loss of
# $\ln V$ and a perplexity of $V$; if the first loss is far from that, something is wrong. The mean of the windows'
# perplexities, or the plain mean of losses over windows of different length, is a different number.
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
# LSTM の言語モデル（下に用意してあります）と、直前の 1 文字だけを見るバイグラムを、同じ本文で比べます。
# LSTM は、ID を埋め込み、左から順に読み、各時刻の状態を線形層で得点に変えるだけです。
# 2 つのネットワークは、パラメータの数も更新の回数もほぼ同じです。
#
# 学習率は、小さく始めて、いったん上げ、それから下げていきます（`RATES`）。はじめは重みがでたらめで、歩幅を決める Adam も勾配をまだ少ししか見ていないので、
# 大股で進むと学習が壊れることがあるからです（ウォームアップ）。終わりには、小さな歩幅で谷底に落ち着かせます。
# 論文も学習率をこのように変えています（5.3 節）。
# %% [markdown] lang="en" exercise="lm_training"
# ### Against an LSTM
#
# An LSTM language model (given below) and a bigram model, which looks at one character only, on the same text. The LSTM
# embeds the ids, reads from left to right, and turns the state at each step into scores with a linear layer. Both networks
# have about the same number of parameters and of updates.
#
# The learning rate starts small, rises, and then falls (`RATES`). In the beginning the weights are random, and Adam, which
# chooses the size of the steps, has seen few gradients yet, so large steps can ruin the training (hence this *warm-up*). At the
# end, small steps settle at the bottom of the valley. The paper changes its rate in the same way (section 5.3).
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

    counts = torch.full((V, V), 0.01)  # so that no pair has probability 0
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
        """Train, and return the perplexity on the test text after each round of updates."""
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
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.5), layout="constrained")
    for name, seen in courses.items():
        left.plot(range(STEPS, STEPS * len(RATES) + 1, STEPS), seen, marker="o", label=name)
    left.axhline(scores["bigram"], color="gray", linestyle=":", label="bigram")
    left.set(title="perplexity on the test text", xlabel="updates", yscale="log")
    left.set_yticks((2, 3, 5, 10, 20), ("2", "3", "5", "10", "20"))
    left.minorticks_off()
    left.legend()
    right.bar(scores.keys(), scores.values(), color=["gray", "C0", "C1"])
    right.set(title="after training")
    plt.show()

# %% [markdown] lang="ja" exercise="lm_training"
# 学習したヘッドは、それぞれどこを見ているでしょうか。行が「見る側」の文字、列が「見られる側」の文字です。
# %% [markdown] lang="en" exercise="lm_training"
# Where do the trained heads look? Rows are the characters that look, columns the characters they look at.
# %% exercise="lm_training" role="demo"
if __name__ == "__main__":
    from html import escape

    from IPython.display import HTML, display

    def heat_map(characters, weights):
        """A table of weights (T, T), darker where they are larger (HTML, because browsers have Japanese fonts)."""
        head = "".join(f"<th>{escape(character)}</th>" for character in characters)
        lines = []
        for character, line in zip(characters, weights.tolist(), strict=True):
            cells = "".join(f'<td style="background:rgba(31,78,153,{weight:.2f})"></td>' for weight in line)
            lines.append(f"<tr><th>{escape(character)}</th>{cells}</tr>")
        return f"<table><tr><th></th>{head}</tr>{''.join(lines)}</table>"

    seen = []

    def keep(_module, _inputs, reply):
        seen.append(reply[1])  # (1, N, T, T)

    heads = [module for module in transformer.modules() if isinstance(module, MultiHeadAttention)]
    hooks = [module.register_forward_hook(keep) for module in heads]
    sample = test_ids[:18]
    transformer(sample.unsqueeze(0).to(device))
    for hook in hooks:
        hook.remove()
    tables = []
    for layer, weights in enumerate(seen):
        for head in range(weights.size(1)):
            title = f"layer {layer}, head {head}"
            tables.append(f"<div>{title}{heat_map(decode(sample.tolist()), weights[0, head])}</div>")
    display(HTML(f'<div style="display:flex;flex-wrap:wrap;gap:2em">{"".join(tables)}</div>'))


# %% [markdown] lang="ja" exercise="generate"
# ## 文章を生成する（generate）
#
# 学習したモデルで、続きを 1 文字ずつ書きます。
# 予測した文字を末尾に足し、**それまでの全体**をもう一度モデルに読ませて、次を予測します。
#
# - モデルが一度に読めるのは `model.max_len` 文字まで。それより長くなったら、**末尾の** `max_len` 文字だけを読ませる。
# - 使うのは最後の位置の logits。温度 `temperature` で割ってから softmax をとり、その確率に従って、くじを引くように 1 文字を選ぶ。温度が高いほど冒険する。
# - 温度 0 は、いちばん得点の高い文字を必ず選ぶ（greedy）。
# - `top_k` があれば、得点が上位 k 個の文字の中からだけ選ぶ。
# - 評価モードで動かす（dropout を切る）。
#
# `generate(model, prompt, n, temperature, top_k)` は、(B, T) の ID に n 文字を足した (B, T + n) を返します。
# %% [markdown] lang="en" exercise="generate"
# ## Generating text (generate)
#
# Let the trained model continue a text, one character at a time. Append the character it predicted, let it read
# *everything so far* again, and predict the next one.
#
# - The model can read `model.max_len` characters at a time. When there are more, let it read the *last* `max_len`.
# - Use the logits of the last position. Divide them by `temperature`, take the softmax, and draw one character with
#   these probabilities. The higher the temperature, the more daring the text.
# - Temperature 0 always takes the best character (greedy).
# - With `top_k`, draw only from the k best characters.
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

# %% [markdown] lang="ja" exercise="generate"
# 本物の小説と比べてみましょう。夏目漱石『吾輩は猫である』（1905 年）の書き出しです。
# 学習に使った本文は、限られた言い回しで作った文章です。そこではほとんど迷わないモデルが、外の文章では、まったく知らない場合の V よりも大きな
# perplexity になります。自信をもって間違えるからです。
# %% [markdown] lang="en" exercise="generate"
# Compare it with a real novel: these are the first lines of "I Am a Cat" by Natsume Soseki (1905). The text that the model
# learned from is made of a limited set of phrases. The model that hesitates so little there gets a perplexity above V here,
# worse than knowing nothing at all: it is sure of the wrong character.
# %% exercise="generate" role="demo"
if __name__ == "__main__":
    novel = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。"
    ids = encode(novel)
    print(f"{len(ids)} of its {len(novel)} characters were in the text")
    if len(ids) > 1:  # with a text of your own there may be none
        print(f"perplexity {perplexity(transformer, ids, LENGTH):.0f}, V = {V}")
        written = generate(transformer, ids.unsqueeze(0).to(device), 40, 0.7)
        print(novel, "|", decode(written[0, len(ids) :].tolist()).replace("\n", " / "))
    print("own text, perplexity", f"{perplexity(transformer, test_ids, LENGTH):.2f}")


# %% [markdown] lang="ja"
# ## 読解メモ
#
# ここで書いた Transformer の言語モデルについて、自分の言葉で説明してください（10 行ほど）。
#
# 1. ID の列 (B, T) が次の文字の予測 (B, T, V) になるまで、形はどう変わりますか。
# 2. LSTM の言語モデルと比べて、何が同じで何が違いますか。
# 3. 実行ログの perplexity から、何が分かりましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# Explain the Transformer language model you wrote in your own words (about ten lines).
#
# 1. How does the shape change from the ids (B, T) to the predictions (B, T, V)?
# 2. Compared with the LSTM language model, what is the same and what is different?
# 3. What do the perplexities in your log tell you?
# %% [markdown] lang="ja" role="notes"
# ID (B, T) は埋め込みで (B, T, D) になり、位置エンコーディングを足してから、ブロックをいくつか通ります。
# ブロックの中では、マルチヘッド Attention が (B, N, T, T) の重みで過去の位置を混ぜ、位置ごとの全結合が続きますが、形は (B, T, D) のままで、残差接続で足し戻されます。
# 最後の線形層で (B, T, V) になります。
# LSTM は状態を 1 文字ずつ運びますが、Transformer は因果マスクの範囲をどこでも直接見ます。
# 損失と perplexity の定義は同じです。
# ログでは、同じ回数のバッチで Transformer のほうが perplexity が低く、前に出た名前を正しく繰り返せていました。
# %% [markdown] lang="en" role="notes"
# The ids (B, T) are embedded to (B, T, D), the positions are added, and some blocks follow. In a block, multi-head
# attention mixes the past positions with weights (B, N, T, T), then a feed-forward network works on each position by
# itself; the shape stays (B, T, D), so that the residual connections can add the results back. A last linear layer makes
# it (B, T, V). An LSTM carries a state from character to character; the Transformer looks anywhere the causal mask allows.
# Loss and perplexity are defined in the same way for both. In the log the Transformer has the lower perplexity after the
# same number of batches, and repeats names that came earlier.
# %% [markdown] lang="ja"
# ## まとめ
#
# - Self-Attention は、どの位置からもそれまでの全位置を直接見ます。並び順は位置エンコーディングで、未来を見ないことは因果マスクで伝えます。
# - ヘッドを分けると、違う種類の関連を同時に見られます。割る数はヘッドの幅の平方根です。
# - 残差接続と層正規化があるので、ブロックを深く積んでも学習できます。
# - 本文を 1 文字ずらせば正解になります。perplexity は「平均して何択で迷っているか」です。
# - 解答例の perplexity は、バイグラムで 12.0、LSTM で 2.40、Transformer で 2.24 でした。
#
# ### 試してみよう
#
# 1. 位置エンコーディングを足さずに学習してみましょう。perplexity はどれだけ悪くなりますか。
# 2. pre-norm のブロックを post-norm に（またはその逆に）書き換えて、勾配の図をもう一度描いてみましょう。どちらが深く積めますか。
# 3. 好きな文章で学習し、続きを生成してみましょう。青空文庫のファイルなら `language.text("FILE.txt", aozora=True)` で読めます。
# 4. top-p サンプリングを書いてみましょう。いつも k 文字ではなく、確率の高い順に、合計が p（たとえば 0.9）に届くまでの文字を残します。残るのが 1 文字だけなのはどこで、たくさん残るのはどこですか。
# 5. パラメータの数を手で計算してみましょう。ブロック 1 つは、およそ $4D^2$（Attention）と $2 D\,d_{ff}$（全結合）です。いちばん多くを持つのはどこですか。
#
# ### もっと知りたい人へ
#
# - 論文: [Attention Is All You Need](https://arxiv.org/abs/1706.03762)（Vaswani ほか, 2017）
# - 図で読む: [The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/)（Alammar, 2018）
# - コードで読む: [The Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/)（Harvard NLP）、[nanoGPT](https://github.com/karpathy/nanoGPT)（Karpathy）
# - 日本語で読む: [作って理解する Transformer / Attention](https://qiita.com/halhorn/items/c91497522be27bde17ce)、[深層学習界の大前提 Transformer の論文解説！](https://qiita.com/omiita/items/07e69aef6c156d23c538)
# - 残差接続: [He ほか, 2016](https://arxiv.org/abs/1512.03385)。層正規化: [Ba ほか, 2016](https://arxiv.org/abs/1607.06450)。置く場所の違い: [Xiong ほか, 2020](https://arxiv.org/abs/2002.04745)
# - 大きくすると: GPT-3 [Brown ほか, 2020](https://arxiv.org/abs/2005.14165)
# - 画像でも: [Vision Transformer](https://arxiv.org/abs/2010.11929)（Dosovitskiy ほか, 2020）
# %% [markdown] lang="en"
# ## Summary
#
# - With self-attention every position looks directly at all positions so far. The positional encoding tells it the order,
#   the causal mask keeps it from seeing the future.
# - Several heads can follow different kinds of relations at the same time. Divide by the square root of the head's width.
# - Residual connections and layer normalisation make deep stacks of blocks trainable.
# - The text shifted by one character is the answer. Perplexity is how many characters the model is choosing between, on
#   average.
# - With our answers, the perplexity is 12.0 for the bigram model, 2.40 for the LSTM and 2.24 for the Transformer.
#
# ### Try this
#
# 1. Train without adding the positional encoding. How much worse is the perplexity?
# 2. Turn your pre-norm block into a post-norm one, or the other way round, and draw the gradients again. Which of the two
#    can be stacked higher?
# 3. Train on a text you like, a novel for instance, and let the model continue it: `language.text("FILE.txt")` reads a
#    file.
# 4. Write top-p sampling (nucleus sampling): do not always keep k characters, but the most probable ones until their
#    probabilities sum to p, 0.9 for instance. Where does it keep a single character, and where many?
# 5. Count the parameters by hand: a block has about $4D^2$ (attention) and $2 D\,d_{ff}$ (feed-forward). Which part of the model
#    holds most of them?
#
# ### Further reading
#
# - The paper: [Attention Is All You Need](https://arxiv.org/abs/1706.03762) (Vaswani et al., 2017)
# - In pictures: [The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/) (Alammar, 2018)
# - In code: [The Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/) (Harvard NLP),
#   [nanoGPT](https://github.com/karpathy/nanoGPT) (Karpathy)
# - Residual connections: [He et al., 2016](https://arxiv.org/abs/1512.03385); layer normalisation:
#   [Ba et al., 2016](https://arxiv.org/abs/1607.06450); where to put it: [Xiong et al., 2020](https://arxiv.org/abs/2002.04745)
# - Much larger: GPT-3, [Brown et al., 2020](https://arxiv.org/abs/2005.14165)
# - For images: the [Vision Transformer](https://arxiv.org/abs/2010.11929) (Dosovitskiy et al., 2020)
