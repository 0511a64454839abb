# %% [markdown] lang="ja"
# # Attention で英日翻訳
#
# 英語の文を読む RNN（エンコーダー）と、日本語の文を書く RNN（デコーダー）をつなぐと、翻訳器になります。
# ただし、つなぎ目が最後の状態ベクトル 1 本だけだと、文が長くなるほど最初のほうの情報が薄れます。
# そこで、エンコーダーが各時刻に出した出力をすべて取っておき、1 語書くたびに「いま、どこを見るか」を選ばせます。
# これが Attention です。
#
# "It rains heavily" から「雨」を書くときは rains を、「激しく」を書くときは heavily を見ればよい。
# どこを見るかを、人は教えません。
# 損失が小さくなるように、どこを見るかも逆伝播で学習されます。
#
# 順に、Attention のない翻訳器、Attention そのもの（内積型と加法型）、Attention 付きのデコーダー、そして翻訳を作ります。
#
# - **できるようになること**: エンコーダーとデコーダーをつなぐ。Attention を式から書く。パディングをマスクで隠す。翻訳を学習し、BLEU で測り、どこを見て書いたかを図にする。
# - **必要なもの**: `knock80_89` の 83 まで（RNN、ミニバッチ、パディング）か、同じくらいの PyTorch の経験。BLEU を測るのに sacrebleu（なくても進めます）。データは付属しています。
# - **時間**: 読んで書くのに 2〜3 時間。全セルの実行は、CPU 1 コアで 1 分ほど。
# - **確かめながら進む**: 解答のすぐ下にあるセル（`check("seq2seq")` など）を実行すると、その場で採点します。行き詰まったら `hint("seq2seq")` がヒントを 1 つずつ出します。
# - **次は**: `transformer_lm`。RNN を使わず、Attention を中心に言語モデルを作ります。
#
# Attention が役に立つのは、翻訳だけではありません。
# 画像の説明文を書くモデルは、1 語ごとに画像の違う場所を見ます。音声認識のモデルは、1 文字ごとに音の違う区間を見ます。
# Attention をもとにした Transformer は、小さな正方形に切った画像を単語のように並べて読み、画像を分類します。
# 文章では、Transformer から大規模言語モデルが次々に生まれました。
# この演習で作る Attention は、そのどれにも使われています。
#
# 記号: B はバッチの大きさ、S は入力文の長さ、T は出力文の長さ、Tq と Tk は Query と Key の個数、V は語彙の大きさ、E は埋め込みの次元、H は隠れ状態の次元。
# %% [markdown] lang="en"
# # Translating with attention, English to Japanese
#
# Join an RNN that reads an English sentence (the encoder) to an RNN that writes a Japanese one (the decoder), and you
# have a translator. But if one vector, the encoder's last state, is all that joins them, the beginning of a long sentence
# fades away. So we keep the encoder's output at every step, and for each word it writes we let the decoder choose where to
# look. That is attention.
#
# To write 雨 (rain) for "It rains heavily", look at *rains*; to write 激しく (heavily), look at *heavily*. Nobody tells
# the model where to look: as backpropagation makes the loss smaller, it learns that along with everything else.
#
# You build a translator without attention, then attention itself (dot product and additive), then a decoder that uses it,
# and finally the translation.
#
# - **You will be able to**: join an encoder and a decoder; write attention from its formula; hide padding with a mask;
#   train a translator, measure it with BLEU, and draw where it looked.
# - **You need**: `knock80_89` up to problem 83 (RNN, mini-batches, padding), or as much experience with PyTorch; sacrebleu
#   to measure BLEU (you can go on without it). The data is included.
# - **Time**: two to three hours to read and write. Running all cells takes about a minute on one CPU core.
# - **Check as you go**: run the cell below your answer, such as `check("seq2seq")`, and it is graded on the spot.
#   When you are stuck, `hint("seq2seq")` gives one hint at a time.
# - **Next**: `transformer_lm`, a language model built around attention, with no RNN.
#
# Attention is not for translation alone. A model that writes captions looks at a different part of the picture for each
# word; a speech recogniser looks at a different stretch of sound for each letter. A Transformer, which is built on
# attention, can read a picture cut into small squares like a row of words, and classify it. In text, the Transformer
# has led to one large language model after another. The attention you build here is at work in all of them.
#
# Notation: B batch size, S length of the source, T length of the target, Tq and Tk number of queries and of keys,
# V vocabulary size, E embedding size, H hidden size.
# %% role="setup"
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


