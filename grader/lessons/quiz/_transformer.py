"""Questions 10 to 19: heads, masks, positions, residual connections and layer normalisation."""

from grader.checks import Text
from grader.lessons.quiz._question import QuizQuestion

QUESTIONS = (
    QuizQuestion(
        "q10",
        Text(en="what several heads are for", ja="マルチヘッドにする目的"),
        right="c",
        wrong={
            "a": Text(
                en="You assumed that the heads divide the words among themselves. Each head sees the whole sentence; what is divided is the width of "
                "the vectors, so that one head can follow one kind of relation and another head another.",
                ja="ヘッドが単語を分担すると考えています。どのヘッドも文全体を見ます。分けるのはベクトルの次元で、ヘッドごとに違う種類の"
                "関連性を追えるようにするのがねらいです。",
            ),
            "b": Text(
                en="The heads are taken to be copies that vote. Copies would add nothing; every head has projections of its own, and "
                "their outputs are joined side by side rather than averaged.",
                ja="ヘッドが多数決をとるための複製だと考えています。複製では何も増えません。各ヘッドは自分専用の射影を持ち、出力は平均せずに"
                "横に並べてつなぎます。",
            ),
        },
    ),
    QuizQuestion(
        "q11",
        Text(en="what a masked language model may look at", ja="Masked LM が見てよい範囲"),
        right="c",
        wrong={
            "a": Text(
                en="This is the rule of a causal model. With 'rain falls' as example: to guess the hidden adverb, the verb after it is "
                "the best clue, and nothing forbids looking at it because the whole sentence is given.",
                ja="それは Causal LM の決まりです。「雨 が [ ] 降る」の穴を埋めるには、後ろの「降る」が大きな手がかりになります。"
                "文全体が与えられているので、見てはいけない理由はありません。",
            ),
            "b": Text(
                en="The words before the gap are left out. Both neighbours say something about the hidden word; dropping either half "
                "makes the guess harder without any need.",
                ja="穴より前の単語を使っていません。隠れた単語について、前の語も後ろの語も手がかりになります。片方を捨てる理由はありません。",
            ),
        },
    ),
    QuizQuestion(
        "q12",
        Text(en="what a causal language model may look at", ja="Causal LM が見てよい範囲"),
        right="a",
        wrong={
            "b": Text(
                en="The position itself is left out. At position t the word t is already known: it is the word after it that is to "
                "be predicted. Without itself, the first position would have nothing to look at.",
                ja="自分自身を除いています。位置 t では単語 t はもう分かっていて、予測するのはその次の単語です。自分を除くと、最初の位置は"
                "見るものがなくなります。",
            ),
            "c": Text(
                en="The answer itself is visible. If the model may look one further, it sees the very word it has to predict: the "
                "loss falls to nothing and generation learns nothing.",
                ja="答えが見えてしまいます。1 つ先を見てよいなら、予測すべき単語そのものが見えます。損失はすぐ 0 に近づきますが、"
                "文の生成については何も学べません。",
            ),
        },
    ),
    QuizQuestion(
        "q13",
        Text(en="whether a causal model is trained one position at a time", ja="Causal LM の学習の並列性"),
        right=False,
        wrong={
            True: Text(
                en="Training is confused with generating. While generating, the next word is not known before the last one is "
                "made; while training, the whole sentence is there, and the mask sees to it that no position profits from it.",
                ja="学習と生成を混同しています。生成では前の単語ができるまで次に進めませんが、学習では文全体がもう手元にあります。"
                "先を見てしまう心配は、マスクが引き受けてくれます。",
            ),
        },
    ),
    QuizQuestion(
        "q14",
        Text(en="why positions have to be encoded", ja="位置エンコーディングが必要な理由"),
        right="b",
        wrong={
            "a": Text(
                en="Position is taken to be a matter of length. Attention takes sentences of any length as they are. What it cannot "
                "see is something else: shuffle the words and the same weighted sums come out, shuffled.",
                ja="長さの問題だと考えています。Attention はどんな長さの文でもそのまま扱えます。分からないのは別のことです。単語を並べ替えても、"
                "同じ加重和が並べ替わって出てくるだけです。",
            ),
            "c": Text(
                en="Position is taken to be a means against overfitting. The encoding adds information; regularisation would take "
                "some away. Ask which information self-attention lacks compared with an RNN.",
                ja="過学習対策だと考えています。位置エンコーディングは情報を「足す」もので、正則化のように抑えるものではありません。RNN には"
                "あって Self-Attention にない情報は何でしょうか。",
            ),
        },
    ),
    QuizQuestion(
        "q15",
        Text(en="how positions enter the model", ja="位置情報の入れ方"),
        right=True,
        wrong={
            False: Text(
                en="The sum is doubted. In the paper's figure a plus sign stands between embedding and encoding: same width, added "
                "element by element, once, before the first layer.",
                ja="「足し算である」ことを見落としています。論文の図では、埋め込みと位置エンコーディングのあいだに＋の記号があります。"
                "最初の層の前で一度だけ、同じ次元のベクトルどうしを要素ごとに足します。",
            ),
        },
    ),
    QuizQuestion(
        "q16",
        Text(en="what a layer learns beside a residual connection", ja="残差接続と層の学習対象"),
        right="b",
        wrong={
            "a": Text(
                en="You left out the shortcut: the input is added to what the layer gives; if the layer gave the whole wanted "
                "function, the sum would be one input too much.",
                ja="迂回路の分を数えていません。層の出力には入力が足されます。層が目標の関数をまるごと出力すると、和は入力 1 つ分だけ"
                "多くなってしまいます。",
            ),
            "c": Text(
                en="The sign is the wrong way round. Write down: layer(x) + x = wanted(x), and solve for layer(x).",
                ja="符号が逆です。「層の出力(x) + x = 獲得したい関数(x)」と書いて、層の出力(x) について解いてみましょう。",
            ),
        },
    ),
    QuizQuestion(
        "q17",
        Text(en="why residual connections were brought in", ja="残差接続の目的"),
        right="a",
        wrong={
            "b": Text(
                en="The connection is taken to save parameters. An addition has none and removes none. Look at the way back "
                "instead: through a sum the gradient passes unchanged, however many layers are stacked.",
                ja="パラメータの節約だと考えています。足し算にパラメータはなく、減りもしません。逆伝播の道を見てみましょう。和を通るとき、"
                "勾配は層を何段重ねてもそのまま流れます。",
            ),
            "c": Text(
                en="The connection is confused with attention. It carries each word's own vector past the layer; words meet each "
                "other only inside the attention.",
                ja="Attention の働きと混同しています。残差接続は各単語自身のベクトルを層の先へ運ぶだけで、単語どうしが出会うのは "
                "Attention の中だけです。",
            ),
        },
    ),
    QuizQuestion(
        "q18",
        Text(en="over what layer normalisation takes mean and variance", ja="層正規化の平均と分散"),
        right="c",
        wrong={
            "a": Text(
                en="This is batch normalisation. There, one sentence's result depends on the others in the batch, and it suits "
                "badly sentences of different lengths; layer normalisation stays within one vector.",
                ja="それはバッチ正規化です。その方法では結果が同じバッチのほかの文に左右され、長さの違う文には向きません。"
                "層正規化は 1 本のベクトルの中だけで計算します。",
            ),
            "b": Text(
                en="The words of the sentence are mixed. If the statistics ran over the positions, a later word would change an "
                "earlier one, and a causal model could see its future through them.",
                ja="文中の単語を混ぜています。位置をまたいで統計をとると、後ろの単語が前の単語に影響し、Causal LM では未来が漏れてしまいます。",
            ),
        },
    ),
    QuizQuestion(
        "q19",
        Text(en="whether layer normalisation depends on the batch", ja="層正規化とバッチ"),
        right=False,
        wrong={
            True: Text(
                en="Layer and batch normalisation are confused. Mean and variance are taken from one position's own vector, so the "
                "same sentence gives the same result alone and in any company.",
                ja="バッチ正規化と混同しています。平均と分散は 1 つの位置のベクトルだけから求めるので、同じ文なら 1 件でも、"
                "どんなバッチの中でも結果は同じです。",
            ),
        },
    ),
)
