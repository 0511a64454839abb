# %% [markdown] lang="ja"
# # Attention で英日翻訳
#
# 英語の文を読む RNN（エンコーダー）と、日本語の文を書く RNN（デコーダー）をつなぐと、翻訳器になります。ただし、つなぎ目が
# 最後の状態ベクトル 1 本だけだと、文が長くなるほど最初のほうの情報が薄れます。そこで、エンコーダーが各時刻に出した出力を
# すべて取っておき、1 語書くたびに「いま、どこを見るか」を選ばせます。これが Attention です。
#
# "It rains heavily" から「雨」を書くときは rains を、「激しく」を書くときは heavily を見ればよい。どこを見るかは人が教えません。
# 見た結果の損失が小さくなるように、逆伝播が見方まで学習します。
#
# 順に、Attention のない翻訳器、Attention そのもの（内積型と加法型）、Attention 付きのデコーダー、そして翻訳を作ります。
#
# 記号: B バッチ、S 入力文の長さ、T 出力文の長さ、Tq と Tk は query と key の個数、V 語彙の大きさ、E 埋め込み、H 隠れ状態の大きさ。
# %% [markdown] lang="en"
# # Translating with attention, English to Japanese
#
# Join an RNN that reads an English sentence (the encoder) to an RNN that writes a Japanese one (the decoder), and you
# have a translator. But if the joint is one vector, the last state, the beginning of a long sentence fades away. So we
# keep what the encoder put out at every step and let the decoder choose, for each word it writes, where to look. That
# is attention.
#
# Writing 雨 for "It rains heavily" one should look at *rains*, writing 激しく at *heavily*. Nobody tells the model
# where: backpropagation makes the loss smaller, and where to look is learned along with everything else.
#
# You build a translator without attention, then attention itself (dot product and additive), a decoder that has it,
# and the translation.
#
# Letters: B batch, S length of the source, T length of the target, Tq and Tk number of queries and of keys, V vocabulary
# size, E embedding size, H hidden size.
# %% role="setup"
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