# %% [markdown] lang="ja" exercise="seq2seq"
# ## Attention のない翻訳器（EncoderRNN, DecoderRNN）
#
# まず、比べる相手を作ります。
# エンコーダーは入力文を先頭から読み、最後の状態 $h_S$ を残します。
# デコーダーはその状態だけを受け取り、直前の語と状態から、次の語の確率と新しい状態を 1 語ずつ出します。
#
# $$h_t = \mathrm{GRU}(\mathrm{emb}(x_t),\, h_{t-1}), \qquad s_0 = h_S, \qquad
# s_t = \mathrm{GRU}(\mathrm{emb}(y_{t-1}),\, s_{t-1}), \qquad \log p(y_t) = \log\mathrm{softmax}(W s_t + b)$$
#
# GRU は RNN の一種で、状態のどこを書き換え、どこを残すかを自分で決めます。
# 文が何語あっても、渡るのは $h_S$ というベクトル 1 本です。ここがボトルネックになります。
#
# ![エンコーダーが It rains heavily を読み、最後の状態ベクトル 1 本だけをデコーダーに渡し、デコーダーが「雨 が 激しく 降る」と書く。](figure:bottleneck)
#
# - 文の長さはまちまちなので、短い文の後ろは `padding_idx` で埋めてあります。パディングまで読んでしまうと $h_S$ が変わります。最後の**語**での状態を返してください（`pack_padded_sequence` を使うか、長さで選び出します）。
# - RNN の種類は GRU、LSTM、ふつうの RNN のどれでもかまいません。1 層、一方向とします。
# - `DecoderRNN` は 1 回の呼び出しで 1 語進みます。
# %% [markdown] lang="en" exercise="seq2seq"
# ## A translator without attention (EncoderRNN, DecoderRNN)
#
# First, something to compare with. The encoder reads the source from its first word and leaves its last state $h_S$. That
# state is all the decoder gets. Word by word, the decoder turns the previous word and its state into the probabilities of
# the next word and a new state.
#
# $$h_t = \mathrm{GRU}(\mathrm{emb}(x_t),\, h_{t-1}), \qquad s_0 = h_S, \qquad
# s_t = \mathrm{GRU}(\mathrm{emb}(y_{t-1}),\, s_{t-1}), \qquad \log p(y_t) = \log\mathrm{softmax}(W s_t + b)$$
#
# A GRU is an RNN that decides for itself which parts of its state to overwrite and which to keep. However many words the
# sentence has, one vector $h_S$ is handed over. That is the bottleneck.
#
# ![An encoder reads It, rains, heavily. Its last state, one vector, is all that the decoder gets to write 雨 が 激しく 降る.](figure:bottleneck)
#
# - Sentences differ in length, so the shorter ones of a batch are filled up with `padding_idx` at the end. Reading the
#   padding would change $h_S$: return the state at the last *word* (use `pack_padded_sequence`, or pick it by length).
# - GRU, LSTM or plain RNN, as you like. One layer, one direction.
# - `DecoderRNN` goes one word further with each call.
# %% exercise="seq2seq" role="answer"
class EncoderRNN(nn.Module):
    """ids (B, S) -> outputs (B, S, H), state (B, H)"""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        # BEGIN SOLUTION
        self.padding_idx = padding_idx
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.GRU(emb_size, hidden_size, batch_first=True)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        lengths = (ids != self.padding_idx).sum(dim=1).cpu()  # (B,)
        packed = pack_padded_sequence(self.emb(ids), lengths, batch_first=True, enforce_sorted=False)
        outputs, state = self.rnn(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=ids.size(1))
        return outputs, state[0]  # (B, S, H), (B, H)
        # END SOLUTION


class DecoderRNN(nn.Module):
    """previous words (B,), state (B, H) -> log-probabilities (B, V), state (B, H)"""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        # BEGIN SOLUTION
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.cell = nn.GRUCell(emb_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        # END SOLUTION

    def forward(self, previous, state):
        # BEGIN SOLUTION
        word = self.emb(previous)  # (B, E)
        state = self.cell(word, state)  # (B, H)
        return F.log_softmax(self.out(state), dim=-1), state  # (B, V), (B, H)
        # END SOLUTION


# %% exercise="seq2seq" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    encoder, decoder = EncoderRNN(20, 8, 16), DecoderRNN(30, 8, 16)
    sentences = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]])  # (2, 4)
    outputs, state = encoder(sentences)
    log_probs, state = decoder(torch.tensor([1, 1]), state)
    print("outputs", tuple(outputs.shape), "log-probabilities", tuple(log_probs.shape))
    print("probabilities sum to", log_probs.exp().sum(-1).tolist())


