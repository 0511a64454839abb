"""The lexicon of the translation data: about 250 English words with their Japanese, all our own choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from grader.data.translation_conjugation import AdjectiveGroup, VerbGroup


@dataclass(frozen=True)
class Subject:
    """Who acts. `person` is "i", "you", "we" (also they) or "he" and decides am/is/are and the verb's s."""

    en: str
    ja: str
    person: str = "he"


@dataclass(frozen=True)
class Noun:
    """A thing, animal or person. `plural` is empty for what English does not count; `counter` is the Japanese 冊, 匹 ..."""

    en: str
    plural: str
    ja: str
    counter: str = "つ"
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verb:
    """What is done, to which kinds of nouns, and where it may happen."""

    base: str
    third: str
    past: str
    ing: str
    ja: str
    group: VerbGroup
    objects: tuple[str, ...]
    places: tuple[str, ...]
    particle: str = "を"


@dataclass(frozen=True)
class Adjective:
    """A quality; `kinds` of nouns that can have it."""

    en: str
    ja: str
    group: AdjectiveGroup
    kinds: tuple[str, ...]
    more: str = ""


@dataclass(frozen=True)
class WherePhrase:
    """Where something happens: `en` with its preposition ("at home"), `to` with the one of going ("home")."""

    en: str
    to: str
    ja: str
    name: str


@dataclass(frozen=True)
class When:
    """A time, and the tense ("past", "present", "future") that goes with it."""

    en: str
    ja: str
    tense: str


SUBJECTS: Final = (
    Subject("I", "私", "i"),
    Subject("you", "あなた", "you"),
    Subject("we", "私たち", "we"),
    Subject("they", "彼ら", "we"),
    Subject("he", "彼"),
    Subject("she", "彼女"),
    Subject("my mother", "母"),
    Subject("my father", "父"),
    Subject("my friend", "友だち"),
    Subject("the teacher", "先生"),
    Subject("the student", "学生"),
    Subject("the child", "子供"),
    Subject("the doctor", "医者"),
    Subject("the old man", "おじいさん"),
    Subject("the woman", "女の人"),
    Subject("Ken", "健さん"),
    Subject("Yuki", "由紀さん"),
)

NOUNS: Final = (
    Noun("apple", "apples", "りんご", "つ", ("food", "thing")),
    Noun("egg", "eggs", "卵", "つ", ("food", "thing")),
    Noun("orange", "oranges", "みかん", "つ", ("food", "thing")),
    Noun("cake", "cakes", "ケーキ", "つ", ("food", "thing")),
    Noun("fish", "", "魚", "", ("food",)),
    Noun("bread", "", "パン", "", ("food",)),
    Noun("rice", "", "ご飯", "", ("food",)),
    Noun("lunch", "", "昼ご飯", "", ("meal",)),
    Noun("dinner", "", "晩ご飯", "", ("meal",)),
    Noun("tea", "", "お茶", "", ("drink",)),
    Noun("coffee", "", "コーヒー", "", ("drink",)),
    Noun("milk", "", "牛乳", "", ("drink",)),
    Noun("water", "", "水", "", ("drink",)),
    Noun("book", "books", "本", "冊", ("text", "thing", "work")),
    Noun("magazine", "magazines", "雑誌", "冊", ("text", "thing", "work")),
    Noun("dictionary", "dictionaries", "辞書", "冊", ("thing", "tool")),
    Noun("letter", "letters", "手紙", "通", ("text", "mail")),
    Noun("newspaper", "", "新聞", "", ("text",)),
    Noun("car", "cars", "車", "台", ("machine", "vehicle")),
    Noun("bicycle", "bicycles", "自転車", "台", ("machine", "vehicle")),
    Noun("computer", "computers", "パソコン", "台", ("machine", "tool")),
    Noun("camera", "cameras", "カメラ", "台", ("machine", "thing", "tool")),
    Noun("pen", "pens", "ペン", "本", ("thing", "tool")),
    Noun("umbrella", "umbrellas", "傘", "本", ("thing", "tool")),
    Noun("flower", "flowers", "花", "本", ("thing", "gift")),
    Noun("shirt", "shirts", "シャツ", "枚", ("clothes", "thing")),
    Noun("ticket", "tickets", "切符", "枚", ("thing",)),
    Noun("picture", "pictures", "絵", "枚", ("image", "thing")),
    Noun("bag", "bags", "鞄", "つ", ("thing", "clothes")),
    Noun("hat", "hats", "帽子", "つ", ("thing", "clothes")),
    Noun("box", "boxes", "箱", "つ", ("thing",)),
    Noun("watch", "watches", "時計", "つ", ("thing",)),
    Noun("cat", "cats", "猫", "匹", ("animal",)),
    Noun("dog", "dogs", "犬", "匹", ("animal",)),
    Noun("bird", "birds", "鳥", "羽", ("animal",)),
    Noun("rabbit", "rabbits", "うさぎ", "羽", ("animal",)),
    Noun("room", "", "部屋", "", ("space",)),
    Noun("kitchen", "", "台所", "", ("space",)),
    Noun("garden", "", "庭", "", ("space",)),
    Noun("window", "", "窓", "", ("opening",)),
    Noun("door", "", "ドア", "", ("opening",)),
    Noun("movie", "movies", "映画", "本", ("show", "work")),
    Noun("music", "", "音楽", "", ("sound",)),
    Noun("radio", "", "ラジオ", "", ("sound",)),
    Noun("English", "", "英語", "", ("subject",)),
    Noun("history", "", "歴史", "", ("subject",)),
)

