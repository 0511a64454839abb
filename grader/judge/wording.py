"""The sentences of the judge: why a check ended as it did, beside the check's own words."""

from __future__ import annotations

import traceback

from grader.errors import ReplyRefused
from grader.model import Check, Ending, Fault, Finding, Outcome, Text
from grader.notebook.placeholders import Blank


def make_finding(check: Check, outcome: Outcome, rationale: Text | None = None, **rest: object) -> Finding:
    return Finding(check.id, check.text, outcome, check.points, rationale, **rest)  # type: ignore[arg-type]


TOO_LONG_TO_JUDGE = Text(
    en="Judging this hand-in took longer than it may, so a person has to look at the rest.",
    ja="この答案の採点には制限を超える時間がかかりました。残りは人が確認します。",
)


TOO_LONG_TO_EXPLAIN = Text(
    en="This may follow from an earlier exercise, and finding that out would take longer than it may, so a person looks at it.",
    ja="前の問題の影響かもしれませんが、確かめるには制限を超える時間がかかるため、人が確認します。",
)


def cell_words(index: int, ending: Ending, error: str) -> tuple[Outcome, Text]:
    """Why a section defines nothing."""
    number = index + 1
    if ending is Ending.UNPARSED:
        return Outcome.CRASHED, Text(
            en=f"Cell {number} does not parse, so nothing in it ran: {error}",
            ja=f"{number} 番目のセルに文法エラーがあり、中身がまったく実行されていません: {error}",
        )
    if ending is Ending.INTERRUPTED:
        return Outcome.TIMED_OUT, Text(
            en=f"Cell {number} was stopped at its time limit.", ja=f"{number} 番目のセルは制限時間で止めました。"
        )
    if ending is Ending.OUT_OF_MEMORY:
        return Outcome.OUT_OF_MEMORY, Text(
            en=f"Cell {number} ran out of memory.", ja=f"{number} 番目のセルでメモリが足りなくなりました。"
        )
    if ending is Ending.DIED:
        return Outcome.CRASHED, Text(
            en=f"Cell {number} ended the kernel.", ja=f"{number} 番目のセルがカーネルを終了させました。"
        )
    return Outcome.CRASHED, Text(
        en=f"Cell {number} raised {error}", ja=f"{number} 番目のセルでエラーが発生しました: {error}"
    )


def costly_text(seen: Text) -> Text:
    return Text(
        en=f"With the data that it was asked with here it could not be judged, so a person looks. {seen.en}",
        ja=f"採点用のデータでは判定できませんでした。人が確認します。{seen.ja}",
    )


def elsewhere_piece_text(seen: Text) -> Text:
    return Text(
        en=f"A piece is missing here that may stand in the code around it, so a person looks. {seen.en}",
        ja=f"ここには足りない処理がありますが、周りのコードにあるのかもしれません。人が確認します。{seen.ja}",
    )


def crashed_text(fault: Fault) -> Text:
    return Text(en=f"Your code raised {fault.words}", ja=f"エラーが発生しました: {fault.words}")


def groundwork_text(words: Text) -> Text:
    """words: the sentence of the check that has to hold first."""
    return Text(en=f"Checked as soon as this passes: {words.en}", ja=f"「{words.ja}」ができたら確認します。")


def refused_text(error: ReplyRefused) -> Text:
    return Text(en=f"What came back cannot be read: {error}.", ja=f"返ってきた値を読み取れませんでした（{error}）。")


def unread_text(reason: str) -> Text:
    return Text(
        en=f"The loop ran, but what it shows could not be read ({reason}), so a person looks.",
        ja=f"ループは実行できましたが、表示される値を読み取れませんでした（{reason}）。人が確認します。",
    )


def not_asked_text(fault: Fault) -> Text:
    return Text(
        en=f"It could not be asked here, so a person looks: {fault.words}",
        ja=f"ここでは試せなかったため、人が確認します: {fault.words}",
    )


def read_text(seen: Text) -> Text:
    return Text(
        en=f"Read from what the loop prints or keeps, which may have been read wrongly, so a person looks: {seen.en}",
        ja=f"ループが表示・保存する値から読み取ったもので、読み違えの可能性があるため人が確認します: {seen.ja}",
    )


def borrowed_text(seen: Text) -> Text:
    return Text(
        en="Your code reads more of the model it is given than its contract names, and here it was given a model of ours with "
        f"those parts of yours; what does not fit may come of that, so a person looks: {seen.en}",
        ja="受け取ったモデルの、仕様にない属性を読んでいます。ここで渡したのは採点用のモデルに、あなたのモデルの属性を補ったものです。"
        f"合わない原因がそこにあるかもしれないため、人が確認します: {seen.ja}",
    )


def unlike_text(seen: Text) -> Text:
    return Text(
        en="This differs from all the answers that are known to be right, but is no mistake that is known either; there are many ways to "
        f"build it (turned positions, another normalisation ...), so a person looks. {seen.en}",
        ja="正しいと分かっているどの答えとも違いますが、よくある間違いのどれとも一致しません。作り方はいろいろある（回転位置埋め込み、別の正規化など）ので、"
        f"人が確認します。{seen.ja}",
    )


UNLIKE = unlike_text(Text("", ""))  # how every such reason begins