# %% [markdown] lang="ja" exercise="dot_attention"
# ## Query, Key, Value（scaled_dot_product_attention）
#
# Attention に最低限必要なものは 2 つです。
# いま何を探しているかを表すベクトル **Query** と、覚えてあるベクトルの列 **Memory** です。
# Query を Memory の 1 本 1 本と見比べ、よく似ているものほど大きな重みをつけて、Memory を平均します。
# 翻訳なら、Query はデコーダーの状態、Memory はエンコーダーの出力です。
# このように、書いている文から別の文を見に行くものを **Source-Target Attention** といいます。
#
# このとき Memory は、見比べられる役と、取り出される役の 2 つを 1 人でこなしています。
# 役ごとに別のベクトルを用意したものが **Query, Key, Value** です。見比べる相手が Key、取り出す中身が Value です。
#
# たとえるなら、やわらかい辞書引きです。
# ふつうの辞書は、探す語（Query）と一致する見出し（Key）を 1 つ見つけて、その中身（Value）を返します。
# Attention は、どの見出しにも、どれくらい似ているか（スコア）に応じた重みをつけ、中身を重みつきで平均します。
#
# ![左はふつうの辞書で、query と一致する key の value だけが返る。右は Attention で、どの key にも合いぐあいに応じた重みが付き、その重みで value を混ぜたものが返る。](figure:soft_dictionary)
#
# $$\mathrm{score}_{ij} = \frac{q_i \cdot k_j}{\sqrt{d}}, \qquad
# \alpha_{ij} = \frac{\exp(\mathrm{score}_{ij})}{\sum_{j'} \exp(\mathrm{score}_{ij'})}, \qquad
# o_i = \sum_j \alpha_{ij}\, v_j$$
#
# ![「雨」と「激しく」について、query と各 key の内積を √d で割ったスコア、softmax による重み、value の重みつきの和を順に示す。「雨」は主に rains を、「激しく」は heavily を見る。](figure:weight_by_weight)
#
# - **重み** $\alpha$ は、Query 1 本につき 1 つの確率分布です。Key の方向に足すと 1 になります。
# - **$\sqrt{d}$ で割る理由**: d は Query と Key の次元です。平均 0、分散 1 の成分を d 個掛けて足すと、内積の分散は d になります。そのままだと softmax が 1 点に張りつき、勾配が流れません。標準偏差の $\sqrt{d}$ で割って、d によらず同じ大きさに保ちます。
# - **マスク** `mask` は (B, Tq, Tk) の真偽値で、True の場所だけ見てかまいません（パディングや未来は False）。False の重みはちょうど 0 です。見てよい場所が 1 つもない Query には、出力も重みも 0 を返します。NaN を返してはいけません。
# %% [markdown] lang="en" exercise="dot_attention"
# ## Query, key, value (scaled_dot_product_attention)
#
# At its simplest, attention needs two things: a **query**, a vector that says what we are looking for now, and a **memory**,
# a row of vectors that we have kept. Compare the query with each vector of the memory, give a larger weight to those that
# resemble it more, and take the weighted mean of the memory. In translation the query is the decoder's state and the memory
# is the encoder's outputs. This is called **source-target attention**: the sentence being written looks at another one.
#
# The memory plays two parts here: it is what we compare with, and it is what we get back. Give each part a vector of its
# own and you have **query, key and value**: the keys are compared, the values come back.
#
# You can think of it as a soft dictionary. An ordinary dictionary finds the one headword (key) that equals the word you look
# for (query) and gives you what is written there (value). Attention weighs every headword by how well it fits (its
# score), and gives you the weighted mean of all the values.
#
# ![Left, a dictionary: the query equals one key, whose value comes back. Right, attention: every key gets a weight by how well it fits, and the output is the values mixed by these weights.](figure:soft_dictionary)
#
# $$\mathrm{score}_{ij} = \frac{q_i \cdot k_j}{\sqrt{d}}, \qquad
# \alpha_{ij} = \frac{\exp(\mathrm{score}_{ij})}{\sum_{j'} \exp(\mathrm{score}_{ij'})}, \qquad
# o_i = \sum_j \alpha_{ij}\, v_j$$
#
# ![For 雨 and for 激しく: the query times each key over root d gives a score, the softmax of the scores the weights, and the weighted sum of the values the output. 雨 looks mostly at rains, 激しく at heavily.](figure:weight_by_weight)
#
# - **The weights** $\alpha$ are one probability distribution for each query: summed over the keys they give 1.
# - **Why $\sqrt{d}$**: d is the width of a query and of a key. The sum of d products of numbers with mean 0 and variance 1
#   has variance d. Left alone, the softmax would stick to one key and no gradient would flow. Divided by its standard
#   deviation $\sqrt{d}$, the score has the same size for every d.
# - **The mask** is a boolean (B, Tq, Tk); only places where it is True may be looked at (padding and the future are
#   False). Where it is False the weight is exactly 0. A query that may not look anywhere gets zeros, as output and as
#   weights; never NaN.
# %% exercise="dot_attention" role="answer"
def scaled_dot_product_attention(q, k, v, mask=None):
    """q (B, Tq, D), k (B, Tk, D), v (B, Tk, Dv), mask (B, Tq, Tk) bool -> out (B, Tq, Dv), weights (B, Tq, Tk)"""
    # BEGIN SOLUTION
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))  # (B, Tq, Tk)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)  # (B, Tq, Tk)
    return weights @ v, weights
    # END SOLUTION


# %% exercise="dot_attention" role="demo"
if __name__ == "__main__":
    words = ["It", "rains", "heavily"]
    keys = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 2.0, 0.5], [0.0, 1.0, 2.0]]])  # (1, 3, 3)
    values = torch.tensor([[[0.0], [1.0], [2.0]]])  # (1, 3, 1)
    for wanted, query in {"雨": [0.0, 3.0, 0.0], "激しく": [0.0, 0.0, 3.0]}.items():
        out, weights = scaled_dot_product_attention(torch.tensor([[query]]), keys, values)
        shown = ", ".join(f"{word} {weight:.2f}" for word, weight in zip(words, weights[0, 0], strict=True))
        print(f"{wanted}: {shown} -> {out.item():.2f}")

    padding = torch.tensor([[[True, True, False]]])  # (1, 1, 3)
    out, weights = scaled_dot_product_attention(torch.tensor([[[0.0, 0.0, 3.0]]]), keys, values, padding)
    print("masked:", [round(weight, 2) for weight in weights[0, 0].tolist()])

# %% exercise="dot_attention" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    for d in (4, 64, 1024):
        q, k = torch.randn(1, 500, d), torch.randn(1, 20, d)
        raw = q @ k.transpose(-2, -1)
        _, weights = scaled_dot_product_attention(q, k, k)
        largest, unscaled = weights.max(-1).values.mean(), raw.softmax(-1).max(-1).values.mean()
        print(f"d = {d:4}: std of q.k {raw.std():5.1f}, largest weight {largest:.2f} (not scaled: {unscaled:.2f})")


