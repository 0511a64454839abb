"""True/false and multiple-choice questions on the lecture's points, answered in a dict."""

from grader.checks import Text

TITLE = Text(en="Quiz: attention and the Transformer", ja="確認クイズ: Attention と Transformer")
ORDER = ("questions",)
SECRET = True
# Met in this lesson only; each pattern counts once where nothing else tells which lesson a notebook is.
CUES = (r"^ANSWERS\b",)
