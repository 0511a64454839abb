"""Scenes of the language lessons' text in which something long is said again word for word (see `language_scenes`).

A tune, an address, a message, a line that grows with every turn: the first time nobody can know how it goes on,
afterwards everybody can who is able to look back. All our own.
"""

from __future__ import annotations

from typing import Final

from grader.data.language_scenes import Scene, SceneQuestion

ECHOES: Final[tuple[Scene, ...]] = (
    Scene(
        "spell",
        (
            ("魔法使いは、くり返せば必ず効くと言った。", "{given1}は古い本の呪文を声に出して読んだ。"),
            ("「{spell1}」「{spell1}」",),
            ("{given2}がまねをして「{spell1}」と言うと、{colour1}{thing1}が現れた。",),
            (
                "もう一度「{spell1}」と言うと、{thing1}は{spot1}へ飛んでいった。",
                "「{spell1}」ともう一度言うと、{thing1}は消えた。",
            ),
            (
                "それからは誰が「{spell1}」と言っても、{thing1}は現れなかった。",
                "「{spell1}」を知る者は、{given2}のほかにはいない。",
            ),
        ),
        (SceneQuestion("呪文は何ですか。", "spell1"), SceneQuestion("呪文で現れたのは何ですか。", "thing1")),
    ),
    Scene(
        "address",
        (
            ("{weather1}の日、郵便局に{colour1}荷物が届いた。", "{family9}さんは荷物を出しに行った。"),
            ("宛先は{town1}{number1}丁目{number2}の{number3}、{family1}{given1}様である。",),
            ("「{town1}{number1}丁目{number2}の{number3}、{family1}{given1}様ですね」と局員は読んだ。",),
            (
                "配達の{family2}さんは{town1}{number1}丁目{number2}の{number3}へ行き、「{family1}{given1}さん」と呼んだ。",
            ),
            (
                "「{family1}{given1}です」と{town1}の人は{feeling1}答えた。",
                "けれども{family1}{given1}さんは{town2}{number4}丁目{number5}の{number6}へ越していた。",
            ),
            ("荷物の中身は{thing1}であった。",),
        ),
        (
            SceneQuestion("荷物の宛先の人の名字は何ですか。", "family1"),
            SceneQuestion("荷物の中身は何ですか。", "thing1"),
            SceneQuestion("宛先はどの町ですか。", "town1"),
        ),
    ),
    Scene(
        "relay",
        (
            (
                "{family1}さんから伝言を頼まれた{family2}さんは、忘れないように何度も言ってみた。",
                "{family1}さんは{family2}さんに伝言を頼んだ。",
            ),
            ("「{plan1}」",),
            ("{family2}さんは{family3}さんに言った。「{plan1}」",),
            ("{family3}さんは{family4}さんに言った。「{plan1}」",),
            ("{family4}さんは紙に「{plan1}」と書いた。", "{family4}さんは{feeling1}「{plan1}」とくり返した。"),
        ),
        (
            SceneQuestion("最初に伝言を頼んだのは誰ですか。", "family1"),
            SceneQuestion("最後に聞いたのは誰ですか。", "family4"),
        ),
    ),
    Scene(
        "line",
        (
            ("{beast1}の{pet1}が{town1}へ行く。",),
            ("{pet1}のあとから{beast2}の{pet2}が行く。",),
            ("{pet1}、{pet2}のあとから{beast3}の{pet3}が行く。",),
            ("{pet1}、{pet2}、{pet3}のあとから{beast4}の{pet4}が行く。",),
            ("{pet1}、{pet2}、{pet3}、{pet4}のあとから{beast5}の{pet5}が行く。",),
            ("{pet1}、{pet2}、{pet3}、{pet4}、{pet5}は{town1}に着いた。",),
        ),
        (
            SceneQuestion("一番前は誰ですか。", "pet1"),
            SceneQuestion("一番後ろは誰ですか。", "pet5"),
            SceneQuestion("どこへ行きますか。", "town1"),
        ),
    ),
    Scene(
        "market",
        (
            (
                "{given1}と{given2}と{given3}は、言葉をつなぐ遊びをした。",
                "{season1}の夜、三人は炉端で言葉の遊びをした。",
            ),
            ("「市場で{food1}を買いました」",),
            ("「市場で{food1}と{food2}を買いました」",),
            ("「市場で{food1}と{food2}と{food3}を買いました」",),
            ("「市場で{food1}と{food2}と{food3}と{food4}を買いました」",),
            ("「市場で{food1}と{food2}と{food3}と{food4}と{food5}を買いました」",),
            ("「市場で{food1}と{food2}と{food3}と{food4}と{food5}と{food6}を買いました」",),
        ),
        (
            SceneQuestion("最初に買ったものは何ですか。", "food1"),
            SceneQuestion("最後に買ったものは何ですか。", "food6"),
        ),
    ),
    Scene(
        "dictation",
        (
            ("{family1}先生が文を読み、みなが書き取る。", "書き取りの時間である。読むのは{family1}先生である。"),
            ("「{plan1}」",),
            ("{given1}は「{plan1}」と書いた。{given2}も「{plan1}」と書いた。",),
            ("{given3}だけは「{plan2}」と書いた。",),
            ("「{given3}さん、『{plan2}』ではなく、『{plan1}』ですよ」と先生は{feeling1}言った。",),
        ),
        (SceneQuestion("先生は誰ですか。", "family1"), SceneQuestion("間違えたのは誰ですか。", "given3")),
    ),
    Scene(
        "order",
        (
            ("{town1}の店に{family1}さんが来た。", "昼の店に{family1}さんと{family2}さんが座った。"),
            ("「{order1}」と{family1}さんは言った。",),
            ("「{order1}ですね」と店の人は{feeling1}くり返した。",),
            ("台所では、また「{order1}」という声がした。", "「{order1}」と紙に書いて、台所に渡した。"),
            (
                "出てきたのは{order1}であった。",
                "ところが出てきたのは{order2}であった。「{order2}ではなく、{order1}ですよ」",
            ),
        ),
        (SceneQuestion("注文したのは誰ですか。", "family1"), SceneQuestion("注文は何でしたか。", "order1")),
    ),
    Scene(
        "recipe",
        (
            ("料理人の{family1}さんは{given1}に{food1}の煮方を教えた。", "{given1}は{family1}さんに料理を習っている。"),
            ("「まず{step1}、次に{step2}、最後に{step3}」",),
            ("{given1}は「まず{step1}、次に{step2}、最後に{step3}」とくり返した。",),
            ("「{step2}前に何をしますか」「{step1}」「{step2}あとは」「{step3}」",),
            (
                "{given1}は{step1}、それから{step2}、そして{step3}。",
                "帰ってから{given1}は「{step1}、{step2}、{step3}」と手帳に書いた。",
            ),
        ),
        (SceneQuestion("料理を教えたのは誰ですか。", "family1"), SceneQuestion("最初に何をしますか。", "step1")),
    ),
    Scene(
        "roll",
        (
            ("{season1}の会に集まったのは、{family1}、{family2}、{family3}、{family4}、{family5}の五人である。",),
            (
                "「{family1}さん」「はい」「{family2}さん」「はい」「{family3}さん」「はい」「{family4}さん」「はい」「{family5}さん」「はい」",
            ),
            ("{family1}は{job1}、{family2}は{job2}、{family3}は{job3}、{family4}は{job4}、{family5}は{job5}である。",),
            ("帰るときも、{family1}、{family2}、{family3}、{family4}、{family5}の順に帰った。",),
        ),
        (
            SceneQuestion("最初に呼ばれたのは誰ですか。", "family1"),
            SceneQuestion("{family3}の仕事は何ですか。", "job3"),
        ),
    ),
    Scene(
        "verse",
        (
            ("{family1}さんは歌を作った。", "{town1}の石に歌が彫ってある。"),
            ("「{verse1}、{verse2}」",),
            ("{given1}が「{verse1}」と読み、{given2}が「{verse2}」と続けた。",),
            ("「『{verse1}』とは何のことですか」と{given3}は聞いた。",),
            ("「『{verse2}』のほうが難しい」と{given1}は{feeling1}言った。",),
            ("三人は「{verse1}、{verse2}」と声をそろえた。",),
        ),
        (
            SceneQuestion("上の句を読んだのは誰ですか。", "given1"),
            SceneQuestion("下の句を読んだのは誰ですか。", "given2"),
        ),
    ),
)