# %% [markdown] lang="ja" exercise="additive_attention"
# ## 加法型の Attention（AdditiveAttention）
#
# 翻訳で最初に使われた Attention（Bahdanau ほか, 2015）は、スコアを内積ではなく小さなネットワークで計算します。
# Query と Key をそれぞれ同じ大きさ A に写して足し、tanh を通し、学習するベクトル v との内積をとって 1 つの数に縮めます（この v は Value とは別のものです）。
#
# $$\mathrm{score}(q, k_j) = v^\top \tanh(W_q\, q + W_k\, k_j), \qquad
# \alpha_j = \mathrm{softmax}_j(\mathrm{score}), \qquad c = \sum_j \alpha_j\, k_j$$
#
# - Query はデコーダーの状態が 1 本、Key はエンコーダーの出力が S 本です。次元 Hq と Hk は違っていてかまいません（内積ではこうはいきません）。
# - ここでは Key がそのまま Value でもあります。つまり、はじめに見た Query と Memory の形です。**文脈ベクトル** c は、Key の重みつき平均です。
# - マスク `mask` (B, S) は、語のある場所が True、パディングが False です。パディングの重みは 0 にします。
# - バイアスは、あってもなくてもかまいません。
# %% [markdown] lang="en" exercise="additive_attention"
# ## Additive attention (AdditiveAttention)
#
# The first attention in translation (Bahdanau et al., 2015) computes the score with a small network instead of a dot
# product. Query and key are each mapped to the same size A, added, sent through tanh, and reduced to one number by a
# learned vector v (not to be confused with the values).
#
# $$\mathrm{score}(q, k_j) = v^\top \tanh(W_q\, q + W_k\, k_j), \qquad
# \alpha_j = \mathrm{softmax}_j(\mathrm{score}), \qquad c = \sum_j \alpha_j\, k_j$$
#
# - The query is one state of the decoder, the keys are the S outputs of the encoder. Their sizes Hq and Hk may differ,
#   which a dot product would not allow.
# - Here the keys are also the values: this is the query and memory we began with. The **context vector** c is the weighted
#   mean of the keys.
# - `mask` (B, S) is True where there is a word and False at the padding. Padding gets weight 0.
# - Biases are up to you.
# %% exercise="additive_attention" role="answer"
class AdditiveAttention(nn.Module):
    """query (B, Hq), keys (B, S, Hk), mask (B, S) bool -> context (B, Hk), weights (B, S)"""

    def __init__(self, query_size, key_size, attn_size):
        super().__init__()
        # BEGIN SOLUTION
        self.w_q = nn.Linear(query_size, attn_size)
        self.w_k = nn.Linear(key_size, attn_size)
        self.v = nn.Linear(attn_size, 1)
        # END SOLUTION

    def forward(self, query, keys, mask=None):
        # BEGIN SOLUTION
        hidden = torch.tanh(self.w_q(query).unsqueeze(1) + self.w_k(keys))  # (B, S, A)
        scores = self.v(hidden).squeeze(-1)  # (B, S)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1)  # (B, S)
        context = (weights.unsqueeze(1) @ keys).squeeze(1)  # (B, Hk)
        return context, weights
        # END SOLUTION


# %% exercise="additive_attention" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    attention = AdditiveAttention(query_size=4, key_size=6, attn_size=5)
    query, keys = torch.randn(2, 4), torch.randn(2, 3, 6)
    mask = torch.tensor([[True, True, True], [True, True, False]])
    context, weights = attention(query, keys, mask)
    print("context", tuple(context.shape))
    for row in weights.tolist():
        print([round(weight, 2) for weight in row], "sum", round(sum(row), 2))


# %% [markdown] lang="ja" exercise="attn_decoder"
# ## Attention 付きのデコーダー（AttnDecoderRNN）
#
# Attention を入れる前と後で変わるのは、デコーダーの 1 歩だけです。
# 直前の語と状態に加えて、エンコーダーの出力全体を受け取り、次の順に進みます。
#
# 1. いまの状態 $s_{t-1}$ を Query として、エンコーダーの出力 $h_1 \dots h_S$ に注意を向け、文脈ベクトル $c_t$ を得る。
# 2. 直前の語の埋め込みと $c_t$ をつないで RNN に入れ、状態を $s_t$ に進める。
# 3. $s_t$ と $c_t$ から、次の語の確率を出す。
#
# $$c_t = \sum_j \alpha_{tj} h_j, \qquad s_t = \mathrm{GRU}([\mathrm{emb}(y_{t-1});\, c_t],\, s_{t-1}), \qquad
# \log p(y_t) = \log\mathrm{softmax}(W [s_t;\, c_t] + b)$$
#
# ![上では、デコーダーはベクトルを 1 本だけ受け取る。下では、1 語書くたびに状態をエンコーダーの全出力と見比べ、その重みつきの和（文脈）を受け取る。「激しく」を書くときは heavily の重みがいちばん大きい。](figure:attention_network)
#
# 重み $\alpha_t$ も返してください。どこを見て書いたかを、あとで図にします。
#
# Attention は上の `AdditiveAttention` でも内積型でもかまいません。
# 先に RNN を進めてから注意を向ける順（Luong ほか, 2015）や、確率を $s_t$ だけから出す形も正解です。
# %% [markdown] lang="en" exercise="attn_decoder"
# ## A decoder with attention (AttnDecoderRNN)
#
# Attention changes one thing only: the decoder's step. Besides the previous word and the state, the decoder gets all
# outputs of the encoder, and does this:
#
# 1. With its state $s_{t-1}$ as the query it attends to the encoder's outputs $h_1 \dots h_S$ and gets the context $c_t$.
# 2. The embedding of the previous word and $c_t$, side by side, go into the RNN, which moves on to $s_t$.
# 3. $s_t$ and $c_t$ give the probabilities of the next word.
#
# $$c_t = \sum_j \alpha_{tj} h_j, \qquad s_t = \mathrm{GRU}([\mathrm{emb}(y_{t-1});\, c_t],\, s_{t-1}), \qquad
# \log p(y_t) = \log\mathrm{softmax}(W [s_t;\, c_t] + b)$$
#
# ![Above, the decoder gets one vector. Below, for each word it writes, its state is compared with every output of the encoder; the weighted sum of the outputs, the context, goes into the decoder's step. For 激しく the weight is largest on heavily.](figure:attention_network)
#
# Return the weights $\alpha_t$ too: later we draw where the decoder looked while it wrote.
#
# Use the `AdditiveAttention` from above or the dot product. It is also right to move the RNN on first and attend
# afterwards (Luong et al., 2015), or to compute the probabilities from $s_t$ alone.
# %% exercise="attn_decoder" role="answer"
class AttnDecoderRNN(nn.Module):
    """previous words (B,), state (B, H), outputs (B, S, H), mask (B, S) bool
    -> log-probabilities (B, V), state (B, H), weights (B, S)"""

    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        # BEGIN SOLUTION
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attention = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)
        # END SOLUTION

    def forward(self, previous, state, outputs, mask):
        # BEGIN SOLUTION
        word = self.emb(previous)  # (B, E)
        context, weights = self.attention(state, outputs, mask)  # (B, H), (B, S)
        state = self.cell(torch.cat([word, context], dim=1), state)  # (B, H)
        scores = self.out(torch.cat([state, context], dim=1))  # (B, V)
        return F.log_softmax(scores, dim=-1), state, weights
        # END SOLUTION


