# %% [markdown] lang="ja"
# # 確認クイズ: Attention と Transformer
#
# Attention、Transformer、BERT の要点を 27 問で確認します。
# 正誤問題には `True`（○）か `False`（×）、選択問題には `"a"`、`"b"`、`"c"` のどれかを、問題の下にある辞書 `ANSWERS` に書いてください。
# 1 問 1 点で、1 問ずつ採点します。間違えた問いには、考え違いの説明が付きます。
#
# - **確かめられること**: 式やコードを見ずに、仕組みとその理由を説明できるか。
# - **必要なもの**: q01〜q07 は `attention_translation`、q08〜q19 は `transformer_lm`（q11 は `bert`）、q20〜q27 は `bert` で学んだ内容です。
# - **時間**: 30 分ほど。計算はありません。
# - **次は**: 間違えた問いの演習に戻って、図や式を見直しましょう。最後に、さらに学ぶための資料があります。
# %% [markdown] lang="en"
# # Quiz: attention and the Transformer
#
# 27 questions on attention, the Transformer and BERT. Write `True` or `False`, or one of `"a"`, `"b"` and `"c"`, into the
# dictionary `ANSWERS` below them. Every question is graded by itself and worth one point; a wrong answer gets an
# explanation.
#
# - **You will find out**: whether you can say how it all works, and why, without the formulas and the code.
# - **You need**: what `attention_translation` teaches for q01 to q07, `transformer_lm` for q08 to q19 (q11: `bert`), and
#   `bert` for q20 to q27.
# - **Time**: about half an hour. Nothing has to be computed.
# - **Next**: go back to the lesson of each question you missed. At the end there is more to read.
# %% [markdown] lang="ja" exercise="questions"
# ## 問題（questions）
#
# ### Attention
#
# **q01**（○×）Attention のない Seq2Seq では、デコーダーが原文について受け取るのはエンコーダーの最後の状態だけなので、入力が長いほど訳しにくくなる。
#
# **q02** ある時刻に Attention がデコーダーへ渡すものはどれですか。
#
# - (a) その時刻と同じ位置にあるエンコーダーの出力
# - (b) エンコーダーの全出力を、その時刻に計算した重みで足し合わせたもの
# - (c) エンコーダーの全出力の単純な平均
#
# **q03** Attention の計算で、重みを決めるために見比べるのは何と何ですか。また、その重みで足し合わせるのは何ですか。
#
# - (a) Query と Key を見比べ、Value を足し合わせる
# - (b) Query と Value を見比べ、Key を足し合わせる
# - (c) Key と Value を見比べ、Query を足し合わせる
#
# **q04**（○×）翻訳モデルの Attention を学習するには、「この出力語のときはこの入力語を見る」という正解を付けたデータが要る。
#
# **q05** 翻訳の Attention の重みを、行が出力語、列が入力語の表にしました。和が 1 になるのはどれですか。
#
# - (a) 入力語ごとに、すべての出力語について足したもの
# - (b) 表全体を足したもの
# - (c) 出力語ごとに、すべての入力語について足したもの
#
# **q06** エンコーダー・デコーダーの Source-Target Attention では、Query、Key、Value はどこから来ますか。
#
# - (a) Query はエンコーダーから、Key と Value はデコーダーから
# - (b) 3 つともデコーダーから
# - (c) Query はデコーダーから、Key と Value はエンコーダーから
#
# **q07** 内積を $\sqrt{d_k}$ で割るのはなぜですか（$d_k$ は Query と Key の次元）。
#
# - (a) 重みの和を 1 にするため
# - (b) 次元が大きいと内積も大きくなり、softmax が 1 か所に偏って勾配がほとんど流れなくなるため
# - (c) 単語の並び順を伝えるため
#
# **q08** 「鳥がナク」の「ナク」が「泣く」でなく「鳴く」だと分かるために使われるのは、主にどれですか。
#
# - (a) Self-Attention
# - (b) Source-Target Attention
# - (c) 位置エンコーディング（Positional Encoding）
#
# **q09**（○×）Self-Attention の Query、Key、Value は、同じ文の埋め込みに、それぞれ別の学習される行列を掛けて作る。
# %% [markdown] lang="en" exercise="questions"
# ## Questions (questions)
#
# ### Attention
#
# **q01** (true or false) In a seq2seq model without attention, the encoder's last state is all that the decoder gets of the
# source, so the longer the input, the harder it is to translate.
#
# **q02** What does attention hand to the decoder at one step?
#
# - (a) The encoder's output at the same position
# - (b) The sum of all the encoder's outputs, with weights computed at that step
# - (c) The plain average of all the encoder's outputs
#
# **q03** Which two are compared to find the attention weights, and what is summed with these weights?
#
# - (a) Query and key are compared, the values are summed
# - (b) Query and value are compared, the keys are summed
# - (c) Key and value are compared, the queries are summed
#
# **q04** (true or false) To train the attention of a translator you need data that says which source word to look at for
# each output word.
#
# **q05** The attention weights of a translation are written as a table with a row for each output word and a column for each
# source word. Which of these sums to one?
#
# - (a) Each source word's weights, summed over all output words
# - (b) The whole table
# - (c) Each output word's weights, summed over all source words
#
# **q06** Where do query, key and value come from in the source-target attention of an encoder-decoder?
#
# - (a) The query from the encoder, key and value from the decoder
# - (b) All three from the decoder
# - (c) The query from the decoder, key and value from the encoder
#
# **q07** Why are the dot products divided by $\sqrt{d_k}$, where $d_k$ is the width of a query and of a key?
#
# - (a) So that the weights sum to one
# - (b) Because dot products grow with the width, and a softmax that picks a single place passes on hardly any gradient
# - (c) To tell the model the order of the words
#
# **q08** The Japanese verb *naku* is written in one way for a bird that sings and in another for a person who weeps. What
# mainly lets a model see which one is meant in "the bird *naku*"?
#
# - (a) Self-attention
# - (b) Source-target attention
# - (c) Positional encoding
#
# **q09** (true or false) In self-attention, query, key and value are made from the embeddings of the same sentence, each with
# a learned matrix of its own.
# %% [markdown] lang="ja" exercise="questions"
# ### Transformer
#
# **q10** Attention を複数のヘッドに分けるのは何のためですか。
#
# - (a) 文を区切り、ヘッドごとに受け持つ単語を決めるため
# - (b) 同じ計算を何度もして、平均で精度を上げるため
# - (c) 種類の違う関連性を、別々の部分空間で同時に捉えるため
#
# **q11** Masked LM が「雨 が [ ] 降る」の穴を埋めるとき、見てよいのはどこですか。
#
# - (a) 穴より前だけ
# - (b) 穴より後ろだけ
# - (c) 前と後ろの両方
#
# **q12** Causal LM では、位置 t の出力が次の単語 t + 1 を予測します。位置 t が見てよいのはどこですか。
#
# - (a) t 自身とそれより前
# - (b) t より前だけ（t 自身は見ない）
# - (c) t + 1 まで
#
# **q13**（○×）Causal LM は、生成のときと同じように、学習のときも 1 単語ずつ順番に計算しなければならない。
#
# **q14** Transformer に位置エンコーディング（Positional Encoding）が必要なのはなぜですか。
#
# - (a) Attention は決まった長さの文しか扱えないから
# - (b) Self-Attention だけでは、単語の並び順が分からないから
# - (c) 過学習を防ぐため
#
# **q15**（○×）位置エンコーディングは、単語の埋め込みベクトルと同じ次元のベクトルで、最初の層に入る前に埋め込みに足される。
#
# **q16** 残差接続（Residual Connection）があるとき、層そのものが学習するのはどれですか（x は入力）。
#
# - (a) 獲得したい関数(x)
# - (b) 獲得したい関数(x) − x
# - (c) x − 獲得したい関数(x)
#
# **q17** 残差接続を入れる主な目的はどれですか。
#
# - (a) 層を深くしても学習できるようにする
# - (b) パラメータの数を減らす
# - (c) 離れた単語どうしを結び付ける
#
# **q18** Transformer の層正規化（Layer Normalization）は、平均と分散を何についてとりますか。
#
# - (a) 特徴ごとに、バッチ内のすべての文について
# - (b) 特徴ごとに、文の中のすべての単語について
# - (c) 単語ごとに、その単語のベクトルの全成分について
#
# **q19**（○×）層正規化の結果は、同じバッチに入っているほかの文によって変わる。
# %% [markdown] lang="en" exercise="questions"
# ### The Transformer
#
# **q10** Why is attention split into several heads?
#
# - (a) To cut the sentence up, so that each head has words of its own
# - (b) To compute the same thing several times and average it
# - (c) To follow different kinds of relations at the same time, in different subspaces
#
# **q11** A masked language model fills the gap in "the rain [ ] heavily". Where may it look?
#
# - (a) Only before the gap
# - (b) Only after the gap
# - (c) On both sides
#
# **q12** In a causal language model the output at position t predicts word t + 1. Where may position t look?
#
# - (a) At t itself and everything before
# - (b) Only before t, not at t itself
# - (c) As far as t + 1
#
# **q13** (true or false) A causal language model has to be computed one word after another in training too, as in generation.
#
# **q14** Why does a Transformer need positional encoding?
#
# - (a) Because attention can only handle sentences of a fixed length
# - (b) Because self-attention alone does not know the order of the words
# - (c) To prevent overfitting
#
# **q15** (true or false) The positional encoding is a vector as wide as the word embedding, added to it before the first
# layer.
#
# **q16** With a residual connection, what does the layer itself learn (x is its input)?
#
# - (a) wanted(x)
# - (b) wanted(x) − x
# - (c) x − wanted(x)
#
# **q17** What are residual connections mainly for?
#
# - (a) Making deep stacks of layers trainable
# - (b) Reducing the number of parameters
# - (c) Connecting words that are far apart
#
# **q18** Over what does the Transformer's layer normalisation take mean and variance?
#
# - (a) For each feature, over all sentences of the batch
# - (b) For each feature, over all words of the sentence
# - (c) For each word, over all components of its vector
#
# **q19** (true or false) The result of layer normalisation depends on the other sentences in the batch.
# %% [markdown] lang="ja" exercise="questions"
# ### モデルの種類と成果、BERT
#
# **q20** "Attention Is All You Need" の図 1 で、デコーダーの Self-Attention はどのように学習されますか。
#
# - (a) Masked LM と同じく、前後の両方を見る
# - (b) Causal LM と同じく、先行する単語だけから次の単語を予測する
# - (c) 原文の単語との関連から学ぶ
#
# **q21** 文の分類や単語タギングに主に使われるのは、どの種類のモデルですか。
#
# - (a) 自己回帰モデル（GPT など）
# - (b) 自動符号化モデル（BERT など）
# - (c) Seq2Seq モデル（T5 など）
#
# **q22** 3 つの種類のうち、原文を読む部分と訳文を書く部分を両方持ち、機械翻訳や要約に使われるのはどれですか。
#
# - (a) 自己回帰モデル（GPT など）
# - (b) 自動符号化モデル（BERT など）
# - (c) Seq2Seq モデル（T5 など）
#
# **q23** WMT 2014 の英独翻訳で Transformer (big) が示したことはどれですか。
#
# - (a) それまでのアンサンブルも含めた最良の結果を、より少ない学習コストで上回った
# - (b) それまでの最良の結果を上回ったが、学習コストは何倍にもなった
# - (c) BLEU はそれまでと同程度だが、学習が速くなった
#
# **q24**（○×）Transformer の base モデルは、英仏翻訳でも、論文の表 2 にあるそれまでのどのモデルより高い BLEU を出した。
#
# **q25**（○×）BERT のファインチューニングでは、事前学習した重みから出発し、課題に合わせた出力層を加え、課題のデータで全体を学習し直す。
#
# **q26** BERT で 1 つの文を分類するとき、分類に使うのはどの出力ですか。
#
# - (a) 最後の単語の位置の出力
# - (b) 先頭（[CLS]）の位置の出力
# - (c) すべての位置の出力にそれぞれラベルを付けたもの
#
# **q27** 質問と本文を BERT に入れて答えを探す課題（SQuAD）で、BERT が予測するのはどれですか。
#
# - (a) 本文の中で答えが始まる位置と終わる位置
# - (b) 答えの文を 1 単語ずつ
# - (c) 質問と本文の組に対する「はい」か「いいえ」
#
# 下の辞書の `None` を答えに書き換えてください。
# %% [markdown] lang="en" exercise="questions"
# ### Families, results and BERT
#
# **q20** In figure 1 of "Attention Is All You Need", how is the decoder's self-attention trained?
#
# - (a) Like a masked language model, looking to both sides
# - (b) Like a causal language model, predicting the next word from those before
# - (c) From the relations to the words of the source
#
# **q21** Which family is mainly used for sentence classification and word tagging?
#
# - (a) Autoregressive models (such as GPT)
# - (b) Autoencoding models (such as BERT)
# - (c) Seq2seq models (such as T5)
#
# **q22** Which of the three families has both a part that reads the source and a part that writes the target, and is used
# for machine translation and summarising?
#
# - (a) Autoregressive models (such as GPT)
# - (b) Autoencoding models (such as BERT)
# - (c) Seq2seq models (such as T5)
#
# **q23** What did the Transformer (big) show on WMT 2014 English-German?
#
# - (a) It beat the best results before, ensembles included, at a lower training cost
# - (b) It beat the best results before, at many times the training cost
# - (c) It had about the same BLEU as before, but trained faster
#
# **q24** (true or false) In English-French too, the base Transformer had a higher BLEU than every earlier model in table 2 of
# the paper.
#
# **q25** (true or false) Fine-tuning BERT starts from the pretrained weights, adds an output layer for the task, and trains
# all of it on the data of the task.
#
# **q26** By which output does BERT classify a single sentence?
#
# - (a) The output at the last word
# - (b) The output at the first position ([CLS])
# - (c) The outputs of all positions, each given a label
#
# **q27** For questions on a passage (SQuAD), what does BERT predict?
#
# - (a) Where in the passage the answer begins and ends
# - (b) The words of the answer, one by one
# - (c) Yes or no for the pair of question and passage
#
# Replace each `None` below by your answer.
# %% exercise="questions" role="answer"
ANSWERS = {
    # BEGIN SOLUTION
    "q01": True,  # STUB: "q01": None,  # True / False
    "q02": "b",  # STUB: "q02": None,  # "a" / "b" / "c"
    "q03": "a",  # STUB: "q03": None,  # "a" / "b" / "c"
    "q04": False,  # STUB: "q04": None,  # True / False
    "q05": "c",  # STUB: "q05": None,  # "a" / "b" / "c"
    "q06": "c",  # STUB: "q06": None,  # "a" / "b" / "c"
    "q07": "b",  # STUB: "q07": None,  # "a" / "b" / "c"
    "q08": "a",  # STUB: "q08": None,  # "a" / "b" / "c"
    "q09": True,  # STUB: "q09": None,  # True / False
    "q10": "c",  # STUB: "q10": None,  # "a" / "b" / "c"
    "q11": "c",  # STUB: "q11": None,  # "a" / "b" / "c"
    "q12": "a",  # STUB: "q12": None,  # "a" / "b" / "c"
    "q13": False,  # STUB: "q13": None,  # True / False
    "q14": "b",  # STUB: "q14": None,  # "a" / "b" / "c"
    "q15": True,  # STUB: "q15": None,  # True / False
    "q16": "b",  # STUB: "q16": None,  # "a" / "b" / "c"
    "q17": "a",  # STUB: "q17": None,  # "a" / "b" / "c"
    "q18": "c",  # STUB: "q18": None,  # "a" / "b" / "c"
    "q19": False,  # STUB: "q19": None,  # True / False
    "q20": "b",  # STUB: "q20": None,  # "a" / "b" / "c"
    "q21": "b",  # STUB: "q21": None,  # "a" / "b" / "c"
    "q22": "c",  # STUB: "q22": None,  # "a" / "b" / "c"
    "q23": "a",  # STUB: "q23": None,  # "a" / "b" / "c"
    "q24": False,  # STUB: "q24": None,  # True / False
    "q25": True,  # STUB: "q25": None,  # True / False
    "q26": "b",  # STUB: "q26": None,  # "a" / "b" / "c"
    "q27": "a",  # STUB: "q27": None,  # "a" / "b" / "c"
    # END SOLUTION
}