VERBS: Final = (
    Verb(
        "eat", "eats", "ate", "eating", "食べる", "ichidan", ("food", "meal"), ("home", "park", "restaurant", "school")
    ),
    Verb(
        "drink", "drinks", "drank", "drinking", "飲む", "godan", ("drink",), ("home", "park", "restaurant", "station")
    ),
    Verb("make", "makes", "made", "making", "作る", "godan", ("meal",), ("home", "restaurant")),
    Verb("read", "reads", "read", "reading", "読む", "godan", ("text",), ("home", "park", "library", "school")),
    Verb("write", "writes", "wrote", "writing", "書く", "godan", ("mail",), ("home", "library", "school")),
    Verb(
        "buy", "buys", "bought", "buying", "買う", "godan", ("thing", "machine", "drink"), ("shop", "town", "station")
    ),
    Verb("sell", "sells", "sold", "selling", "売る", "godan", ("thing", "machine"), ("shop", "town")),
    Verb("use", "uses", "used", "using", "使う", "godan", ("tool",), ("home", "school", "office")),
    Verb("see", "sees", "saw", "seeing", "見る", "ichidan", ("show", "image", "animal"), ("town", "school", "park")),
    Verb("find", "finds", "found", "finding", "見つける", "ichidan", ("thing", "animal"), ("town", "park", "station")),
    Verb("wash", "washes", "washed", "washing", "洗う", "godan", ("vehicle", "clothes", "animal"), ("home",)),
    Verb("clean", "cleans", "cleaned", "cleaning", "掃除する", "irregular", ("space",), ()),
    Verb("open", "opens", "opened", "opening", "開ける", "ichidan", ("opening",), ("school", "office")),
    Verb("close", "closes", "closed", "closing", "閉める", "ichidan", ("opening",), ("school", "office")),
    Verb(
        "study", "studies", "studied", "studying", "勉強する", "irregular", ("subject",), ("home", "library", "school")
    ),
    Verb("teach", "teaches", "taught", "teaching", "教える", "ichidan", ("subject",), ("school", "town")),
    Verb("draw", "draws", "drew", "drawing", "描く", "godan", ("image",), ("home", "park", "school")),
    Verb(
        "listen to",
        "listens to",
        "listened to",
        "listening to",
        "聞く",
        "godan",
        ("sound",),
        ("home", "park", "office"),
    ),
    Verb(
        "wait for", "waits for", "waited for", "waiting for", "待つ", "godan", ("person",), ("park", "station", "shop")
    ),
    Verb("meet", "meets", "met", "meeting", "会う", "godan", ("person",), ("park", "station", "town", "library"), "に"),
)