# %% exercise="attn_decoder" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    encoder, decoder = EncoderRNN(20, 8, 16), AttnDecoderRNN(30, 8, 16)
    sentences = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]])  # (2, 4)
    outputs, state = encoder(sentences)
    log_probs, state, weights = decoder(torch.tensor([1, 1]), state, outputs, sentences != 0)
    for row in weights.tolist():
        print([round(weight, 2) for weight in row])


# %% [markdown] lang="ja" exercise="translation"
# ## 学習と翻訳（sequence_loss, translate）
#
# **学習**では、デコーダーに自分の答えではなく、正解の 1 つ前の語を読ませます（teacher forcing）。
# `target` は `<bos> 雨 が 降 る <eos>` のような並びです（`<bos>` は文の始まり、`<eos>` は終わりの印）。
# 入力は先頭から、正解は 1 つずらしたところから取ります。
#
# $$L = -\frac{1}{N} \sum_{t} \log p(y_{t+1} \mid y_{\le t}, x), \qquad N: \text{パディングでない正解の語の数}$$
#
# 文の長さがまちまちなので、パディングは損失に数えません。
# 分母も、パディングでない語の総数です（時刻ごとの平均を平均すると、長い文の終わりの語が重くなりすぎます）。
# `source` のパディングはマスクで隠します。
#
# **翻訳**では正解がないので、いちばん確率の高い語を選んで（greedy）、それを次の入力にします。
# `start` から始め、`stop` が出たら終わり、出なくても `max_len` 語で打ち切ります。
# dropout は切ってください（`eval()`）。
# デコーダーは、今度は自分の書いた語を読みます。1 語間違えると、学習では出会わなかった続きを書くことになり、間違いが間違いを呼ぶことがあります。
#
# 入力は 1 文 (S,) です。
# 書いた語の ID のリスト（`start` と `stop` は含めない）と、1 語につき 1 行の重み (T, S) を返します。
# %% [markdown] lang="en" exercise="translation"
# ## Training and translating (sequence_loss, translate)
#
# **In training** the decoder reads the correct previous word rather than its own answer (teacher forcing). A target looks
# like `<bos> 雨 が 降 る <eos>` (`<bos>` marks the beginning of a sentence, `<eos>` its end): take the input from its
# beginning, and the answer one place further on.
#
# $$L = -\frac{1}{N} \sum_{t} \log p(y_{t+1} \mid y_{\le t}, x), \qquad N: \text{number of words to predict that are not padding}$$
#
# Sentences differ in length, so padding counts neither in the loss nor in N (averaging the means of all steps would give
# the last words of long sentences too much weight). Hide the padding of the source with a mask.
#
# **In translating** there is no correct answer to read. Take the most probable word (greedy) and feed it back. Begin with
# `start`, end at `stop`, and after `max_len` words in any case. Switch dropout off (`eval()`). The decoder now reads its own
# words. After a wrong one it has to go on from a place that it never met in training, so one mistake may bring others.
#
# The source is one sentence (S,). Return the list of ids written, without `start` and `stop`, and the weights (T, S), one
# row for each word.
# %% exercise="translation" role="answer"
def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    """source (B, S), target (B, T) from start to stop -> mean loss of a word, a scalar tensor"""
    # BEGIN SOLUTION
    outputs, state = encoder(source)  # (B, S, H), (B, H)
    mask = source != padding_idx  # (B, S)
    total = 0.0
    for t in range(target.size(1) - 1):
        log_probs, state, _ = decoder(target[:, t], state, outputs, mask)  # (B, V)
        total = total + F.nll_loss(log_probs, target[:, t + 1], ignore_index=padding_idx, reduction="sum")
    return total / (target[:, 1:] != padding_idx).sum()
    # END SOLUTION


