"""The scenes of the language lessons' text: short stories, each a row of sentences with alternatives, all our own.

What a scene is for: what it tells early is needed later. A message is passed on word for word, a number is read back, a
list is gone through in its order, brackets close as they opened, and the one who asked is the one who is answered.
A bigram sees none of this and an LSTM has to carry it all in its state; attention can look it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class SceneQuestion:
    """A question about a scene, answered by the filling of `slot`."""

    text: str
    slot: str


@dataclass(frozen=True)
class Scene:
    """One kind of story: `lines` in order, one alternative of each is told; `questions` can be asked about any telling."""

    name: str
    lines: tuple[tuple[str, ...], ...]
    questions: tuple[SceneQuestion, ...] = ()


SCENES: Final[tuple[Scene, ...]] = (
    Scene(
        "message",
        (
            ("{family1}さんは{family2}さんに電話をかけた。", "朝早く、{family1}さんから{family2}さんに電話があった。"),
            (
                "「{day1}の{hour1}に{town1}の{spot1}の前で待っています。{family3}さんにもそう伝えてください」",
                "「{day1}の{hour1}に{town1}の{spot1}で会いましょう。{family3}さんにも知らせてください」",
            ),
            ("{family2}さんは忘れないように紙に書いた。", "{family2}さんは{feeling1}うなずいた。"),
            ("昼になって、{family2}さんは{family3}さんに会った。", "{family2}さんはすぐに{family3}さんの家へ行った。"),
            ("「{family1}さんから伝言です。{day1}の{hour1}に{town1}の{spot1}の前だそうです」",),
            ("「{day1}の{hour1}、{town1}の{spot1}ですね」と{family3}さんは{feeling2}答えた。",),
        ),
        (
            SceneQuestion("約束は何曜日ですか。", "day1"),
            SceneQuestion("約束は何時ですか。", "hour1"),
            SceneQuestion("電話をかけたのは誰ですか。", "family1"),
            SceneQuestion("伝言を聞いたのは誰ですか。", "family3"),
        ),
    ),
    Scene(
        "lost",
        (
            (
                "{town1}の駅に{colour1}{thing1}の忘れ物があった。",
                "{family2}さんは電車の中に{colour1}{thing1}を忘れた。",
            ),
            ("駅員の{family1}さんが番号を聞いた。", "駅では{family1}さんという駅員が電話に出た。"),
            ("「電話番号は{phone1}です」と{family2}さんは言った。",),
            ("「{phone1}ですね。届いたらお知らせします」と{family1}さんは{feeling1}言った。",),
            ("次の日、{family1}さんは{phone1}に電話をかけた。",),
            (
                "「{family2}さん、{colour1}{thing1}が見つかりました」",
                "「{family2}さんの{colour1}{thing1}が{town1}に届いています」",
            ),
        ),
        (
            SceneQuestion("見つかったのは何ですか。", "thing1"),
            SceneQuestion("駅員は誰ですか。", "family1"),
            SceneQuestion("電話番号は何番ですか。", "phone1"),
        ),
    ),
    Scene(
        "shopping",
        (
            ("{given1}は母に買い物を頼まれた。", "{day1}、{given1}は一人で市場へ行くことになった。"),
            (
                "「{food1}と{food2}と{food3}と{food4}を買ってきて」",
                "紙には{food1}、{food2}、{food3}、{food4}と書いてあった。",
            ),
            ("{given1}は道を歩きながら、{food1}、{food2}、{food3}、{food4}と何度も言った。",),
            (
                "市場ではまず{food1}を買い、次に{food2}を買い、それから{food3}を買った。",
                "{food1}と{food2}と{food3}はすぐに見つかった。",
            ),
            ("けれども{food4}はもう売り切れていた。", "最後に{food4}を探したが、どこにもなかった。"),
            ("「{food4}がなかったの」と{given1}は母に言った。", "家に帰って、{given1}は{food4}のことを母に謝った。"),
        ),
        (
            SceneQuestion("買い物に行ったのは誰ですか。", "given1"),
            SceneQuestion("買えなかったのは何ですか。", "food4"),
            SceneQuestion("最初に買ったのは何ですか。", "food1"),
        ),
    ),
    Scene(
        "password",
        (
            ("{given1}と{given2}は秘密の合言葉を決めた。", "{beast1}と{beast2}は森の中に家を作り、合言葉を決めた。"),
            ("合言葉は「{password1}」である。",),
            ("「{password1}、{password1}」と二人は小さな声でくり返した。",),
            ("夜になって、戸をたたく音がした。", "{weather1}の晩に、誰かが戸の前に立った。"),
            ("「合言葉は」「{password1}」「入りなさい」", "「合言葉を言いなさい」「{password1}」すると戸が開いた。"),
            (
                "間違えて「{password2}」と言った者は、入れてもらえなかった。",
                "後から来て「{password2}」と言った者には、戸は開かなかった。",
            ),
        ),
        (
            SceneQuestion("正しい合言葉は何ですか。", "password1"),
            SceneQuestion("間違えた合言葉は何ですか。", "password2"),
        ),
    ),
    Scene(
        "pet",
        (
            ("{town1}に住む{family1}さんは{animal1}を飼っている。", "{family1}さんの家には{colour1}{animal1}がいる。"),
            ("名前は{pet1}という。", "家の者はその{animal1}を{pet1}と呼ぶ。"),
            ("隣の{family2}さんは{animal2}を飼い、こちらは{pet2}という。",),
            ("{pet1}は{food1}が好きで、{pet2}は{food2}が好きである。",),
            ("ある日{pet2}がいなくなった。「{pet2}、{pet2}」と{family2}さんは呼んだ。",),
            ("すると{pet1}が走り出し、{spot1}の裏で{pet2}を見つけた。",),
            ("{family2}さんは喜んで、{pet1}に{food1}をやった。",),
        ),
        (
            SceneQuestion("いなくなったのは誰ですか。", "pet2"),
            SceneQuestion("いなくなった動物を見つけたのは誰ですか。", "pet1"),
            SceneQuestion("どこの裏で見つかりましたか。", "spot1"),
        ),
    ),
    Scene(
        "introduction",
        (
            ("「はじめまして、{family1}{given1}です。{town1}から来ました。{job1}をしています」",),
            ("「{family2}{given2}と申します。{town2}の{job2}です」",),
            ("二人は{feeling1}頭を下げた。", "二人は駅の前で握手をした。"),
            ("「{family1}さん、{town1}はどんなところですか」", "「{town1}の冬は寒いですか、{family1}さん」"),
            (
                "「{flower1}がきれいなところです。{town2}はどうですか」",
                "「{food1}がおいしいところです。{town2}はどうですか」",
            ),
            ("{job2}の{family2}{given2}さんと{job1}の{family1}{given1}さんは、長い間話していた。",),
        ),
        (
            SceneQuestion("{family1}さんの仕事は何ですか。", "job1"),
            SceneQuestion("{family2}さんの仕事は何ですか。", "job2"),
            SceneQuestion("{family1}さんはどこから来ましたか。", "town1"),
        ),
    ),
    Scene(
        "library",
        (
            ("{given1}は図書館で『{title1}』という本を借りた。", "{given1}は{given2}に『{title1}』という本を借りた。"),
            ("「『{title1}』はおもしろいですか」と{given2}が聞いた。",),
            ("「おもしろいですよ。でも『{title2}』のほうが好きです」と{given1}は答えた。",),
            ("{given2}は手帳に『{title1}』『{title2}』と書いた。",),
            ("{day1}に、{given2}は『{title2}』を読みはじめた。", "次の{day1}、{given2}は本屋で『{title2}』を探した。"),
            (
                "そして『{title1}』は{season1}まで読まなかった。",
                "夜までに『{title2}』を読み終えて、『{title1}』も読みたくなった。",
            ),
        ),
        (
            SceneQuestion("{given1}が好きな本は何ですか。", "title2"),
            SceneQuestion("本を借りたのは誰ですか。", "given1"),
        ),
    ),
    Scene(
        "inn",
        (
            ("{family1}さんは{town1}の宿に着いた。", "{weather1}の夜、{town1}の宿に{family1}という客が来た。"),
            ("「{room1}号室へどうぞ」と宿の{family2}さんが言った。", "宿の{family2}さんは{room1}号室の鍵を渡した。"),
            ("{room1}号室には{colour1}{thing1}が置いてあった。",),
            ("「{room1}号室の{thing1}は誰のものですか」と{family1}さんは聞いた。",),
            ("「それは{room2}号室の{family3}さんが忘れたものです」と{family2}さんは答えた。",),
            ("次の朝、{room2}号室の{family3}さんが{room1}号室に来て、{thing1}を受け取った。",),
        ),
        (
            SceneQuestion("{family1}さんの部屋は何号室ですか。", "room1"),
            SceneQuestion("部屋に置いてあったのは何ですか。", "thing1"),
            SceneQuestion("忘れ物をしたのは誰ですか。", "family3"),
        ),
    ),
)
"""The first half of the scenes; `language_tales` has the others."""
