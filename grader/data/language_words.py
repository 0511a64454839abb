"""The words of the language lessons' text: rule name -> alternatives, all our own choice.

Towns, numbers, spells and titles are put together from parts, so that there are far more of them than a model can learn
by heart: only reading back tells it how they go on.
"""

from __future__ import annotations

from typing import Final


def _of(words: str) -> tuple[str, ...]:
    """The words between the spaces."""
    return tuple(words.split())


RULES: Final[dict[str, tuple[str, ...]]] = {
    "family": _of(
        "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 清水 斎藤 森田 池田 橋本 石川 小川 "
        "前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 岡本 三浦 中島 原田 松田 竹内 上野 中野 "
        "小野 田村 和田 石井 内田 工藤 横山 宮崎 酒井 大塚 今井 河野 水野 丸山"
    ),
    "given": _of(
        "春子 夏美 秋穂 冬馬 一郎 次郎 健太 大輔 直樹 真一 和也 正人 明子 由美 恵子 陽子 智子 美咲 千夏 七海 花 桜 葵 楓 蓮 翼 "
        "光 望 忍 薫 誠 実 茂 進 勇 修 武 清 久美子 真由美 幸子 洋介 拓海 悠斗 結衣 紗季 志保 文子 静香 律子"
    ),
    "pet": _of(
        "タマ ミケ シロ クロ ポチ コロ ハチ モモ チビ トラ ゴン フク マル ソラ ユキ ナナ ルル ペロ ブチ ギン リク ココ "
        "メイ サブ ノラ ヒメ ラン テツ アキ ネネ スズ ウメ キチ カイ ジロ ワカ レオ ムギ エダ オト"
    ),
    "animal": _of("猫 犬 うさぎ 小鳥 亀 やぎ 馬 子牛"),
    "beast": _of("きつね たぬき 熊 猿 りす 鹿 いのしし ふくろう かえる もぐら"),
    "magic": _of(
        "ひらけ まわれ おどれ ねむれ さわげ とまれ うごけ かえれ のぼれ くだれ ひかれ うたえ はしれ もどれ ならべ きえろ"
    ),
    "password": ("{magic}{magic}", "{magic}と{flower}", "{flower}に{weather}"),
    "spell": (
        "{magic}、{magic}、{flower}の{titletail}",
        "{weather}よ{magic}、{titletail}よ{magic}",
        "{magic}、{magic}、{magic}",
    ),
    "strange": _of(
        "アロハン ベリム チャダ ドゥマ エシュ フォルト ギーネ ハビラ イクノ ジャム ケプト ロアナ "
        "ムスカ ネピア オルゴ パルム キトラ レジン ソモン ツェタ ウルバ ヴィノ ワグナ ザリヤ"
    ),
    "digit": _of("一 二 三 四 五 六 七 八 九"),
    "number": _of("二 三 四 五 六 七 八 九"),
    "phone": ("{digit}{digit}の{digit}{digit}",),
    "room": ("{digit}{digit}",),
    "price": ("{digit}百円", "{digit}十円", "{digit}百{digit}十円"),
    "hours": _of("一 二 三 四 五 六 七 八 九 十 十一 十二"),
    "clock": ("{hours}時{digit}分", "{hours}時三十{digit}分", "{hours}時五十{digit}分"),
    "hour": tuple(
        f"{part}{hour}時{half}" for part in ("朝の", "夜の") for hour in "五六七八九十" for half in ("", "半")
    )
    + tuple(f"昼の{hour}時{half}" for hour in "一二三四" for half in ("", "半")),
    "day": _of("月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日"),
    "season": _of("春 夏 秋 冬"),
    "weather": _of("雨 雪 風 霧 雷"),
    "townhead": _of("青 赤 白 黒 月 星 雪 雨 風 花 松 竹 梅 桜 柳 鶴 亀 鷹 石 砂 朝 夕 金 銀 糸 笛"),
    "towntail": _of("山 川 田 野 原 島 崎 浜 沢 谷 坂 森 橋 岡 井 里"),
    "town": ("{townhead}{towntail}町", "{townhead}{towntail}村", "{townhead}{towntail}"),
    "spot": _of("駅 公園 図書館 市場 郵便局 病院 美術館 学校 港 神社 喫茶店 本屋 花屋 銀行 映画館 橋 時計台 役所"),
    "food": _of(
        "卵 牛乳 味噌 豆腐 大根 にんじん 玉ねぎ りんご みかん 米 塩 砂糖 醤油 魚 鶏肉 茶 海苔 蜂蜜 ごま パン 栗 柿 ねぎ 芋"
    ),
    "thing": _of("傘 財布 鍵 帽子 時計 手帳 眼鏡 手袋 鞄 写真 指輪 笛 人形 地図 万年筆 切符 箱 鈴 本 靴"),
    "colour": _of("赤い 青い 白い 黒い 黄色い 茶色い 小さい 大きい 古い 新しい 丸い 細長い"),
    "flower": _of("桜 梅 菊 百合 椿 藤 牡丹 朝顔 すみれ たんぽぽ 菜の花 ひまわり"),
    "job": _of("医者 先生 大工 漁師 料理人 画家 農家 運転手 看護師 新聞記者 歌手 学者 庭師 駅員 船長 仕立屋"),
    "skill": _of("将棋 料理 水泳 絵 歌 編み物 釣り 写真 山登り 書道 踊り 木彫り 琴 手品"),
    "feeling": _of("うれしそうに 困ったように ゆっくり 小さな声で 大きな声で 笑いながら 静かに 真面目な顔で"),
    "titlehead": _of(
        "長い 遠い 静かな 青い 眠れる 最後の 小さな 忘れられた 見えない 七つの 海辺の 真夜中の 冬の 空飛ぶ"
    ),
    "titletail": _of("手紙 橋 庭 汽車 灯台 森 約束 旅人 影 窓 歌 時計 魚 客 雲 階段"),
    "title": ("{titlehead}{titletail}", "{townhead}{towntail}の{titletail}", "{titletail}と{titletail}"),
    "plan": (
        "{day}の{hour}に{town}の{spot}で{colour}{thing}を渡します",
        "{family}さんの{colour}{thing}は{town}の{spot}にあります",
        "{town}へ行って{food}と{food}を買い、{hour}に帰ります",
        "{town}の{job}に{colour}{thing}を届けました",
    ),
    "order": (
        "{food}を{number}つと{food}を{number}つと{food}を{number}つ",
        "{colour}皿の{food}と{colour}皿の{food}",
        "{food}と{food}と{food}と{food}",
    ),
    "step": ("{food}を切る", "{food}を煮る", "{food}を洗う", "{food}を混ぜる", "{food}に{food}をかける"),
    "verse": (
        "{season}の{townhead}の{titletail}に{flower}散り",
        "{townhead}{towntail}や{flower}に残る{weather}の音",
        "{titlehead}{titletail}に{townhead}の舞う",
    ),
}
"""Every alternative may hold slots of other rules, which are drawn afresh each time."""