def translate(encoder, decoder, source, start, stop, max_len):
    """source (S,) -> ids (a list of at most max_len, without start and stop), weights (T, S)"""
    # BEGIN SOLUTION
    encoder.eval()
    decoder.eval()
    ids, rows = [], []
    with torch.no_grad():
        outputs, state = encoder(source[None])  # (1, S, H), (1, H)
        mask = torch.ones_like(source, dtype=torch.bool)[None]  # (1, S)
        previous = source.new_tensor([start])  # (1,)
        while len(ids) < max_len:
            log_probs, state, weights = decoder(previous, state, outputs, mask)  # (1, V), (1, H), (1, S)
            previous = log_probs.argmax(dim=-1)  # (1,)
            if previous.item() == stop:
                break
            ids.append(previous.item())
            rows.append(weights[0])
    return ids, torch.stack(rows) if rows else torch.zeros(0, len(source))
    # END SOLUTION


# %% [markdown] lang="ja" exercise="translation"
# ### 学習する
#
# データは、小さな文法から作った 6,000 組の英文と和文です。英語は単語、日本語は文字に切ります。
# 語順がかなり違うので（「先週学生はどこで窓を閉めましたか」は Where did the student close the window last week?）、Attention の表は対角線になりません。
#
# Attention のないデコーダーも、同じ `sequence_loss` と `translate` で動くように包んで、並べて比べます。
# 行列が小さいので、1 スレッドで動かすのがいちばん速くなります。
#
# `clip_grad_norm_` は、勾配の長さが 1 を超えたら 1 に縮めます。RNN を逆にたどる勾配には、1 時刻ごとに行列が掛かるので、
# 長い文では、とても大きくなったり（勾配爆発）、ほとんど 0 になったり（勾配消失）します。
# 爆発は、縮めれば防げます。消失には Attention が効きます。書いた語の損失から、読んだどの語の出力へも、近道で勾配が届くからです。
# %% [markdown] lang="en" exercise="translation"
# ### Train
#
# The data is 6,000 pairs of sentences made from a small grammar. English is cut into words, Japanese into characters. The
# word order differs a good deal ("Where did the student close the window last week?" begins with *last week* in
# Japanese), so the table of attention weights is not a diagonal.
#
# The decoder without attention is wrapped so that the same `sequence_loss` and `translate` work for both, and we can
# compare the two. The matrices are small, so one thread is fastest.
#
# `clip_grad_norm_` shortens the gradient to the length 1 where it is longer. On its way back through an RNN the gradient is
# multiplied by a matrix at every step, so over a long sentence it may become very large (it explodes) or nearly 0 (it
# vanishes). Clipping helps against the first. Attention helps against the second: from each word written there is a shortcut
# for the gradient to the output at every word read.
# %% exercise="translation" role="demo"
if __name__ == "__main__":
    from torch.nn.utils.rnn import pad_sequence

    from grader.data.translation import Vocabulary, characters, pairs, words

    torch.set_num_threads(1)
    data = pairs()
    english = Vocabulary(words(pair.en) for pair in data.train)
    japanese = Vocabulary(characters(pair.ja) for pair in data.train)

    def encode(pair):
        source, target = english.encode(words(pair.en)), japanese.encode(characters(pair.ja), bos=True)
        return torch.tensor(source), torch.tensor(target)

    def batches(encoded, size):
        """Batches of sentences of similar length, in random order."""
        order = sorted(torch.randperm(len(encoded)).tolist(), key=lambda i: len(encoded[i][1]))
        firsts = list(range(0, len(order), size))
        for k in torch.randperm(len(firsts)).tolist():
            sources, targets = zip(*(encoded[i] for i in order[firsts[k] : firsts[k] + size]), strict=True)
            yield pad_sequence(sources, batch_first=True), pad_sequence(targets, batch_first=True)

    def fit(encoder, decoder, encoded, epochs, lr=2e-3):
        parameters = [*encoder.parameters(), *decoder.parameters()]
        optimizer = torch.optim.Adam(parameters, lr=lr)
        history = []
        for epoch in range(epochs):
            encoder.train()
            decoder.train()
            losses = []
            for source, target in batches(encoded, 64):
                loss = sequence_loss(encoder, decoder, source, target)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                losses.append(loss.item())
            history.append(sum(losses) / len(losses))
            print(f"{epoch + 1:2}: loss {history[-1]:.3f}")
        return history

    class WithoutAttention(nn.Module):
        """A DecoderRNN with the interface of an AttnDecoderRNN: all its weights are 0."""

        def __init__(self, decoder):
            super().__init__()
            self.decoder = decoder

        def forward(self, previous, state, _outputs, mask):
            log_probs, state = self.decoder(previous, state)
            return log_probs, state, log_probs.new_zeros(mask.shape)

    print(len(data.train), "pairs;", len(english), "English words,", len(japanese), "Japanese characters")
    print(data.train[0].en, "|", data.train[0].ja)

# %% exercise="translation" role="demo"
if __name__ == "__main__":
    encoded = [encode(pair) for pair in data.train]
    torch.manual_seed(0)
    plain = EncoderRNN(len(english), 32, 64), WithoutAttention(DecoderRNN(len(japanese), 32, 64))
    plain_history = fit(*plain, encoded, epochs=10)