# %% exercise="questions" role="demo"
if __name__ == "__main__":
    answered = [question for question, answer in ANSWERS.items() if answer is not None]
    print(f"{len(answered)} / {len(ANSWERS)}")
# %% [markdown] lang="ja"
# ## まとめ
#
# 次の 5 つを、何も見ずに自分の言葉で言えれば、要点はつかめています。
#
# - Attention は何から重みを決め、何を平均するのか。どこを見るかは、どうやって学習されるのか。
# - Causal LM、Masked LM、Source-Target Attention は、それぞれどこを見てよいのか。
# - 位置エンコーディング、残差接続、層正規化は、それぞれ何のためにあるのか。
# - 分類、文章の生成、翻訳には、それぞれどの種類のモデルを使うのか。
# - ファインチューニングは何から出発し、何を学習し直すのか。
#
# ### 試してみよう
#
# 1. 上の 5 つの答えを、友だちに 1 分で説明してみましょう。
# 2. "It rains heavily" から「激しく」を書くときの Query、Key、Value を、紙に図で描いてみましょう。
# 3. 選択問題の間違った選択肢を 1 つ選び、どこを直せば正しくなるか考えてみましょう。
#
# ### もっと知りたい人へ
#
# - 論文: [Bahdanau ほか, 2015](https://arxiv.org/abs/1409.0473)、[Attention Is All You Need](https://arxiv.org/abs/1706.03762)（Vaswani ほか, 2017）、[BERT](https://arxiv.org/abs/1810.04805)（Devlin ほか, 2018）
# - 図で読む: [The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/)（Alammar, 2018）。コードで読む: [The Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/)（Harvard NLP）
# - 画像での Attention: [Show, Attend and Tell](https://arxiv.org/abs/1502.03044)（Xu ほか, 2015）、[Exploring Self-attention for Image Recognition](https://arxiv.org/abs/2004.13621)（Zhao ほか, 2020）、[Vision Transformer](https://arxiv.org/abs/2010.11929)（Dosovitskiy ほか, 2020）
# %% [markdown] lang="en"
# ## Summary
#
# If you can answer these five in your own words, without looking anything up, you have the main points:
#
# - What does attention compute its weights from, and what does it average? How does it learn where to look?
# - Where may a causal language model, a masked one, and source-target attention look?
# - What are positional encoding, residual connections and layer normalisation there for?
# - Which family of models would you choose to classify, to generate text, to translate?
# - What does fine-tuning start from, and what does it train again?
#
# ### Try this
#
# 1. Explain the five answers to a friend, in one minute.
# 2. On paper, draw the query, the keys and the values for writing 激しく (heavily) from "It rains heavily".
# 3. Take a wrong option of one of the questions. What would you have to change to make it right?
#
# ### Further reading
#
# - Papers: [Bahdanau et al., 2015](https://arxiv.org/abs/1409.0473),
#   [Attention Is All You Need](https://arxiv.org/abs/1706.03762) (Vaswani et al., 2017),
#   [BERT](https://arxiv.org/abs/1810.04805) (Devlin et al., 2018)
# - In pictures: [The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/) (Alammar, 2018); in code:
#   [The Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/) (Harvard NLP)
# - Attention in images: [Show, Attend and Tell](https://arxiv.org/abs/1502.03044) (Xu et al., 2015),
#   [Exploring Self-attention for Image Recognition](https://arxiv.org/abs/2004.13621) (Zhao et al., 2020), the
#   [Vision Transformer](https://arxiv.org/abs/2010.11929) (Dosovitskiy et al., 2020)