PEOPLE: Final = (
    Noun("my mother", "", "母", "", ("person",)),
    Noun("my friend", "", "友だち", "", ("person",)),
    Noun("the teacher", "", "先生", "", ("person",)),
    Noun("the doctor", "", "医者", "", ("person",)),
    Noun("Ken", "", "健さん", "", ("person",)),
    Noun("Yuki", "", "由紀さん", "", ("person",)),
)

ADJECTIVES: Final = (
    Adjective("red", "赤い", "i", ("machine", "clothes", "gift", "thing")),
    Adjective("white", "白い", "i", ("machine", "clothes", "animal", "gift")),
    Adjective("black", "黒い", "i", ("machine", "clothes", "animal")),
    Adjective("new", "新しい", "i", ("thing", "machine", "tool", "clothes", "work"), "newer"),
    Adjective("old", "古い", "i", ("thing", "machine", "tool", "clothes", "work"), "older"),
    Adjective("big", "大きい", "i", ("thing", "machine", "animal", "space"), "bigger"),
    Adjective("small", "小さい", "i", ("thing", "machine", "animal", "space"), "smaller"),
    Adjective("expensive", "高い", "i", ("thing", "machine", "clothes"), "more expensive"),
    Adjective("cheap", "安い", "i", ("thing", "machine", "clothes"), "cheaper"),
    Adjective("good", "いい", "i", ("work", "tool", "machine")),
    Adjective("interesting", "おもしろい", "i", ("work", "text", "subject"), "more interesting"),
    Adjective("difficult", "難しい", "i", ("subject",), "more difficult"),
    Adjective("delicious", "おいしい", "i", ("food", "meal", "drink"), "more delicious"),
    Adjective("quiet", "静か", "na", ("space",), "quieter"),
    Adjective("beautiful", "きれい", "na", ("gift", "image", "space"), "more beautiful"),
    Adjective("famous", "有名", "na", ("work", "image"), "more famous"),
)

PLACES: Final = (
    WherePhrase("at home", "home", "家", "home"),
    WherePhrase("in the park", "to the park", "公園", "park"),
    WherePhrase("at the restaurant", "to the restaurant", "レストラン", "restaurant"),
    WherePhrase("at school", "to school", "学校", "school"),
    WherePhrase("at the station", "to the station", "駅", "station"),
    WherePhrase("at the library", "to the library", "図書館", "library"),
    WherePhrase("at the shop", "to the shop", "店", "shop"),
    WherePhrase("in the town", "to the town", "町", "town"),
    WherePhrase("at the office", "to the office", "会社", "office"),
)

WHENS: Final = (
    When("yesterday", "昨日", "past"),
    When("last week", "先週", "past"),
    When("last night", "昨日の夜", "past"),
    When("this morning", "今朝", "past"),
    When("every day", "毎日", "present"),
    When("every morning", "毎朝", "present"),
    When("on Sundays", "日曜日に", "present"),
    When("tomorrow", "明日", "future"),
    When("next week", "来週", "future"),
    When("tonight", "今夜", "future"),
)

LANDMARKS: Final = (
    ("table", "テーブル"),
    ("desk", "机"),
    ("chair", "椅子"),
    ("bed", "ベッド"),
    ("tree", "木"),
    ("house", "家"),
)
"""What things are beside; nothing lies on or under the last one."""
POSITIONS: Final = (("next to", "隣"), ("in front of", "前"), ("behind", "後ろ"), ("on", "上"), ("under", "下"))
NUMBERS: Final = (("two", "二"), ("three", "三"), ("four", "四"), ("five", "五"))
VEHICLES: Final = (("by bus", "バスで"), ("by train", "電車で"), ("by car", "車で"), ("by bicycle", "自転車で"))
OWNERS: Final = (("my", "私の"), ("your", "あなたの"), ("his", "彼の"), ("her", "彼女の"))
JOBS: Final = (
    ("a teacher", "教師"),
    ("a doctor", "医者"),
    ("a student", "学生"),
    ("an engineer", "技師"),
    ("a nurse", "看護師"),
    ("a singer", "歌手"),
)
WEATHER: Final = (("hot", "暑い"), ("cold", "寒い"), ("warm", "暖かい"), ("dark", "暗い"))
