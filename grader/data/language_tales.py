"""More scenes of the language lessons' text (see `language_scenes`): tales, letters, games and lessons, all our own."""

from __future__ import annotations

from typing import Final

from grader.data.language_scenes import Scene, SceneQuestion

TALES: Final[tuple[Scene, ...]] = (
    Scene(
        "tale",
        (
            ("昔、{town1}に{pet1}という{beast1}がいた。", "昔々、{town1}の山に{beast1}がいて、名を{pet1}といった。"),
            ("{pet1}は{town2}へ{thing1}を探しに行くことにした。",),
            (
                "途中で{beast2}の{pet2}に会った。「{pet1}さん、どこへ行くのですか」「{town2}へ{thing1}を探しに行きます」",
            ),
            ("「では、わたしも行きましょう」と{pet2}は言った。",),
            (
                "次に{beast3}の{pet3}に会った。「{pet1}さん、{pet2}さん、どこへ行くのですか」「{town2}へ{thing1}を探しに行きます」",
            ),
            ("「では、わたしも行きましょう」と{pet3}も言った。",),
            ("こうして{pet1}と{pet2}と{pet3}は{town2}で{colour1}{thing1}を見つけた。",),
        ),
        (
            SceneQuestion("三匹はどこへ行きましたか。", "town2"),
            SceneQuestion("三匹は何を見つけましたか。", "thing1"),
            SceneQuestion("最初に会ったのは誰ですか。", "pet2"),
        ),
    ),
    Scene(
        "letter",
        (
            ("{family1}{given1}様", "拝啓　{family1}{given1}様"),
            ("　{season1}になりました。{town1}では{flower1}が咲いています。",),
            (
                "{family1}さんから頂いた{food1}は、みなで食べました。",
                "先日は{thing1}を送ってくださり、ありがとうございました。",
            ),
            ("来月、{given2}と一緒に{town2}へ行きます。", "{given2}も{family1}さんに会いたいと申しております。"),
            ("{day1}の{hour1}に着きますので、{town2}の{spot1}で待っていてください。",),
            ("では、{day1}の{hour1}に。{town1}の{family2}{given3}より",),
        ),
        (
            SceneQuestion("手紙を書いた人の名字は何ですか。", "family2"),
            SceneQuestion("何時に着きますか。", "hour1"),
            SceneQuestion("どこで待ちますか。", "spot1"),
        ),
    ),
    Scene(
        "directions",
        (
            ("「すみません、{town1}の{spot1}へはどう行きますか」と{given1}は聞いた。",),
            (
                "「{spot2}を右に曲がって、{spot3}を左に曲がって、{number1}分歩きます」",
                "「{spot2}まで行って、{spot3}の角を曲がると、{number1}分で着きます」",
            ),
            (
                "「{spot2}を通って、{spot3}を曲がって、{number1}分ですね」",
                "「{spot2}、{spot3}、{number1}分ですね」と{given1}はくり返した。",
            ),
            ("{given1}はまず{spot2}に出て、それから{spot3}に出た。",),
            (
                "{number1}分歩くと、本当に{town1}の{spot1}があった。",
                "けれども{number1}分歩いても、{spot1}は見えなかった。",
            ),
        ),
        (
            SceneQuestion("{given1}はどこへ行きたいのですか。", "spot1"),
            SceneQuestion("何分歩きますか。", "number1"),
            SceneQuestion("最初にどこを通りますか。", "spot2"),
        ),
    ),
    Scene(
        "gifts",
        (
            ("{given1}には{given2}と{given3}という友だちがいる。",),
            ("{season1}の祝いに、{given2}は{colour1}{thing1}を、{given3}は{colour2}{thing2}をくれた。",),
            ("{given1}は{thing1}を机に置き、{thing2}を棚に置いた。",),
            ("「{colour1}{thing1}をくれたのは誰ですか」と父が聞いた。「{given2}です」",),
            ("「では、{colour2}{thing2}は」「{given3}がくれました」",),
            ("{given1}は{given2}に{food1}を、{given3}に{food2}を贈ることにした。",),
        ),
        (
            SceneQuestion("{thing1}をくれたのは誰ですか。", "given2"),
            SceneQuestion("{thing2}をくれたのは誰ですか。", "given3"),
            SceneQuestion("{given2}に何を贈りますか。", "food1"),
        ),
    ),
    Scene(
        "class",
        (
            (
                "{family1}先生は名前を呼んだ。「{family2}さん」「はい」「{family3}さん」「はい」「{family4}さん」「はい」",
            ),
            ("{family2}は{skill1}が、{family3}は{skill2}が、{family4}は{skill3}が得意である。",),
            ("「{skill1}を教えてくれる人はいますか」と{family1}先生が聞くと、{family2}が手を上げた。",),
            ("「{skill2}は」「{family3}さんです」「{skill3}は」「{family4}さんです」",),
            ("{family1}先生は{family2}と{family3}と{family4}の名前を黒板に書いた。",),
        ),
        (
            SceneQuestion("先生は誰ですか。", "family1"),
            SceneQuestion("{skill2}が得意なのは誰ですか。", "family3"),
            SceneQuestion("{family4}は何が得意ですか。", "skill3"),
        ),
    ),
    Scene(
        "song",
        (
            ("{town1}の子供たちは、こんな歌を歌う。", "祖母の{given1}は、{town1}の歌を教えてくれた。"),
            ("「{flower1}が咲いたら{town2}へ行こう、{pet1}を連れて{town2}へ行こう」",),
            ("{given2}は「{flower1}が咲いたら」と歌い、{given3}は「{town2}へ行こう」と続けた。",),
            ("「{pet1}を連れて」「{town2}へ行こう」",),
            ("{pet1}は{animal1}の名前である。", "{pet1}とは誰のことか、誰も知らない。"),
            ("{weather1}の日にも、「{flower1}が咲いたら{town2}へ行こう」という声が聞こえる。",),
        ),
        (SceneQuestion("どこへ行こうと歌いますか。", "town2"), SceneQuestion("誰を連れて行きますか。", "pet1")),
    ),
    Scene(
        "quarrel",
        (
            (
                "{given1}と{given2}は{thing1}のことで言い争った。",
                "{thing1}をなくしたのは誰か。{given1}と{given2}は言い争った。",
            ),
            ("{given1}は「{given2}が{spot1}でなくしたのだ」と言った。",),
            ("{given2}は「{given1}が{spot2}に忘れたのだ」と言った。",),
            (
                "そこへ{given3}が来て、「『{spot1}でなくした』と{given1}は言い、『{spot2}に忘れた』と{given2}は言うのだね」と聞いた。",
            ),
            ("{given3}が{spot1}を探しても、{thing1}はなかった。{spot2}を探しても、{thing1}はなかった。",),
            (
                "{colour1}{thing1}は、{given3}の鞄の中にあった。",
                "{thing1}は、はじめから{animal1}の{pet1}がくわえていた。",
            ),
        ),
        (
            SceneQuestion("なくしたものは何ですか。", "thing1"),
            SceneQuestion("二人に話を聞いたのは誰ですか。", "given3"),
        ),
    ),
    Scene(
        "station",
        (
            ("「{number1}番線の電車は{town1}、{town2}、{town3}の順に止まります」",),
            ("{family1}さんは{town2}で、{family2}さんは{town3}で降りる。",),
            ("まず{town1}に着いた。「{town1}、{town1}です」",),
            ("次に{town2}に着いた。「{town2}、{town2}です」{family1}さんは{family2}さんに手を振って降りた。",),
            ("最後に{town3}に着いた。「{town3}、{town3}です」{family2}さんは{thing1}を持って降りた。",),
        ),
        (
            SceneQuestion("{family1}さんはどこで降りましたか。", "town2"),
            SceneQuestion("{family2}さんはどこで降りましたか。", "town3"),
            SceneQuestion("何番線の電車ですか。", "number1"),
        ),
    ),
)
