# %% [markdown] lang="ja"
# # はじめの一歩: テンソル・勾配・モジュール・バッチ
#
# ニューラルネットワークのプログラムは、どれも 4 つの道具でできています。数の表（テンソル）、自動で求まる傾き（勾配）、層をまとめる箱（モジュール）、
# 長さの違う文を束ねる工夫（バッチ）です。ここでは 1 つずつ、数行で書いてみます。
#
# - **できるようになること**: テンソルの形を追う。勾配で坂を下る。`nn.Module` を書く。長さの違う文をパディングして束ねる。
# - **必要なもの**: Python の関数・リスト・クラスの基本。PyTorch は初めてでかまいません。
# - **時間**: 20〜30 分。全セルの実行は数秒。
# - **確かめながら進む**: 解答のすぐ下にあるセル（`check("primer_tensors")` など）を実行すると、その場で採点します。行き詰まったら `hint("primer_tensors")` がヒントを 1 つずつ出します。
# - **次は**: `knock80_89`。ここで作った部品で、ニュースの題名を分類します。
#
# 記号: B は文の数、T は文の長さ（単語数）、V は単語の種類、E は単語ベクトルの次元、L はカテゴリの数。
# %% [markdown] lang="en"
# # First steps: tensors, gradients, modules, batches
#
# Every neural network is written with four tools: tables of numbers (tensors), slopes that compute themselves (gradients),
# boxes that hold layers (modules), and a way to put sentences of different lengths side by side (batches). Here you use
# each of them once, in a few lines.
#
# - **You will be able to**: follow the shape of a tensor; walk downhill by a gradient; write an `nn.Module`; pad sentences
#   and put them into a batch.
# - **You need**: functions, lists and classes of Python. PyTorch may be new to you.
# - **Time**: 20 to 30 minutes. Running all cells takes a few seconds.
# - **Check as you go**: run the cell below your answer, such as `check("primer_tensors")`, and it is graded on the spot.
#   When you are stuck, `hint("primer_tensors")` gives one hint at a time.
# - **Next**: `knock80_89`, where these parts sort the titles of news articles.
#
# Notation: B number of sentences, T length of a sentence in words, V number of different words, E size of a word vector,
# L number of categories.
# %% role="setup"
import torch
from torch import nn


