"""docs/understands.md: what the grader understands of notebooks as people write them, from the tables it goes by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader import lessons
from grader.data.layout import USUAL
from grader.matching.extra_arguments import EXTRAS
from grader.matching.roles import ROLES
from grader.model import Exercise, Interface, Language, Lesson, Limits, Sign, Text
from grader.notebook import placeholders
from grader.notebook.habits import HABITS
from grader.notebook.headings import EXAMPLES
from grader.notebook.legacy_code import TRACES

MADE = "<!-- Made by `make build` from the tables in grader/; do not edit. -->"
ACTIONS = {
    "keep": Text(en="run as it is", ja="そのまま実行"),
    "imitate": Text(en="imitated", ja="代わりのもので実行"),
    "leave_out": Text(en="left out", ja="実行しない"),
}


def render() -> str:
    """The whole page, English first."""
    return "\n".join([MADE, "", *page("en"), "", *page("ja")]) + "\n"


def page(language: Language) -> Iterator[str]:
    def say(en: str, ja: str) -> str:
        return Text(en=en, ja=ja).in_(language)

    yield say("# What the grader understands", "# 採点プログラムが理解するもの")
    yield ""
    yield say(
        "Nobody has to use our notebooks. What is handed in is graded as it is, and every report says under "
        "“Good to know” what was assumed. Nothing on this page costs a point.",
        "配布したノートブックを使う必要はありません。提出されたものをそのまま採点し、何を仮定したかを報告の「お知らせ」に書きます。"
        "このページに書いてあることで減点はしません。",
    )
    yield from files(language)
    yield from sections(language)
    yield from names(language)
    yield from without_functions(language)
    yield from transformers(language)
    yield from habits(language)
    yield from data(language)
    yield from budgets(language)
    yield from old_code(language)
    yield from blank(language)


def files(language: Language) -> Iterator[str]:
    yield from head("Files", "ファイル", language)
    yield Text(
        en="A notebook (`.ipynb`), a script (`.py`, also with `# %%` or `# In[1]:`), or a folder or zip of several, which are "
        "graded as one: what others import first, then in natural order (`knock9` before `knock10`). Scripts may import each "
        "other. UTF-8, UTF-16, Shift_JIS (cp932) and EUC-JP are read.",
        ja="ノートブック（`.ipynb`）、スクリプト（`.py`。`# %%` や `# In[1]:` の区切りも可）、またはそれらを入れたフォルダか zip です。"
        "複数のファイルは 1 つの答案として、import されるもの、番号の小さいものの順に採点します。スクリプトどうしの import もできます。"
        "文字コードは UTF-8、UTF-16、Shift_JIS（cp932）、EUC-JP を読みます。",
    ).in_(language)


def exercises() -> list[Exercise]:
    return [exercise for lesson in lessons.catalogue() for exercise in lesson.exercises]


def interfaces() -> list[Interface]:
    return [interface for lesson in lessons.catalogue() for interface in lesson.exercises[0].interfaces]


def signs() -> list[tuple[Sign, str]]:
    """Signs with the exercise of each, in the order in which they are tried."""
    return sorted(((sign, e.id) for e in exercises() for sign in e.signs), key=lambda found: found[0].rank)


def with_cues() -> list[Lesson]:
    return [lesson for lesson in lessons.catalogue() if lesson.cues]


def sections(language: Language) -> Iterator[str]:
    yield from head("Which cell answers what", "どのセルがどの問題の答案か", language)
    one = next(e.id for e in exercises() if e.id[-1:].isdigit())  # handed in a file a problem
    number = one.lstrip("abcdefghijklmnopqrstuvwxyz")
    names = (f"{one}.py", f"{number}.ipynb", f"chapter09/{number}.py", f"nlp100_{number}.ipynb")
    files = Text(en=", ", ja="、").in_(language).join(f"`{name}`" for name in names)
    yield Text(
        en=f"In this order: the metadata of our own notebooks; headings; the name of the file ({files}); what a cell defines. A section goes on to the next heading, and a class that is "
        "defined again later does not hide the earlier one. Headings are found in text, in comments, and in what code shows (`st.header('81. RNN')`, `display(Markdown('## 81'))`), full-width or not:",
        ja=f"次の順で判断します。配布ノートブックのメタデータ、見出し、ファイル名（{files}）、セルが定義しているもの。見出しは次の見出しまで有効で、同じ名前のクラスを後で定義し直しても、前の定義は失われません。"
        "見出しは文章でもコメントでも、全角でも半角でもかまいません。",
    ).in_(language)
    yield ""
    yield ", ".join(f"`{example}`" for example in EXAMPLES)
    yield ""
    yield from table(
        ("exercise", "a heading may say"), ("演習", "見出しの例"), language,
        ((f"`{e.id}`", ", ".join(e.headings)) for e in exercises() if e.headings),
    )  # fmt: skip
    yield ""
    yield Text(en="Where no heading says anything:", ja="見出しがまったくないときは、次のもので判断します。").in_(
        language
    )
    yield ""
    yield from table(
        ("exercise", "begins with"), ("演習", "始まり"), language,
        dict.fromkeys((f"`{name}`", sign.shown.in_(language)) for sign, name in signs()),
    )  # fmt: skip
    yield ""
    yield Text(
        en=f"Which lesson it is, is found in the same way; where nothing tells, by what is typical of one of {', '.join(f'`{lesson.id}`' for lesson in with_cues())}.",
        ja=f"どの単元かも同じように判断し、手がかりがなければ、{'、'.join(f'`{lesson.id}`' for lesson in with_cues())} のどれに特有の内容が多いかで決めます。",
    ).in_(language)


def without_functions(language: Language) -> Iterator[str]:
    yield from head("Code that stands in no function", "関数になっていないコード", language)
    yield Text(
        en="A training loop at the top level is run again as it is: the model, data, loader and optimizer that its globals hold are "
        "replaced by the grader's, each in the form of what it stands in for (a `TensorDataset`, a `Dataset` of pairs or dicts, id tensors and labels; "
        "your `collate_fn` and your kind of optimizer stay), and the number of epochs by the grader's. The four series are read from what the "
        "loop prints, appends or logs once an epoch, by the words before a number and by the expression itself (`train loss`, `acc_valid`, "
        "or the same in Japanese). In the same way the statements that lead to a vocabulary (80) or to a table of word vectors (84) are run again with "
        "other titles, words and vectors. A function that only fills lists of ids up counts as the one that makes batches. What cannot be "
        "told apart is for a person.",
        ja="関数の外に書いた学習ループは、そのまま実行し直します。グローバル変数にあるモデル・データ・DataLoader・optimizer を、同じ形式（`TensorDataset`、組や辞書を"
        "返す `Dataset`、ID のテンソルとラベルなど。`collate_fn` と optimizer の種類は元のまま）の採点用のものに、エポック数を採点用の数に差し替えます。4 本の系列は、"
        "ループがエポックごとに表示・追加・記録する値から、直前の語や式そのもの（`train loss`、`acc_valid`、損失、正解率、検証）を手がかりに読み取ります。語彙（80）や"
        "単語ベクトルの行列（84）を作る文も、題名・単語・ベクトルを差し替えて同じように実行し直します。ID の列の長さをそろえるだけの関数は、バッチを作る関数とみなします。"
        "判断できないものは人が確認します。",
    ).in_(language)


def transformers(language: Language) -> Iterator[str]:
    yield from head("Attention and Transformers", "Attention と Transformer", language)
    yield Text(
        en="No two people give these the same arguments, and none has to change. Sizes may be read from globals (`n_embd`, `hp.n_embd`, "
        "`CONFIG['emb_dim']`) or follow from others (`head_size`); a block may be handed its attention and its feed-forward network, take query, "
        "key and value, lengths instead of a mask, or the time first; `nn.LayerNorm` stands for a normalisation of your own. Of a language model, "
        "`get_batch(split)`, a loss inside `forward(idx, targets)`, a loop over steps at the top level and `model.generate(idx, "
        "max_new_tokens)` are asked as they are, and so is a function that makes gaps with a tokenizer or a settings object. What a form "
        "does not have (a mask, weights beside the output, a temperature) is advice and costs nothing.",
        ja="引数の取り方は人それぞれですが、書き直す必要はありません。サイズはグローバル変数（`n_embd`、`hp.n_embd`、`CONFIG['emb_dim']`）から読んでも、ほかのサイズから"
        "決まる形（`head_size`）でもかまいません。ブロックは、attention とフィードフォワード層を受け取る形、query・key・value を受け取る形、mask の代わりに長さを受け取る形、"
        "時間が先頭の形のいずれでも採点できます。`nn.LayerNorm` を使っていれば、それを自作の正規化の代わりとみなします。言語モデルでは、`get_batch(split)`、"
        "`forward(idx, targets)` の中で計算する損失、関数の外に書いたステップのループ、`model.generate(idx, max_new_tokens)` をそのまま実行します。トークナイザや設定オブジェクトを"
        "受け取って穴を空ける関数も同様です。その形にないもの（mask、出力に添える重み、temperature など）はアドバイスになるだけで、減点はありません。",
    ).in_(language)


def names(language: Language) -> Iterator[str]:
    yield from head("Names and arguments", "名前と引数", language)
    yield Text(
        en="A class or function is found by its name, by what it is made of and by trial ([matching](matching.md) says how); each guess is shown in "
        "the report. Capitals and underscores do not count. What an answer may be called, among others:",
        ja="クラスや関数は、名前、中身、試行の順に探します（詳しくは [matching](matching.md)）。推測したことは報告に書きます。大文字・小文字とアンダースコアの違いは"
        "無視します。たとえば次の名前で見つかります。",
    ).in_(language)
    yield ""
    yield from table(
        ("exercise", "asks for", "also called"), ("演習", "求めるもの", "別の呼び方"), language,
        ((f"`{i.exercise}`", f"`{i.name}`", ", ".join(i.called)) for i in interfaces() if i.called),
    )  # fmt: skip
    yield ""
    yield from table(
        ("argument", "is", "also called", "perhaps"), ("引数", "意味", "別の呼び方", "場合により"), language,
        ((f"`{r.name}`", r.text.in_(language), ", ".join(r.names[1:]), ", ".join(r.maybe)) for r in ROLES),
    )  # fmt: skip
    yield ""
    yield from table(
        ("further arguments", "get, where the notebook's own call does not say"), ("そのほかの引数", "ノートブック内の呼び出しから分からないときの値"), language,
        ((", ".join(extra.names), extra.text.in_(language)) for extra in EXTRAS),
    )  # fmt: skip


def habits(language: Language) -> Iterator[str]:
    yield from head("Colab and the shell", "Colab とシェル", language)
    yield from table(
        ("such as", "is", "the report says"), ("例", "扱い", "報告の文"), language,
        (
            (code(habit.example), ACTIONS[habit.action].in_(language), habit.remark.in_(language))
            for habit in HABITS
        ),
    )  # fmt: skip


def data(language: Language) -> Iterator[str]:
    yield from head("Data files", "データファイル", language)
    yield Text(
        en="Files that the code names and that were not handed in are laid out in the working folder, small and synthetic, in their true format:",
        ja="コードに名前が出てくるのに提出物にないファイルは、小さな人工データを本物と同じ形式で作業フォルダに用意します。",
    ).in_(language)
    yield ""
    yield from table(
        ("file", "holds"), ("ファイル", "内容"), language, ((usual.shown, usual.what.in_(language)) for usual in USUAL)
    )


def budgets(language: Language) -> Iterator[str]:
    limits = Limits()
    yield from head("Time", "時間", language)
    yield Text(
        en=f"All cells together have {limits.total_cpu:g} s of CPU time (`--budget`), one cell {limits.cell_cpu:g} s. A cell over its time is "
        f"interrupted, the ones after it still run (with {limits.least_cpu:g} s each once the budget is gone). Of a cell that was "
        "interrupted or raised an error, the functions, classes, imports and small constants further down are run all the same, "
        "and the exercise is judged by them: a training need not come to its end. By the clock, a cell has "
        f"{limits.cell_wall:g} s (`--cell-time`) and all of them {limits.total_wall:g} s (`--total-time`). A notebook that is none of this "
        "course's has a fifth of the usual budget of CPU time.",
        ja=f"全セル合わせて CPU 時間 {limits.total_cpu:g} 秒（`--budget`）、1 セル {limits.cell_cpu:g} 秒までです。超えたセルは中断し、以降のセルは"
        f"実行を続けます（上限を使い切った後は {limits.least_cpu:g} 秒ずつ）。中断やエラーで止まったセルも、その先にある関数・クラス・import・"
        "簡単な定数は実行し、それを採点します。学習が最後まで終わらなくてもかまいません。実時間では 1 セル "
        f"{limits.cell_wall:g} 秒（`--cell-time`）、全体で {limits.total_wall:g} 秒（`--total-time`）です。"
        "配布ノートブックでないものの CPU 時間は、既定の 5 分の 1 です。",
    ).in_(language)


def old_code(language: Language) -> Iterator[str]:
    yield from head("Old code and absent packages", "古いコードと、入っていないパッケージ", language)
    yield from table(
        ("met", "the report says"), ("見つけたもの", "報告の文"), language,
        ((code(trace.example.strip()), trace.remark.in_(language).replace("{0}", "…")) for trace in TRACES),
    )  # fmt: skip


def blank(language: Language) -> Iterator[str]:
    yield from head("Blanks", "空欄", language)
    yield Text(
        en="What was not filled in counts as not attempted, which is told apart from wrong: an unchanged cell, and",
        ja="埋めていないところは、間違いではなく「未着手」とします。配布時のままのセルのほか、次のものです。",
    ).in_(language)
    yield ""
    yield "```python"
    yield "\n\n".join(placeholders.EXAMPLES)
    yield "```"


def head(en: str, ja: str, language: Language) -> Iterator[str]:
    yield ""
    yield f"## {Text(en=en, ja=ja).in_(language)}"
    yield ""


def table(
    en: tuple[str, ...], ja: tuple[str, ...], language: Language, rows: Iterable[tuple[str, ...]]
) -> Iterator[str]:
    titles = ja if language == "ja" else en
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def code(text: str) -> str:
    return f"`{text}`"