# %% [markdown] lang="ja" exercise="seq2seq"
# ## Attention のない翻訳器（EncoderRNN, DecoderRNN）
#
# まず、比べる相手を作ります。エンコーダーは入力文を先頭から読み、最後の状態 $h_S$ を残します。デコーダーはその状態だけを受け取り、
# 直前の語と状態から、次の語の確率と新しい状態を 1 語ずつ出します。
#
# $$h_t = \mathrm{GRU}(\mathrm{emb}(x_t),\, h_{t-1}), \qquad s_0 = h_S, \qquad
# s_t = \mathrm{GRU}(\mathrm{emb}(y_{t-1}),\, s_{t-1}), \qquad \log p(y_t) = \log\mathrm{softmax}(W s_t + b)$$
#
# 文が何語あっても、渡るのは $h_S$ というベクトル 1 本です。ここが細い首になります。
#
# ![エンコーダーが It rains heavily を読み、最後の状態ベクトル 1 本だけをデコーダーに渡し、デコーダーが「雨 が 激しく 降る」と書く。](figure:bottleneck)
#
# - 文の長さはまちまちなので、短い文の後ろは `padding_idx` で埋めてあります。パディングまで読んでしまうと $h_S$ が変わります。
#   最後の**語**での状態を返してください（`pack_padded_sequence` か、長さで選び出すか）。
# - RNN の種類は GRU、LSTM、RNN のどれでもかまいません。1 層、一方向とします。
# - `DecoderRNN` は 1 回の呼び出しで 1 語進みます。
# %% [markdown] lang="en" exercise="seq2seq"
# ## A translator without attention (EncoderRNN, DecoderRNN)
#
# First, something to compare with. The encoder reads the source from its first word and leaves its last state $h_S$. That
# state is all the decoder gets. Word by word, it turns the previous word and its state into the probabilities of the next
# word and a new state.
#
# $$h_t = \mathrm{GRU}(\mathrm{emb}(x_t),\, h_{t-1}), \qquad s_0 = h_S, \qquad
# s_t = \mathrm{GRU}(\mathrm{emb}(y_{t-1}),\, s_{t-1}), \qquad \log p(y_t) = \log\mathrm{softmax}(W s_t + b)$$
#
# However many words the sentence has, one vector $h_S$ is handed over. That is the bottleneck.
#
# ![An encoder reads It, rains, heavily. Its last state, one vector, is all that the decoder gets to write 雨 が 激しく 降る.](figure:bottleneck)
#
# - Sentences differ in length, so the shorter ones of a batch are filled up with `padding_idx` at the end. Reading the padding
#   would change $h_S$: return the state at the last *word* (with `pack_padded_sequence`, or picked by length).
# - GRU, LSTM or plain RNN: as you like. One layer, one direction.
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
# Attention は、やわらかい辞書引きです。ふつうの辞書は、探す語（query）と一致する見出し（key）を 1 つ見つけて、その中身（value）を返します。
# Attention は、どの見出しにもそれぞれの似かた（スコア）に応じた重みをつけ、中身を重みつきで平均します。
#
# ![左はふつうの辞書で、query と一致する key の value だけが返る。右は Attention で、どの key にも合いぐあいに応じた重みが付き、その重みで value を混ぜたものが返る。](figure:soft_dictionary)
#
# $$\mathrm{score}_{ij} = \frac{q_i \cdot k_j}{\sqrt{d}}, \qquad
# \alpha_{ij} = \frac{\exp(\mathrm{score}_{ij})}{\sum_{j'} \exp(\mathrm{score}_{ij'})}, \qquad
# o_i = \sum_j \alpha_{ij}\, v_j$$
#
# ![「雨」と「激しく」について、query と各 key の内積を √d で割ったスコア、softmax による重み、value の重みつきの和を順に示す。「雨」は主に rains を、「激しく」は heavily を見る。](figure:weight_by_weight)
#
# - **重み** $\alpha$ は、query 1 本につき 1 つの確率分布です。key の方向に足すと 1 になります。
# - **$\sqrt{d}$ で割る理由**: 平均 0、分散 1 の成分を d 個掛けて足すと、内積の分散は d になります。そのままだと softmax が 1 点に
#   張りつき、勾配が流れません。標準偏差の $\sqrt{d}$ で割って、d によらず同じ大きさに保ちます。
# - **mask** は (B, Tq, Tk) の真偽値で、True の場所だけ見てかまいません（パディングや未来は False）。False の重みはちょうど 0 です。
#   1 つも見てよい場所がない query には、出力も重みも 0 を返します。NaN を返してはいけません。
# %% [markdown] lang="en" exercise="dot_attention"
# ## Query, key, value (scaled_dot_product_attention)
#
# Attention is a soft look-up. A dictionary finds the one heading (key) that equals the word you look for (query) and
# gives you what is written there (value). Attention weighs every heading by how well it fits, its score, and gives you
# the weighted mean of all that is written.
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
# - **Why $\sqrt{d}$**: the sum of d products of numbers with mean 0 and variance 1 has variance d. Left alone, the
#   softmax would stick to one key and no gradient would flow. Divided by its standard deviation $\sqrt{d}$, the score
#   has the same size for every d.
# - **mask** is a boolean (B, Tq, Tk): only where it is True may be looked at (padding and the future are False). Where it is
#   False the weight is exactly 0. A query that may look nowhere gets zeros, as output and as weights; never NaN.
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
# 翻訳で最初に使われた Attention（Bahdanau ほか, 2015）は、スコアを内積ではなく小さなネットワークで計算します。query と key をそれぞれ
# 同じ大きさ A に写して足し、tanh を通して、1 つの数に縮めます。
#
# $$\mathrm{score}(q, k_j) = v^\top \tanh(W_q\, q + W_k\, k_j), \qquad
# \alpha_j = \mathrm{softmax}_j(\mathrm{score}), \qquad c = \sum_j \alpha_j\, k_j$$
#
# - query はデコーダーの状態が 1 本、key はエンコーダーの出力が S 本です。大きさ Hq と Hk は違っていてかまいません（内積ではこうはいきません）。
# - ここでは key がそのまま value でもあります。**文脈ベクトル** c は、key の重みつき平均です。
# - mask (B, S) は、語のある場所が True、パディングが False です。パディングの重みは 0 にします。
# - バイアスは、あってもなくてもかまいません。
# %% [markdown] lang="en" exercise="additive_attention"
# ## Additive attention (AdditiveAttention)
#
# The first attention in translation (Bahdanau et al., 2015) computes the score by a small network instead of a dot product.
# Query and key are each brought to the same size A, added, sent through tanh and shrunk to one number.
#
# $$\mathrm{score}(q, k_j) = v^\top \tanh(W_q\, q + W_k\, k_j), \qquad
# \alpha_j = \mathrm{softmax}_j(\mathrm{score}), \qquad c = \sum_j \alpha_j\, k_j$$
#
# - The query is one state of the decoder, the keys are the S outputs of the encoder. Their sizes Hq and Hk may differ, which
#   a dot product would not allow.
# - Here the keys are the values too: the **context** c is the weighted mean of the keys.
# - mask (B, S) is True where there is a word and False at the padding. Padding gets weight 0.
# - With or without biases: as you like.
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
# Attention を入れる前と後で変わるのは、デコーダーの 1 歩だけです。直前の語と状態に加えて、エンコーダーの出力全体を受け取り、次の順に進みます。
#
# 1. いまの状態 $s_{t-1}$ を query として、エンコーダーの出力 $h_1 \dots h_S$ に注意を向け、文脈ベクトル $c_t$ を得る。
# 2. 直前の語の埋め込みと $c_t$ をつないで RNN に入れ、状態を $s_t$ に進める。
# 3. $s_t$ と $c_t$ から、次の語の確率を出す。
#
# $$c_t = \sum_j \alpha_{tj} h_j, \qquad s_t = \mathrm{GRU}([\mathrm{emb}(y_{t-1});\, c_t],\, s_{t-1}), \qquad
# \log p(y_t) = \log\mathrm{softmax}(W [s_t;\, c_t] + b)$$
#
# ![上では、デコーダーはベクトルを 1 本だけ受け取る。下では、1 語書くたびに状態をエンコーダーの全出力と見比べ、その重みつきの和（文脈）を受け取る。「激しく」を書くときは heavily の重みがいちばん大きい。](figure:attention_network)
#
# 重み $\alpha_t$ も返してください。どこを見て書いたかが、あとで絵になります。
#
# Attention は上の `AdditiveAttention` でも内積型でもかまいません。先に RNN を進めてから注意を向ける順（Luong ほか, 2015）や、確率を $s_t$ だけから
# 出す形も正解です。
# %% [markdown] lang="en" exercise="attn_decoder"
# ## A decoder with attention (AttnDecoderRNN)
#
# All that changes with attention is one step of the decoder. Besides the previous word and its state it gets all outputs of
# the encoder, and goes like this:
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
# Return the weights $\alpha_t$ too: where the decoder looked while it wrote becomes a picture later.
#
# Use the `AdditiveAttention` from above or the dot product. To move the RNN on first and attend then (Luong et al., 2015), or to take the
# probabilities from $s_t$ alone, is right as well.
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
# **学習**では、デコーダーに自分の答えではなく正解の 1 つ前の語を読ませます（teacher forcing）。target は `<bos> 雨 が 降 る <eos>` のような
# 並びなので、入力は先頭から、正解は 1 つずらしたところから取ります。
#
# $$L = -\frac{1}{N} \sum_{t} \log p(y_{t+1} \mid y_{\le t}, x), \qquad N: \text{パディングでない正解の語の数}$$
#
# 文の長さがまちまちなので、パディングは損失に数えません。分母も、パディングでない語の総数です（時刻ごとの平均を平均すると、長い文の終わりの語が
# 重くなりすぎます）。source のパディングは mask で隠します。
#
# **翻訳**では正解がないので、いちばん確率の高い語を選んで（greedy）、それを次の入力にします。`start` から始め、`stop` が出たら終わり、出なくても
# `max_len` 語で打ち切ります。dropout は切ってください（`eval()`）。
# 入力は 1 文 (S,) です。書いた語の ID のリスト（start と stop は含めない）と、1 語につき 1 行の重み (T, S) を返します。
# %% [markdown] lang="en" exercise="translation"
# ## Training and translating (sequence_loss, translate)
#
# **In training** the decoder reads the right previous word rather than its own answer (teacher forcing). A target looks like
# `<bos> 雨 が 降 る <eos>`: what goes in starts at its beginning, what should come out one place further.
#
# $$L = -\frac{1}{N} \sum_{t} \log p(y_{t+1} \mid y_{\le t}, x), \qquad N: \text{number of words to predict that are not padding}$$
#
# Sentences differ in length, so padding does not count in the loss, nor in N (a mean of the means of each step would
# give the last words of long sentences too much weight). Hide the padding of the source with a mask.
#
# **In translating** there is no right answer to read. Take the most probable word (greedy) and feed it back. Begin with `start`, end at
# `stop`, and after `max_len` words in any case. Switch dropout off (`eval()`).
# The source is one sentence (S,). Return the list of ids written, without start and stop, and the weights (T, S), one row for each word.
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
# データは、小さな文法から作った 6,000 組の英文と和文です。英語は単語、日本語は文字に切ります。語順がかなり違うので（「先週学生はどこで窓を
# 閉めましたか」は Where did the student close the window last week?）、Attention の表は対角線になりません。
#
# Attention のないデコーダーも、同じ `sequence_loss` と `translate` で動くように包んで、並べて比べます。行列が小さいので、スレッドは 1 本が最速です。
# %% [markdown] lang="en" exercise="translation"
# ### Train
#
# The data are 6,000 pairs of sentences from a small grammar. English is cut into words, Japanese into characters. The order of words differs a good deal
# ("Where did the student close the window last week?" begins with *last week* in Japanese), so the table of attention will be no diagonal.
#
# The decoder without attention is wrapped up so that the same `sequence_loss` and `translate` serve both, and the two can be compared. The matrices are
# small: one thread is fastest.
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
        """A DecoderRNN that is called like an AttnDecoderRNN: it looks nowhere."""

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
# BLEU は、訳文の n-gram（ここでは文字の 1〜4 つ組）が正解の訳文にどれだけ含まれるかを測る指標です。学習に使っていない文で、文の長さ別に比べます。
# BLEU は部分点のある指標なので、1 文字も違わず正解した文の数も並べます。
# %% [markdown] lang="en" exercise="translation"
# ### Measure (BLEU)
#
# BLEU measures how many of the n-grams of a translation (here: of one to four characters) occur in the right translation. Compare the two on sentences
# not seen in training, by length. BLEU gives credit for parts, so the number of sentences that are right to the last character stands beside it.
# %% exercise="translation" role="demo"
if __name__ == "__main__":

    def bleu(written, right):
        """Corpus BLEU over characters, 0 to 100; None when the package sacrebleu is not installed."""
        try:
            from sacrebleu import corpus_bleu
        except ImportError:
            print("BLEU is computed by the package sacrebleu, which is not installed: run `pip install sacrebleu`.")
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
# 行は書いた文字、列は読んだ単語で、濃いほど強く見ています。語順の違いが、対角線からのずれとして見えるはずです。
# %% [markdown] lang="en" exercise="translation"
# ### Where did it look?
#
# Rows are the characters written, columns the words read; the darker, the more attention. The order of words shows as a departure from the diagonal.
# %% exercise="translation" role="demo"
if __name__ == "__main__":
    from html import escape

    from IPython.display import HTML, display

    def heat_map(columns, rows, weights):
        """A table of weights (T, S), darker where they are larger. A browser has the fonts for Japanese."""
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
# 授業の課題では、attention_translation のコードを読み解きます。ここで書いたコードについて、自分の言葉で説明してください（10 行ほど）。
#
# 1. デコーダーが 1 語書くあいだに、どのテンソルが、どんな形で、どこからどこへ渡りますか。
# 2. 何が Query、Key、Value にあたりますか。
# 3. 重みの図から、何が読み取れましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# The course asks you to read the code of a translator with attention. Explain the code you wrote in your own words (ten lines or so).
#
# 1. While the decoder writes one word, which tensors go from where to where, and what are their shapes?
# 2. What are the queries, keys and values here?
# 3. What did you see in the picture of the weights?
# %% [markdown] lang="ja" role="notes"
# デコーダーは直前の語 (B,) と状態 (B, H) を受け取ります。状態を Query、エンコーダーの全時刻の出力 (B, S, H) を Key と Value として
# Attention を計算し、重み (B, S) と文脈ベクトル (B, H) を得ます。重みはパディングの位置で 0 になり、行の和は 1 です。文脈と直前の語から
# 新しい状態と次の語の対数確率 (B, V) を出します。図では、日本語の動詞を書くときに英語の文の前のほうを見ており、語順の違いが対角線からの
# ずれとして現れていました。
# %% [markdown] lang="en" role="notes"
# The decoder gets the previous word (B,) and its state (B, H). The state is the query; the encoder's outputs at all steps (B, S, H) are
# keys and values. That gives weights (B, S), zero on padding and summing to one, and a context (B, H). From the context and the word
# come the new state and the log-probabilities of the next word (B, V). In the picture, the Japanese verb at the end looks back at the
# verb near the front of the English sentence: the order of words shows as a departure from the diagonal.