# %% [markdown] lang="ja" exercise="primer_tensors"
# ## テンソルと形（primer_tensors）
#
# テンソルは数の表です。**形**（shape）は、表の各方向（軸）の長さを並べたもので、`x.shape` で見られます。
# (2, 4) なら 2 行 4 列で、縦の方向（行が並ぶ向き）が軸 0、横の方向が軸 1 です。
#
# | 書き方 | 形 | 何が起きるか |
# |---|---|---|
# | `torch.tensor([3, 1, 2])` | (3,) | 数が 3 つ並ぶ |
# | `torch.zeros(2, 4)` | (2, 4) | 0 が 2 行 4 列に並ぶ |
# | `table[ids]` | (V, E) と (T,) から (T, E) | `ids` が指す行を、その順に取り出す |
# | `x.sum(dim=0)` | (T, E) から (E,) | 軸 0 に沿って足す。**足した軸は消える**。平均の `x.mean(dim=0)` も同じ |
# | `x.T` | (L, E) から (E, L) | 行と列を入れ替える |
# | `x @ y` | (B, E) と (E, L) から (B, L) | 行列の積。**隣り合う軸（E）が同じ長さ**で、消える |
# | `x + b` | (B, L) と (L,) から (B, L) | どの行にも `b` を足す（ブロードキャスト） |
#
# ニューラルネットワークのエラーの半分は、形の食い違いです。1 行ごとに形を書き添える習慣が、いちばんの近道になります。
#
# 文章を扱うときは、単語に番号（ID）を付け、番号ごとに E 個の数（**単語ベクトル**）を用意します。V 種類の単語なら、V 行 E 列の表になります。
# 文は ID の並びです。その単語ベクトルを平均すれば、文も E 個の数（文ベクトル）になります。
# カテゴリの**得点**は、大きいほど「この文はそのカテゴリらしい」という数です。
#
# ![上では、ID 4, 1, 2 が表 (V, E) から 3 行を取り出して (T, E) になり、軸 0 に沿った平均が (E,) になる。下では、x (B, E) と転置した重み (E, L) の積にバイアス (L,) を足して得点 (B, L) になる。得点 1 つは、行と列を掛けて足したもの。](figure:shapes)
#
# 関数を 2 つ書いてください。`for` は要りません。
#
# - `mean_of_rows(table, ids)`: 単語ベクトルの表 `table` (V, E) から、文の ID `ids` (T,) が指す行を取り出し、その平均 (E,) を返す。
# - `linear_scores(x, weight, bias)`: 文ベクトル `x` (B, E) から、カテゴリごとの得点 (B, L) を求める。`weight` は (L, E)、`bias` は (L,)。
#
# $$\text{得点} = x\,W^\top + b$$
#
# $W$ は `weight`、$b$ は `bias` で、$W^\top$ は `weight.T` のことです。
# %% [markdown] lang="en" exercise="primer_tensors"
# ## Tensors and their shapes (primer_tensors)
#
# A tensor is a table of numbers. Its *shape* lists how long the table is along each of its axes; `x.shape` shows it. (2, 4)
# has two rows and four columns: axis 0 runs down, from row to row, and axis 1 runs across.
#
# | code | shape | what happens |
# |---|---|---|
# | `torch.tensor([3, 1, 2])` | (3,) | three numbers in a row |
# | `torch.zeros(2, 4)` | (2, 4) | two rows and four columns of 0 |
# | `table[ids]` | (V, E) and (T,) give (T, E) | the rows that `ids` names, in that order |
# | `x.sum(dim=0)` | (T, E) gives (E,) | adds up along axis 0; *the axis is gone afterwards*; so does the mean, `x.mean(dim=0)` |
# | `x.T` | (L, E) gives (E, L) | rows become columns |
# | `x @ y` | (B, E) and (E, L) give (B, L) | matrix product; *the inner axes (E) must match*, and go |
# | `x + b` | (B, L) and (L,) give (B, L) | adds `b` to every row (broadcasting) |
#
# Half of all errors with neural networks are shapes that do not fit. Writing the shape beside each line is the shortest way
# to a program that works.
#
# For text, each word gets a number (its id), and each id gets E numbers (its *word vector*): V different words make a table of
# V rows and E columns. A sentence is a list of ids, and the mean of their word vectors turns it into E numbers, too, its
# sentence vector. The *score* of a category is a number that is large where the sentence looks like that category.
#
# ![Above, the ids 4, 1, 2 pick three rows of a table (V, E), which gives (T, E); their mean along axis 0 is (E,). Below, x (B, E) times the turned weight (E, L) plus the bias (L,) gives scores (B, L): each score is a row times a column.](figure:shapes)
#
# Write two functions. Neither needs a loop.
#
# - `mean_of_rows(table, ids)` takes the rows of the table of word vectors (V, E) that the ids (T,) of a sentence name, and
#   returns their mean (E,).
# - `linear_scores(x, weight, bias)` turns sentence vectors `x` (B, E) into scores (B, L), one for each category. `weight` is
#   (L, E), `bias` is (L,).
#
# $$\text{scores} = x\,W^\top + b$$
#
# $W$ is `weight`, $b$ is `bias`, and $W^\top$ is `weight.T`.
# %% exercise="primer_tensors" role="answer"
def mean_of_rows(table, ids):
    """table (V, E), ids (T,) -> (E,)"""
    # BEGIN SOLUTION
    rows = table[ids]  # (T, E)
    return rows.mean(dim=0)
    # END SOLUTION


def linear_scores(x, weight, bias):
    """x (B, E), weight (L, E), bias (L,) -> (B, L)"""
    # BEGIN SOLUTION
    return x @ weight.T + bias
    # END SOLUTION


# %% exercise="primer_tensors" role="demo"
if __name__ == "__main__":
    table = torch.tensor([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])  # (3, 2)
    print(mean_of_rows(table, torch.tensor([1, 2])))  # tensor([2., 3.])
    weight, bias = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), torch.tensor([0.0, 0.0, 10.0])
    print(linear_scores(table, weight, bias).shape)  # torch.Size([3, 3])


