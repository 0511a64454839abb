"""Questions 20 to 26: the parts of the translator, the model families, the results, and BERT."""

from grader.checks import Text
from grader.lessons.quiz._question import QuizQuestion

QUESTIONS = (
    QuizQuestion(
        "q20",
        Text(en="the self-attention of the decoder", ja="デコーダーの Self-Attention"),
        right="b",
        wrong={
            "a": Text(
                en="This is the encoder's way. The source is known from beginning to end and may be read in both directions; the "
                "target is written word by word, and what is not yet written cannot be looked at.",
                ja="それはエンコーダー側の学び方です。原文は最初から最後まで分かっているので両方向に読めますが、訳文は 1 語ずつ書いていくので、"
                "まだ書いていない部分は見られません。",
            ),
            "c": Text(
                en="Two attentions of the decoder are confused. The one that looks at the source comes after; the self-attention "
                "relates the words of the target to each other.",
                ja="デコーダーにある 2 つの Attention を混同しています。原文を見るほうはそのあとに来ます。Self-Attention が関係づけるのは、"
                "訳文の単語どうしです。",
            ),
        },
    ),
    QuizQuestion(
        "q21",
        Text(en="the family for classifying and tagging", ja="文分類・タギングに向くモデル"),
        right="b",
        wrong={
            "a": Text(
                en="A model for writing is chosen for reading. An autoregressive model lets each word see only what is before "
                "it. To tag a word or judge a sentence that lies there complete, both sides are of use.",
                ja="「読む」課題に「書く」モデルを選んでいます。自己回帰モデルでは各単語が自分より前しか見られません。完成した文を分類したり"
                "単語にタグを付けたりするなら、両側を見られるほうが有利です。",
            ),
            "c": Text(
                en="A second sequence is produced where none is asked for. An encoder with a decoder is for turning one text into "
                "another; a class or one tag a word needs no text to be written.",
                ja="出力文が要らないのに、出力文を作るモデルを選んでいます。エンコーダー・デコーダーは文を別の文に変えるためのものです。"
                "分類やタグ付けでは文を書く必要がありません。",
            ),
        },
    ),
    QuizQuestion(
        "q22",
        Text(en="the family for translating and summarising", ja="翻訳・要約に向くモデル"),
        right="c",
        wrong={
            "a": Text(
                en="The whole source is not read as it could be. A plain causal model generates text; for turning a "
                "complete input into an output, the lecture's grouping has a family with one part to read and one to write.",
                ja="「読む部分」が足りません。自己回帰モデルは文の生成が得意ですが、完成した入力文を別の文に変える課題には、読む部分と書く部分の"
                "両方を持つ種類のモデルが挙げられています。",
            ),
            "b": Text(
                en="A model without a way to write is chosen. A masked language model fills gaps in a text of given length; "
                "a translation is another text of unknown length.",
                ja="文を書く仕組みのないモデルを選んでいます。Masked LM が得意なのは、長さの決まった文の穴埋めです。訳文は別の文で、長さも"
                "前もって分かりません。",
            ),
        },
    ),
    QuizQuestion(
        "q23",
        Text(en="what the Transformer won on WMT 2014", ja="WMT 2014 での Transformer の成果"),
        right="a",
        wrong={
            "b": Text(
                en="Quality is taken to have been bought with computing time. Look at the last columns of table 2: the powers of "
                "ten of the training cost go the other way.",
                ja="計算量をかけて品質を買ったと考えています。表 2 の右側（Training Cost）を見直しましょう。10 の何乗かを比べると、"
                "逆であることが分かります。",
            ),
            "c": Text(
                en="The gain is taken to be in speed alone. Compare the BLEU columns with the best ensembles before: two whole "
                "points in English-German is a great deal in translation.",
                ja="速くなっただけだと考えています。表 2 の BLEU をそれまでの最良のアンサンブルと比べてみましょう。英独で約 2 ポイントというのは、"
                "翻訳では大きな差です。",
            ),
        },
    ),
    QuizQuestion(
        "q24",
        Text(en="the base model in English-French", ja="base モデルの英仏翻訳の成績"),
        right=False,
        wrong={
            True: Text(
                en="The base model is taken for the big one. Table 2 has two lines for the Transformer; in the EN-FR column compare "
                "the base line with GNMT and ConvS2S.",
                ja="base と big を取り違えています。表 2 には Transformer の行が 2 つあります。EN-FR の列で base の値を GNMT や ConvS2S と"
                "見比べてみましょう。",
            ),
        },
    ),
    QuizQuestion(
        "q25",
        Text(en="what fine-tuning starts from and changes", ja="ファインチューニングの出発点と更新対象"),
        right=True,
        wrong={
            False: Text(
                en="Fine-tuning is confused with training anew, or with using fixed features. The encoder brings what it learned "
                "from unlabelled text, a small head is put on top, and the labelled data tunes both.",
                ja="最初からの学習、または固定した特徴量の利用と混同しています。エンコーダーは大量の文で学んだ重みから出発し、上に小さな出力層を"
                "載せて、課題のデータで両方を調整します。",
            ),
        },
    ),
    QuizQuestion(
        "q26",
        Text(en="the output BERT classifies a sentence by", ja="BERT の文分類で使う出力"),
        right="b",
        wrong={
            "a": Text(
                en="The habit of RNNs is carried over. The last state of an RNN has read everything; in BERT every position has "
                "read everything, and a position was set aside for the sentence as a whole.",
                ja="RNN の習慣を持ち込んでいます。RNN では最後の状態だけが全体を読み終えていますが、BERT ではどの位置も文全体を見ています。"
                "そのため、文全体を表す専用の位置が用意されています。",
            ),
            "c": Text(
                en="This is the way of tagging. There every word gets a label of its own; one label for the whole sentence is "
                "taken from one place.",
                ja="それは単語タギングのやり方です。タギングでは単語ごとにラベルを出しますが、文に 1 つのラベルなら 1 か所の出力から求めます。",
            ),
        },
    ),
    QuizQuestion(
        "q27",
        Text(en="what BERT predicts for a question on a passage", ja="質問応答で BERT が予測するもの"),
        right="a",
        wrong={
            "b": Text(
                en="The answer is taken to be written freely. BERT has no decoder. In SQuAD the answer stands in the passage, so it "
                "is enough to point at it.",
                ja="答えの文を自由に生成すると考えています。BERT にはデコーダーがありません。SQuAD の答えは本文の中にそのまま出てくるので、"
                "場所を指し示せば十分です。",
            ),
            "c": Text(
                en="The task is confused with the classification of pairs. Yes or no says whether two texts fit together; "
                "a question wants a piece of the passage.",
                ja="文の対の分類と混同しています。「はい・いいえ」は 2 つの文が合うかどうかの判定です。質問応答で欲しいのは本文の一部分です。",
            ),
        },
    ),
)