# %% exercise="translation" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    attentive = EncoderRNN(len(english), 32, 64), AttnDecoderRNN(len(japanese), 32, 64)
    attentive_history = fit(*attentive, encoded, epochs=10)

# %% [markdown] lang="ja" exercise="translation"
# ### 測る（BLEU）
#
# BLEU は、訳文の n-gram（ここでは文字の 1〜4 つ組）が正解の訳文にどれだけ含まれるかを測る指標です。
# 短すぎる訳文は減点されます（brevity penalty）。そうしないと、自信のある語だけを書くほうが得になるからです。
# 学習に使っていない文で、文の長さ別に比べます。
# BLEU は部分点のある指標なので、1 文字も違わず正解した文の数も並べます。
# %% [markdown] lang="en" exercise="translation"
# ### Measure (BLEU)
#
# BLEU measures how many of the n-grams of a translation (here: of one to four characters) occur in the correct
# translation. One that is too short is marked down (brevity penalty), or it would pay to write only the words one is sure
# of. Compare the two models, by length, on sentences not seen in training. BLEU gives partial credit, so the
# number of sentences that are right to the last character stands beside it.
# %% exercise="translation" role="demo"
if __name__ == "__main__":

    def bleu(written, right):
        """Corpus BLEU over characters, 0 to 100; None when the package sacrebleu is not installed."""
        try:
            from sacrebleu import corpus_bleu
        except ImportError:
            print("BLEU needs the package sacrebleu, which is not installed: run `pip install sacrebleu`.")
            return None
        return corpus_bleu(written, [right], tokenize="char").score

    def written_by(model, pair):
        ids, weights = translate(*model, encode(pair)[0], Vocabulary.bos, Vocabulary.eos, max_len=40)
        return japanese.decode(ids), weights

    right = ["".join(characters(pair.ja)) for pair in data.test]
    for name, model in {"without attention": plain, "with attention": attentive}.items():
        written = ["".join(written_by(model, pair)[0]) for pair in data.test]
        for low, high in ((1, 14), (1, 6), (7, 9), (10, 14)):
            chosen = [i for i, pair in enumerate(data.test) if low <= len(words(pair.en)) <= high]
            exact = sum(written[i] == right[i] for i in chosen)
            score = bleu([written[i] for i in chosen], [right[i] for i in chosen])
            shown = "" if score is None else f", BLEU {score:.1f}"
            print(f"{name}, {low} to {high} words: {exact} of {len(chosen)} exactly right{shown}")

# %% [markdown] lang="ja" exercise="translation"
# ### どこを見て書いたか
#
# 行は書いた文字、列は読んだ単語で、色が濃いほど強く見ています。
# 語順の違いが、対角線からのずれとして見えるはずです。
# %% [markdown] lang="en" exercise="translation"
# ### Where did it look?
#
# Rows are the characters written, columns the words read; the darker a cell, the more attention. You should see the
# difference in word order as a departure from the diagonal.
# %% exercise="translation" role="demo"
if __name__ == "__main__":
    from html import escape

    from IPython.display import HTML, display

    def heat_map(columns, rows, weights):
        """A table of weights (T, S), darker where they are larger (HTML, because browsers have Japanese fonts)."""
        head = "".join(f"<th>{escape(column)}</th>" for column in columns)
        lines = []
        for row, line in zip(rows, weights.tolist(), strict=True):
            cells = "".join(f'<td style="background:rgba(31,78,153,{weight:.2f})">&emsp;</td>' for weight in line)
            lines.append(f"<tr><th>{escape(row)}</th>{cells}</tr>")
        return HTML(f"<table><tr><th></th>{head}</tr>{''.join(lines)}</table>")

    for pair in sorted(data.test, key=lambda pair: -len(words(pair.en)))[:2]:
        columns = [*words(pair.en), "<eos>"]
        rows, weights = written_by(attentive, pair)
        print(pair.en, "|", pair.ja, "|", "".join(rows))
        display(heat_map(columns, rows, weights))
        for row, line in zip(rows, weights, strict=True):
            print(row, "<-", columns[line.argmax()], f"{line.max():.2f}")