# %% [markdown] lang="ja" exercise="primer_gradients"
# ## 勾配で坂を下る（primer_gradients）
#
# **損失**は、予測がどれだけ外れているかを表す 1 つの数です。小さいほどよいので、学習とは、損失という谷の底へ向かって歩くことだといえます。
# 歩く向きを教えてくれるのが**勾配**（それぞれの数についての傾きを並べたもの）で、PyTorch はそれを自動で求めます。
#
# 1. `x.requires_grad_()` で「`x` についての傾きを求めたい」と伝える。
# 2. `loss = f(x)` で損失を計算する。PyTorch は途中の計算をすべて覚えている。
# 3. `loss.backward()` で計算を逆にたどると、傾きが `x.grad` に入る（形は `x` と同じ）。
#
# 傾きは上り坂の向きなので、逆へ少しだけ進みます。歩幅が学習率 $\eta$（`lr`）です。
#
# $$x \leftarrow x - \eta\,\frac{\partial f}{\partial x}$$
#
# 落とし穴が 3 つあります。
#
# - `backward()` は `x.grad` に**足し込みます**。1 歩ごとに `x.grad = None` で空にしないと、前の傾きが残ります。
# - `x` を動かす行は `with torch.no_grad():` の中に書きます。動かしたこと自体は、微分の対象ではないからです。
# - その行では、`x -= ...` と `x` そのものを書き換えます。`x = x - ...` は新しいテンソルを作ります。それには 1. で伝えた「傾きを求めたい」という印がないので、次の 1 歩でエラーになります。
#
# `descend(f, x, lr, steps)` は、`x` から出発して `steps` 歩下った先を返します。渡された `x` は書き換えません（`x.clone()` で写しを作る）。
# 最後に `x.detach()` を返すと、1. の印が外れて、ふつうの数の並びになります。
# %% [markdown] lang="en" exercise="primer_gradients"
# ## Downhill by the gradient (primer_gradients)
#
# The *loss* is one number that says how wrong the predictions are. Smaller is better, so learning is walking to the bottom of a
# valley, the loss. The *gradient*, the slope with respect to each number, says which way is up, and PyTorch computes it for you.
#
# 1. `x.requires_grad_()` says that you want to know the slope with respect to `x`.
# 2. `loss = f(x)` computes the loss; PyTorch remembers every step of it.
# 3. `loss.backward()` goes back through these steps and leaves the slope in `x.grad`, which has the shape of `x`.
#
# The slope points uphill, so take a small step the other way. The length of the step is the learning rate $\eta$ (`lr`).
#
# $$x \leftarrow x - \eta\,\frac{\partial f}{\partial x}$$
#
# Three things to look out for:
#
# - `backward()` *adds* to `x.grad`. Empty it after each step, `x.grad = None`, or the old slope stays in it.
# - The line that moves `x` belongs inside `with torch.no_grad():`, because the move is not part of what is differentiated.
# - In that line change `x` itself, with `x -= ...`. `x = x - ...` makes a new tensor, which has forgotten what step 1 said, and
#   the next step raises an error.
#
# `descend(f, x, lr, steps)` starts at `x`, takes `steps` steps, and returns where it arrived. It leaves the `x` it was given
# as it is (`x.clone()` makes a copy). Return `x.detach()`: the same numbers, which ask for no slope any more.
# %% exercise="primer_gradients" role="answer"
def descend(f, x, lr, steps):
    """f: x -> one number; x of any shape -> x of the same shape, `steps` steps further down"""
    # BEGIN SOLUTION
    x = x.clone().requires_grad_()
    for _ in range(steps):
        loss = f(x)
        loss.backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
    return x.detach()
    # END SOLUTION


# %% exercise="primer_gradients" role="demo"
if __name__ == "__main__":

    def valley(x):
        return ((x - 3) ** 2).sum()

    for steps in (0, 1, 5, 50):
        print(steps, descend(valley, torch.tensor([0.0, 10.0]), 0.1, steps))  # towards [3., 3.]


