"""Problems 80-89 of "NLP 100 Exercise 2020", chapter 9."""

from grader.checks import Notes, Text

TITLE = Text(
    en="RNN, CNN and transfer learning (NLP 100 Exercise, 80-89)",
    ja="RNN・CNN・転移学習（言語処理 100 本ノック 80〜89）",
)
ORDER = ("knock80", "knock81", "knock82", "knock83", "knock84", "knock85", "knock86", "knock87", "knock88", "knock89")
SERIES = True  # public problems: people answer them under names of their own, and one class serves several
NOTES = Notes(
    Text(en="Reading notes", ja="読解メモ"),
    6,
    (
        Text(en="says how each model makes one vector", ja="それぞれのモデルがどうベクトルを作るか述べている"),
        Text(en="says what pretraining changes", ja="事前学習の効果に触れている"),
        Text(en="reads the log", ja="ログを読み取っている"),
    ),
)
# Met in this lesson only; each pattern counts once where nothing else tells which lesson a notebook is.
CUES = (
    r"newsCorpora",
    r"Huffington Post",
    r"\A(?>[\s\S]*?\btrain\.txt\b)[\s\S]*CATEGORY",
    r"GoogleNews",
    r"(?i)knock_?8\d|言語処理\s*100\s*本",
    r"^class\s+(?:\w*Bi)?(?:RNN|CNN)\(",
    r"kernel_heights",
    r"\bword2id\b|\bword_to_id\b",
    r"category_dict|\bCATEGORY\b",
    r"^class\s+BERTClass\b",
)
