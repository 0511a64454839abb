"""Problems 80-89 of "NLP 100 Exercise 2020", chapter 9."""

from grader.model import Notes, Text

TITLE = Text(
    en="RNN, CNN and transfer learning (NLP 100 Exercise, 80-89)",
    ja="RNN・CNN・転移学習（言語処理 100 本ノック 80〜89）",
)
ORDER = ("knock80", "knock81", "knock82", "knock83", "knock84", "knock85", "knock86", "knock87", "knock88", "knock89")
NOTES = Notes(
    Text(en="Reading notes", ja="読解メモ"),
    6,
    (
        Text(en="says how each model makes one vector", ja="それぞれのモデルがどうベクトルを作るか述べている"),
        Text(en="says what pretraining changes", ja="事前学習の効果に触れている"),
        Text(en="reads the log", ja="ログを読み取っている"),
    ),
)
