"""What somebody handed in instead of a notebook, and what to ask for."""

from __future__ import annotations

from collections.abc import Sequence

from grader.batch.intake.hand_in import Member
from grader.batch.names import listed, said
from grader.model import Text

# By the ends of names: what it is, and what to ask the student for.
KINDS: tuple[tuple[tuple[str, ...], Text, Text], ...] = (
    (
        (".ipynb.txt", ".ipynb.json", ".ipynb.html", ".ipynb.pdf", ".ipynb.docx"),
        Text("a notebook saved under another ending", "別の拡張子で保存されたノートブック"),
        Text("the .ipynb file itself, without the second ending", "余分な拡張子のない .ipynb ファイル"),
    ),
    (
        (".html", ".htm", ".mhtml", ".webarchive"),
        Text("a web page", "ウェブページ"),
        Text("the .ipynb (in Colab: File > Download > Download .ipynb)", ".ipynb（Colab では「ファイル」>「ダウンロード」>「.ipynb をダウンロード」）"),
    ),
    (
        (".pdf", ".doc", ".docx", ".odt", ".rtf", ".pages", ".ppt", ".pptx"),
        Text("a document", "文書ファイル"),
        Text("the notebook that it was made from (.ipynb)", "元のノートブック（.ipynb）"),
    ),
    (
        (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".lzh"),
        Text("an archive that is not unpacked", "展開できない形式の圧縮ファイル"),
        Text("the notebook itself, or a .zip", "ノートブックそのもの、または .zip"),
    ),
    (
        (".png", ".jpg", ".jpeg", ".heic", ".gif", ".webp"),
        Text("a picture", "画像"),
        Text("the notebook that it shows (.ipynb)", "写っているノートブック（.ipynb）"),
    ),
    (
        (".url", ".webloc", ".gdoc", ".gsheet", ".desktop", ".lnk"),
        Text("a link", "リンク"),
        Text("the .ipynb file that it leads to", "リンク先の .ipynb ファイル"),
    ),
    (
        (".txt", ".md", ".json", ".csv"),
        Text("no code", "コードではないファイル"),
        Text("the notebook (.ipynb) or script (.py)", "ノートブック（.ipynb）またはスクリプト（.py）"),
    ),
)  # fmt: skip
NOTHING = (
    "{who} handed in no notebook: {files}. Ask for the .ipynb or .py file.",
    "{who} の提出物にノートブックがありません: {files}。.ipynb か .py のファイルを出してもらってください。",
)
EMPTY = (
    "{who} handed in nothing that can be read. Ask for the .ipynb or .py file.",
    "{who} の提出物に読めるファイルがありません。.ipynb か .py のファイルを出してもらってください。",
)
INSTEAD = (
    "{who} handed in no notebook: {files} is {kind}. Ask for {wanted}.",
    "{who} の提出物にノートブックがありません: {files} は{kind}です。{wanted}を出してもらってください。",
)


def nothing_to_grade(who: str, files: Sequence[Member]) -> Text:
    """Why there is nothing to grade, and what to ask for."""
    names = [member.name for member in files]
    if not names:
        return said(*EMPTY, who=who)
    for endings, kind, wanted in KINDS:
        like = [name for name in names if name.lower().endswith(endings)]
        if like:
            en = said(INSTEAD[0], "", who=who, files=listed(like), kind=kind.en, wanted=wanted.en).en
            return Text(en, said("", INSTEAD[1], who=who, files=listed(like), kind=kind.ja, wanted=wanted.ja).ja)
    return said(*NOTHING, who=who, files=listed(names))