# %% [markdown] lang="ja"
# ## 読解メモ
#
# ここで書いたコードについて、自分の言葉で説明してください（10 行ほど）。
#
# 1. デコーダーが 1 語書くあいだに、どのテンソルが、どんな形で、どこからどこへ渡りますか。
# 2. 何が Query、Key、Value にあたりますか。
# 3. 重みの図から、何が読み取れましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# Explain the code you wrote in your own words (about ten lines).
#
# 1. While the decoder writes one word, which tensors go from where to where, and what are their shapes?
# 2. What are the queries, keys and values here?
# 3. What did you see in the picture of the weights?
# %% [markdown] lang="ja" role="notes"
# デコーダーは直前の語 (B,) と状態 (B, H) を受け取ります。
# 状態を Query、エンコーダーの全時刻の出力 (B, S, H) を Key と Value として Attention を計算し、重み (B, S) と文脈ベクトル (B, H) を得ます。
# 重みはパディングの位置で 0 になり、行の和は 1 です。
# 文脈ベクトルと直前の語から、新しい状態と次の語の対数確率 (B, V) を出します。
# 図では、日本語の動詞を書くときに英語の文の前のほうを見ており、語順の違いが対角線からのずれとして現れていました。
# %% [markdown] lang="en" role="notes"
# The decoder gets the previous word (B,) and its state (B, H). The state is the query; the encoder's outputs at all steps
# (B, S, H) are keys and values. That gives weights (B, S), zero on padding and summing to one, and a context (B, H). The
# context and the previous word give the new state and the log-probabilities of the next word (B, V). In the picture, the
# Japanese verb at the end looks back at the verb near the front of the English sentence: the word order shows as a
# departure from the diagonal.
# %% [markdown] lang="ja"
# ## まとめ
#
# - Attention がないと、文全体を 1 本のベクトルで渡すしかありません。Attention があれば、1 語書くたびにエンコーダーの出力全体を見直せます。
# - 重みは、Query と Key のスコアの softmax です。スコアは内積でも、小さなネットワークでも計算できます。取り出すのは Value の重みつき平均です。
# - どこを見るかを教えるデータは要りません。損失から、逆伝播で学習されます。
# - 解答例では、学習に使っていない 500 文のうち 1 文字も違わず訳せた文が、Attention なしで 0、ありで 393 でした。
#
# ### 試してみよう
#
# 1. `AttnDecoderRNN` の Attention を内積型に取り替えましょう。BLEU と学習の速さは変わりますか。
# 2. Attention のない翻訳器の隠れ状態を 64 から 192 に広げましょう。差はどこまで縮まりますか。
# 3. Attention のない翻訳器に、英文を逆順に読ませてみましょう（Sutskever ほか, 2014）。日本語が相手だとどうなりますか。
#
# ### もっと知りたい人へ
#
# - エンコーダーとデコーダー: [Sutskever ほか, 2014](https://arxiv.org/abs/1409.3215)、GRU を使った [Cho ほか, 2014](https://arxiv.org/abs/1406.1078)
# - 加法型の Attention: [Bahdanau ほか, 2015](https://arxiv.org/abs/1409.0473)。内積型: [Luong ほか, 2015](https://arxiv.org/abs/1508.04025)
# - BLEU: [Papineni ほか, 2002](https://aclanthology.org/P02-1040/)、sacrebleu [Post, 2018](https://arxiv.org/abs/1804.08771)
# - 動く図で読む: [Visualizing A Neural Machine Translation Model](https://jalammar.github.io/visualizing-neural-machine-translation-mechanics-of-seq2seq-models-with-attention/)（Alammar, 2018）
# - 短い解説: [A Brief Overview of Attention Mechanism](https://medium.com/syncedreview/a-brief-overview-of-attention-mechanism-13c578ba9129)（Synced, 2017）、動画 [Deep Learning 入門: Attention（注意）](https://www.youtube.com/watch?v=g5DSLeJozdw)
# - 教科書: [Dive into Deep Learning, Attention and Transformers](https://d2l.ai/chapter_attention-mechanisms-and-transformers/index.html)
# - 文章のほか: 画像の説明文 [Show, Attend and Tell](https://arxiv.org/abs/1502.03044)（2015）、音声認識 [Listen, Attend and Spell](https://arxiv.org/abs/1508.01211)（2015）、画像認識 [Exploring Self-attention for Image Recognition](https://arxiv.org/abs/2004.13621)（2020）と [Vision Transformer](https://arxiv.org/abs/2010.11929)（2020）
# %% [markdown] lang="en"
# ## Summary
#
# - Without attention, one vector has to carry the whole sentence. With attention, the decoder looks at all outputs of the
#   encoder again for each word it writes.
# - The weights are the softmax of scores between query and keys. The score can be a dot product or a small network. What
#   comes back is the weighted mean of the values.
# - No data says where to look. Backpropagation learns it from the loss.
# - With our answers, of 500 sentences not seen in training, 0 are translated right to the last character without
#   attention, and 393 with it.
#
# ### Try this
#
# 1. Let `AttnDecoderRNN` use the dot product instead. Do BLEU and the speed of learning change?
# 2. Widen the hidden state of the translator without attention from 64 to 192. How far does the gap close?
# 3. Let the translator without attention read the English backwards (Sutskever et al., 2014). What happens when the target
#    is Japanese?
#
# ### Further reading
#
# - Encoder and decoder: [Sutskever et al., 2014](https://arxiv.org/abs/1409.3215); with a GRU,
#   [Cho et al., 2014](https://arxiv.org/abs/1406.1078)
# - Additive attention: [Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473); dot product:
#   [Luong et al., 2015](https://arxiv.org/abs/1508.04025)
# - BLEU: [Papineni et al., 2002](https://aclanthology.org/P02-1040/); sacrebleu,
#   [Post, 2018](https://arxiv.org/abs/1804.08771)
# - In moving pictures: [Visualizing A Neural Machine Translation Model](https://jalammar.github.io/visualizing-neural-machine-translation-mechanics-of-seq2seq-models-with-attention/)
#   (Alammar, 2018)
# - Short: [A Brief Overview of Attention Mechanism](https://medium.com/syncedreview/a-brief-overview-of-attention-mechanism-13c578ba9129)
#   (Synced, 2017)
# - A textbook: [Dive into Deep Learning, Attention and Transformers](https://d2l.ai/chapter_attention-mechanisms-and-transformers/index.html)
# - Beyond text: captions, [Show, Attend and Tell](https://arxiv.org/abs/1502.03044) (2015); speech,
#   [Listen, Attend and Spell](https://arxiv.org/abs/1508.01211) (2015); images,
#   [Exploring Self-attention for Image Recognition](https://arxiv.org/abs/2004.13621) (2020) and the
#   [Vision Transformer](https://arxiv.org/abs/2010.11929) (2020)
