"""Questions 1 to 9: why attention, what it computes, and where query, key and value come from."""

from grader.checks import Text
from grader.lessons.quiz._question import QuizQuestion

QUESTIONS = (
    QuizQuestion(
        "q01",
        Text(en="a long input without attention", ja="Attention のない Seq2Seq と長い入力"),
        right=True,
        wrong={
            False: Text(
                en="The width of the last state is taken to be no limit. Without attention everything the decoder learns of the "
                "source has to fit into that one vector, as large for five words as for fifty. Think of what happens to the "
                "first words while the RNN overwrites its state fifty times.",
                ja="最後の状態の大きさに限りがあることを見落としています。Attention がなければ、デコーダーが原文について知ることは、"
                "5 語でも 50 語でも同じ大きさの 1 本のベクトルに収めるしかありません。RNN が状態を 50 回書き換えるあいだに、"
                "最初のほうの単語がどうなるか考えてみましょう。",
            ),
        },
    ),
    QuizQuestion(
        "q02",
        Text(en="what attention hands to the decoder", ja="Attention がデコーダーに渡すもの"),
        right="b",
        wrong={
            "a": Text(
                en="The positions of source and target are taken to run in step. Word order differs between languages, so the "
                "third output word often has little to do with the third input word; that is why attention looks at the "
                "whole source each time and decides anew how much each word matters.",
                ja="入力と出力の位置が 1 対 1 に対応すると考えています。言語が違えば語順も違い、3 番目の出力が 3 番目の入力と関係するとは"
                "限りません。だから Attention は毎回入力全体を見渡して、どの単語がどれだけ大切かを決め直します。",
            ),
            "c": Text(
                en="All outputs are taken to count the same. An average that is equal for every output word cannot focus on "
                "anything, and would be the same vector at every step. The weights are what attention adds.",
                ja="すべての出力を同じ重みで扱うと考えています。どの出力語でも同じ平均では、どこにも注目できず、毎時刻同じベクトルになって"
                "しまいます。時刻ごとに変わる重みこそ Attention が加えるものです。",
            ),
        },
    ),
    QuizQuestion(
        "q03",
        Text(en="what query, key and value are for", ja="Query・Key・Value の役割"),
        right="a",
        wrong={
            "b": Text(
                en="The value is taken to be what is searched by. Picture a dictionary: you compare the word you look for with the "
                "headwords, and only then read the entry. Comparing and reading are two different jobs, and the values do one.",
                ja="Value を照合に使うと考えています。辞書を思い浮かべましょう。探している語を見出し語と見比べ、そのあとで中身を読みます。"
                "「見比べる」と「読み出す」は別の仕事で、Value はそのうち一方だけを受け持ちます。",
            ),
            "c": Text(
                en="The query is taken to be what is passed on. The query only asks; what reaches the next layer is gathered from "
                "what is stored in memory, in the proportions that the question brought about.",
                ja="Query がそのまま出力になると考えています。Query は「問い」にすぎません。次の層に渡るのは、その問いから決まった割合で"
                "記憶（メモリ）の側から集めたものです。",
            ),
        },
    ),
    QuizQuestion(
        "q04",
        Text(en="how attention learns where to look", ja="注目先の学習のしかた"),
        right=False,
        wrong={
            True: Text(
                en="The weights are taken to need labels of their own. Nobody marks in the training data where to look. The "
                "weights are computed by differentiable steps, so the loss on the translation alone tells, by "
                "backpropagation, how they should have been.",
                ja="重みに専用の正解ラベルが要ると考えています。「どこを見るべきか」を人が付けたデータはありません。重みは微分できる計算で"
                "求まるので、翻訳の損失を逆伝播するだけで、注目のしかたも良くなっていきます。",
            ),
        },
    ),
    QuizQuestion(
        "q05",
        Text(en="what sums to one", ja="和が 1 になるもの"),
        right="c",
        wrong={
            "a": Text(
                en="The softmax is taken over the wrong axis. If each source word had to spread itself over the output words, an "
                "output word might get almost nothing to read. Each query has exactly one unit of attention to hand out.",
                ja="softmax をとる軸が逆です。入力語の側が自分を出力語に配るとすると、ほとんど何も受け取れない出力語が出てしまいます。"
                "1 だけの「注意」を配り分けるのは、尋ねる側です。",
            ),
            "b": Text(
                en="The whole table is taken to share one unit of attention. Then each output word would get less the more output "
                "words there are. Every question is answered by itself, with its own distribution.",
                ja="表全体で 1 を分け合うと考えています。それでは出力語が増えるほど 1 語あたりの注意が減ってしまいます。問いはそれぞれ独立で、"
                "問いごとに 1 つの確率分布ができます。",
            ),
        },
    ),
    QuizQuestion(
        "q06",
        Text(
            en="where source-target attention takes its query, key and value",
            ja="Source-Target Attention の Q・K・V の出どころ",
        ),
        right="c",
        wrong={
            "a": Text(
                en="The two sides are swapped. Ask who wants to know something: the sentence being written asks, and the sentence "
                "being translated is what there is to look up.",
                ja="問う側と調べられる側が逆です。「知りたい」のはどちらでしょうか。いま書いている文が尋ね、翻訳元の文が調べられる側です。",
            ),
            "b": Text(
                en="This is self-attention. If all three come from one sentence, nothing of the other can enter, and the decoder "
                "would write without having read the source.",
                ja="それは Self-Attention です。3 つとも同じ文から作ると、もう一方の文の情報が入る道がなく、デコーダーは原文を読まずに"
                "書くことになります。",
            ),
        },
    ),
    QuizQuestion(
        "q07",
        Text(en="why the scores are divided by the root of d_k", ja="√d_k で割る理由"),
        right="b",
        wrong={
            "a": Text(
                en="The division is taken to be the normalisation. A constant factor cannot make a row sum to one; the softmax does "
                "that whatever it is given. Think of how large a sum of d_k random products gets, and of what the softmax makes of it.",
                ja="割り算で正規化していると考えています。定数で割っても行の和は 1 になりません（それは softmax の仕事です）。ランダムな積を "
                "d_k 個足すと値がどれくらい大きくなるか、それを softmax に入れるとどうなるかを考えてみましょう。",
            ),
            "c": Text(
                en="The division is taken to carry position. A constant is the same for every pair of words, so it cannot tell "
                "the first from the last.",
                ja="割り算が位置の情報を運ぶと考えています。定数はどの単語の組に対しても同じなので、最初の単語と最後の単語を区別できません。",
            ),
        },
    ),
    QuizQuestion(
        "q08",
        Text(en="which attention reads 'naku' of a bird", ja="「鳥がナク」を「鳴く」と読ませる仕組み"),
        right="a",
        wrong={
            "b": Text(
                en="A second sentence is brought in where there is only one. Bird and verb stand in the same sentence; to relate "
                "the words of one sentence to each other no translation is needed.",
                ja="文が 1 つしかないのに、もう 1 つの文を持ち出しています。「鳥」と「ナク」は同じ文の中にあります。1 つの文の単語どうしを"
                "関係づけるのに、変換先の文は要りません。",
            ),
            "c": Text(
                en="The order is taken to be the clue. The encoding of positions says where a word stands, not what stands beside "
                "it; the meaning comes from looking at the word for the bird.",
                ja="語順が手がかりだと考えています。位置エンコーディングが教えるのは「何番目か」だけで、隣に何があるかではありません。"
                "読み分けの鍵は「鳥」という単語に注目することです。",
            ),
        },
    ),
    QuizQuestion(
        "q09",
        Text(en="how self-attention makes its query, key and value", ja="Self-Attention での Q・K・V の作り方"),
        right=True,
        wrong={
            False: Text(
                en="Either the common origin or the three matrices are missed. The same embedding plays three parts; to be able to "
                "ask for something other than what it offers, it needs a learned matrix for each part.",
                ja="「同じ文から作ること」か「別々の行列を使うこと」のどちらかを見落としています。同じ埋め込みベクトルが 3 つの役を演じます。"
                "「尋ねる内容」と「差し出す内容」を別々にできるように、役ごとに学習される行列があります。",
            ),
        },
    ),
)