# %% [markdown] lang="ja" exercise="primer_modules"
# ## 層をまとめる（primer_modules）
#
# `nn.Module` は、学習する数（パラメータ）と、その使い方を 1 つにまとめた箱です。
#
# - `__init__` で層を作り、`self` に入れる。先に `super().__init__()` を呼ぶ。
# - `forward` に、入力から出力までの計算を書く。`model(ids)` と呼ぶと `forward` が動く。
# - `self` に直接入れた層のパラメータは、自動で `model.parameters()` に載り、学習の対象になる。ふつうのリストに入れると載らない。
#
# 層は 2 つ使います。`nn.Embedding(V, E)` は、ID をその番号の行（E 次元のベクトル）に変える表です。
# `nn.Linear(E, L)` は、さきほどの `linear_scores` です（`weight` と `bias` を自分で持っています）。
#
# `BagOfWords(vocab_size, emb_size, output_size)` は、文の単語ベクトルを平均して、1 つの線形層で得点にします。単語の順番は見ません。
#
# $$\text{得点} = W\,\frac{1}{T}\sum_{t=1}^{T} \mathrm{emb}(x_t) + b$$
#
# 形は ID (B, T) → (B, T, E) → (B, E) → (B, L) と変わります。B は文の数、T は 1 文の単語数です。
#
# ほかの教材では、最後に softmax（得点を、足すと 1 になる確率に直す関数）をとることがあります。ここでは要りません。PyTorch では損失の側でとります。
# %% [markdown] lang="en" exercise="primer_modules"
# ## A box of layers (primer_modules)
#
# An `nn.Module` holds the numbers that are learned (its parameters) together with what is done with them.
#
# - `__init__` makes the layers and puts them into `self`, after a call of `super().__init__()`.
# - `forward` says how the output is computed from the input; `model(ids)` runs it.
# - The parameters of a layer that stands in `self` are in `model.parameters()` by themselves, and so are learned. Those of
#   layers in a plain list are not.
#
# You need two layers. `nn.Embedding(V, E)` is a table that turns an id into its row, a vector of E numbers.
# `nn.Linear(E, L)` is the `linear_scores` you have just written, with a `weight` and a `bias` of its own.
#
# `BagOfWords(vocab_size, emb_size, output_size)` takes the mean of the word vectors of a sentence and turns it into scores
# with one linear layer. It does not look at the order of the words.
#
# $$\text{scores} = W\,\frac{1}{T}\sum_{t=1}^{T} \mathrm{emb}(x_t) + b$$
#
# The shapes go from ids (B, T) to (B, T, E), (B, E) and (B, L). B is the number of sentences, T the number of words in each.
#
# Elsewhere you may see a softmax at the end, which turns scores into probabilities that sum to 1. You need none here: in PyTorch
# the loss takes care of it.
# %% exercise="primer_modules" role="answer"
class BagOfWords(nn.Module):
    """ids (B, T) -> scores (B, L)"""

    def __init__(self, vocab_size, emb_size, output_size):
        # BEGIN SOLUTION
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.fc = nn.Linear(emb_size, output_size)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        words = self.emb(ids)  # (B, T, E)
        sentence = words.mean(dim=1)  # (B, E)
        return self.fc(sentence)  # (B, L)
        # END SOLUTION


# %% exercise="primer_modules" role="demo"
if __name__ == "__main__":
    torch.manual_seed(0)
    model = BagOfWords(vocab_size=10, emb_size=4, output_size=3)
    print(model)
    print([tuple(parameter.shape) for parameter in model.parameters()])  # [(10, 4), (3, 4), (3,)]
    print(model(torch.tensor([[1, 2, 3], [3, 2, 1]])))  # the same words in another order: the same scores


# %% [markdown] lang="ja" exercise="primer_batches"
# ## 長さの違う文を束ねる（primer_batches）
#
# 文を 1 つずつ計算するより、何文かまとめて（バッチにして）計算するほうがずっと速くなります。
# ただし、テンソルの行はどれも同じ長さでなければなりません。そこで、短い文の後ろを 0 で埋めます。これが**パディング**です。
#
# | 文 | テンソル (2, 4) |
# |---|---|
# | `[5, 2]` | `[5, 2, 0, 0]` |
# | `[7, 1, 4, 2]` | `[7, 1, 4, 2]` |
#
# - `make_batches(sentences, batch_size)`: ID のリストのリストを、順番を変えずに `batch_size` 文ずつに分け、(B, T) のテンソルのリストにして返す。
#   T は**その**バッチでいちばん長い文の長さ。最後のバッチは文が少なくてもよい。渡された `sentences` は書き換えない。
#
# 埋めた 0 は文の一部ではないので、平均に混ぜてはいけません。どこが本物の単語かを表す真偽値の表を**マスク**といいます。
#
# - `masked_mean(vectors, mask)`: 単語ベクトル (B, T, E) のうち、マスク (B, T) が `True` のところだけの平均 (B, E) を返す。渡された `vectors` は書き換えない。
#
# マスク (B, T) を `mask.unsqueeze(2)` で (B, T, 1) にすると、(B, T, E) に掛けられます（`True` は 1、`False` は 0 になります）。
# 割る数も (B, 1) の形にします。(B, E) を (B,) で割ると、軸が合わずにエラーになるか、別の文の数で割ることになります。
# %% [markdown] lang="en" exercise="primer_batches"
# ## Sentences of different lengths, side by side (primer_batches)
#
# Computing several sentences at once, as a *batch*, is much faster than one after the other. But all rows of a tensor have
# the same length, so the shorter sentences are filled up with 0 at their end. This is called *padding*.
#
# | sentences | tensor (2, 4) |
# |---|---|
# | `[5, 2]` | `[5, 2, 0, 0]` |
# | `[7, 1, 4, 2]` | `[7, 1, 4, 2]` |
#
# - `make_batches(sentences, batch_size)` cuts a list of lists of ids, in its order, into pieces of `batch_size` sentences and
#   returns a list of tensors (B, T). T is the length of the longest sentence of *that* batch. The last batch may have fewer
#   sentences. Leave the `sentences` that you are given as they are.
#
# The zeros are no part of the sentence and must stay out of its mean. A table of booleans that says where the real words
# are is called a *mask*.
#
# - `masked_mean(vectors, mask)` returns the mean (B, E) of those word vectors (B, T, E) at which the mask (B, T) is `True`.
#   Leave the `vectors` that you are given as they are.
#
# `mask.unsqueeze(2)` turns the mask (B, T) into (B, T, 1), which can be multiplied with (B, T, E): `True` is 1 and `False` is 0.
# Give the divisor the shape (B, 1), too. (B, E) divided by (B,) is an error, or divides by the count of another sentence.
# %% exercise="primer_batches" role="answer"
def make_batches(sentences, batch_size):
    """sentences [[int]] -> [(B, T) int64], padded with 0"""
    # BEGIN SOLUTION
    batches = []
    for start in range(0, len(sentences), batch_size):
        part = sentences[start : start + batch_size]
        longest = max(len(sentence) for sentence in part)
        rows = [sentence + [0] * (longest - len(sentence)) for sentence in part]
        batches.append(torch.tensor(rows))
    return batches
    # END SOLUTION


