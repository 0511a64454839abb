"""Problems 80-89 of "NLP 100 Exercise 2020", chapter 9."""

from grader.model import Text

TITLE = Text(
    en="RNN, CNN and transfer learning (NLP 100 Exercise, 80-89)",
    ja="RNN・CNN・転移学習（言語処理 100 本ノック 80〜89）",
)
ORDER = ("knock80", "knock81", "knock82", "knock83", "knock84", "knock85", "knock86", "knock87", "knock88", "knock89")