def guessed_text(own: str, wanted: str, seen: Text, crashed: bool = False) -> Text:
    """own: the student's name, where it is not the contract's."""
    seen_en, seen_ja = ("It stopped with:", "エラー:") if crashed else ("What was seen:", "見えたこと:")
    return Text(
        en=f"Your `{own}` was read as the {wanted} of this problem; if that is wrong, tell us with --map. {seen_en} {seen.en}",
        ja=f"`{own}` をこの問題の {wanted} とみなしました。違う場合は --map で指定してください。{seen_ja} {seen.ja}",
    )


def elsewhere_text(own: str, section: str, seen: Text) -> Text:
    """own: the student's definition; section: the exercise that it stands in the section of."""
    return Text(
        en=f"Only `{own}` of {section} could be asked, which may not be meant for this problem, so a person looks. {seen.en}",
        ja=f"{section} の `{own}` しか試せず、この問題の答案ではないかもしれないため、人が確認します。{seen.ja}",
    )


def unsure_text(wanted: str, seen: Text) -> Text:
    """As `guessed_text`, for an exact name whose arguments had to be guessed."""
    return Text(
        en=f"We had to guess how your {wanted} is called, so a person looks. {seen.en}",
        ja=f"{wanted} の呼び出し方を推測して試したので、人が確認します。{seen.ja}",
    )


def waits_text(exercises: str) -> Text:
    return Text(
        en=f"This builds on {exercises}, and with that as it is nobody can tell yet whether this is right; a person decides.",
        ja=f"{exercises} の結果を使う項目です。{exercises} が今のままではこの項目の正誤を判断できないので、人が確認します。",
    )


def later_text(exercises: str) -> Text:
    return Text(
        en=f"This builds on {exercises}, which is not right yet: put that right first. When you hand in, a mistake is "
        "counted only once.",
        ja=f"{exercises} の結果を使う項目です。まず {exercises} を直しましょう。提出後の採点では、同じ間違いは 1 度しか減点されません。",
    )


def misread_text(error: Exception) -> Text:
    name = type(error).__name__
    return Text(
        en=f"What came back has not the form that this check can read ({name}).",
        ja=f"返ってきたもの、または書き換えられたモデルが、この確認で読み取れる形になっていません（{name}）。",
    )


def puzzled_text(error: Exception) -> Text:
    name = type(error).__name__
    return Text(
        en=f"This is built in a form that could not be compared with the known answers ({name}), so a person looks.",
        ja=f"既知の解答と比べられない形で作られているため（{name}）、人が確認します。",
    )


NOT_YOURS = Text(
    en="The grader itself failed here; this is not your fault, and no score is given. ",
    ja="採点プログラム側の不具合です。あなたの答案のせいではなく、点数は付けません。",
)


def broken_text(error: Exception, check: Check) -> Text:
    """check: of whose module the line is said too, for the author of the lesson."""
    frames = traceback.extract_tb(error.__traceback__)
    code = getattr(check.function, "__code__", None)
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    places = dict.fromkeys(f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in (*own[-1:], frames[-1]))
    where = f"{type(error).__name__}: {error} ({' -> '.join(places)})"
    return Text(en=f"{NOT_YOURS.en}{where}", ja=f"{NOT_YOURS.ja}{where}")


def still_blank(blank: Blank) -> Text:
    return Text(
        en=f"Cell {blank.cell + 1}, line {blank.line} is still to be filled in: {blank.source}",
        ja=f"{blank.cell + 1} 番目のセルの {blank.line} 行目がまだ埋まっていません: {blank.source}",
    )


EXPLAINS = Text(en="The notes explain the code in your own words.", ja="読解メモで、コードを自分の言葉で説明している")
NOT_ATTEMPTED = Text(en="Not attempted yet.", ja="まだ取り組んでいません。")
NOWHERE = Text(
    en="Nothing in the code that was handed in does this. Whether it was asked for, a person says.",
    ja="提出されたコードに、これを行う処理は見当たりません。求められていたかどうかは、人が判断します。",
)
UNMATCHED = Text(
    en="The parameters of this model are laid out like none of the answers we know, so a person has to look.",
    ja="このモデルのパラメータ構成は、既知のどの解答とも対応づけられませんでした。人が確認します。",
)
RECOGNISED = Text(
    en="The parameters of this model and what it gives are exactly those of an answer with a known mistake.",
    ja="このモデルのパラメータ構成と出力は、よくある間違いのある解答とちょうど一致しました。",
)
MISREAD_HELP = Text(
    en="Look at what your code returns, and at what it changes in the objects it is given: a model keeps its methods, and its "
    "parameters keep their names, shapes and types.",
    ja="コードが返すものと、受け取ったオブジェクトに加えた変更を見直してみましょう。モデルのメソッドや、パラメータの名前・形・型は変えません。",
)
TOO_LARGE = Text(
    en="The returned value is far larger than it should be.",
    ja="返ってきた値が、あるべき大きさをはるかに超えています。",
)
ENDED = {
    Outcome.CRASHED: Text(
        en="The call ended the whole process instead of returning.",
        ja="呼び出しが値を返さず、プロセスごと終了しました。",
    ),
    Outcome.TIMED_OUT: Text(
        en="The call did not return within its time.", ja="呼び出しが制限時間内に終わりませんでした。"
    ),
    Outcome.OUT_OF_MEMORY: Text(en="The call ran out of memory.", ja="呼び出しの途中でメモリが足りなくなりました。"),
}