def masked_mean(vectors, mask):
    """vectors (B, T, E), mask (B, T) True at real words -> (B, E)"""
    # BEGIN SOLUTION
    real = mask.unsqueeze(2).float()  # (B, T, 1)
    return (vectors * real).sum(dim=1) / real.sum(dim=1)
    # END SOLUTION


# %% exercise="primer_batches" role="demo"
if __name__ == "__main__":
    for batch in make_batches([[5, 2], [7, 1, 4, 2], [3]], 2):
        print(batch, batch != 0, sep="\n")  # the ids, and their mask
    vectors = torch.tensor([[[1.0, 1.0], [3.0, 5.0], [99.0, 99.0]]])  # (1, 3, 2), the last word is padding
    print(masked_mean(vectors, torch.tensor([[True, True, False]])))  # tensor([[2., 3.]])


# %% [markdown] lang="ja"
# ## まとめ
#
# - テンソルの計算は、形を追えば読めます。足した軸は消え、行列の積では隣り合う軸が消えます。
# - `backward()` が傾きを求め、`x.grad` に足し込みます。空にして、逆向きに 1 歩。学習はその繰り返しです。
# - `nn.Module` は、`self` に入れた層のパラメータを集めてくれます。
# - 文は 0 で埋めて束ね、マスクで本物の単語だけを数えます。
#
# ### 試してみよう
#
# 1. `descend` の `lr` を 1.1 にすると何が起きますか。谷の形と歩幅の関係を考えてみましょう。
# 2. `BagOfWords` に、単語が逆順の文を入れてみましょう。得点が変わらないのはなぜですか。順番を見るモデルは `knock80_89` の 81 で作ります。
# 3. 長さの近い文どうしを同じバッチにすると、埋める 0 はどれだけ減りますか。
#
# ### もっと知りたい人へ
#
# - [PyTorch 公式チュートリアル](https://pytorch.org/tutorials/beginner/basics/intro.html)
# - [Broadcasting semantics](https://pytorch.org/docs/stable/notes/broadcasting.html): 形の違うテンソルを足せる規則
# - [micrograd](https://github.com/karpathy/micrograd): 自動微分の仕組みを 100 行ほどで（Karpathy）
# %% [markdown] lang="en"
# ## Summary
#
# - Follow the shapes and you can read any computation: the axis that is summed goes, and so do the inner axes of a matrix
#   product.
# - `backward()` computes the slope and adds it to `x.grad`. Empty it, step the other way, repeat: that is learning.
# - An `nn.Module` collects the parameters of the layers in `self`.
# - Sentences are filled up with 0 to lie side by side; a mask counts the real words only.
#
# ### Try this
#
# 1. What happens in `descend` with `lr` 1.1? Think of the shape of the valley and the length of the step.
# 2. Give `BagOfWords` a sentence with its words in reverse. Why are the scores the same? Problem 81 of `knock80_89` builds a
#    model that sees the order.
# 3. Put sentences of similar length into the same batch. How many zeros do you save?
#
# ### Further reading
#
# - [PyTorch tutorials](https://pytorch.org/tutorials/beginner/basics/intro.html)
# - [Broadcasting semantics](https://pytorch.org/docs/stable/notes/broadcasting.html): when tensors of different shapes can be added
# - [micrograd](https://github.com/karpathy/micrograd): automatic differentiation in about a hundred lines (Karpathy)
