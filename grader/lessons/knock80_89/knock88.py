"""tune(fit, accuracy, space, trials) -> best config, results; judged by a planted objective."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89._history import to_number
from grader.model import Text
from grader.student import Module, Student

TITLE = Text(en="88. Tuning the hyperparameters", ja="88. ハイパーパラメータの調整")
NAMES = ("tune",)
STARTERS = (
    Text(
        en='Make the settings first: `{"lr": [0.5, 0.1], ...}` becomes a list of dicts with one value each. '
        "`itertools.product` helps.",
        ja='まず試す設定を作ります。`{"lr": [0.5, 0.1], ...}` から、値を 1 つずつ選んだ辞書のリストを作りましょう。`itertools.product` が使えま'
        "す。",
    ),
    Text(
        en="For each of at most `trials` settings: `model = fit(config)`, then its accuracy on one of the three "
        "splits. Which one may be used to choose?",
        ja="最大 `trials` 通りについて、`model = fit(config)` とし、正解率を測ります。3 つのデータのうち、選ぶのに使ってよいのはどれでしょう。",
    ),
    Text(
        en="Return the best dict and the list of all pairs (dict, accuracy).",
        ja="返すのは、いちばん良かった辞書と、すべての（辞書, 正解率）のリストです。",
    ),
)

TRIALS = 7
SPLITS = ("train", "valid", "test")

# fit(config) -> a token; accuracy(token, split) -> the number that the judge chose for it.
FIT = """
class Model:
    def __init__(self, config):
        self.config = dict(config)


def make():
    return Model
"""
ACCURACY = """
class Accuracy:
    def __init__(self, names, scores):
        self.names, self.asked = names, []
        self.scores = {tuple(map(float, row[:len(names)])): row[len(names):] for row in scores}

    def __call__(self, model, split="valid"):
        place = ["train", "valid", "test"].index(split)
        self.asked.append(split)
        return self.scores[tuple(float(model.config[name]) for name in self.names)][place]

    def log(self):
        return self.asked


def make(names, scores):
    return Accuracy(names, scores)
"""

Config = tuple[float, ...]


@dataclass(frozen=True)
class Objective:
    """A space of settings, and an accuracy for each of them on each part of the data."""

    space: dict[str, list[float]]
    scores: dict[Config, tuple[float, ...]]

    def valid(self, config: Config) -> float:
        return self.scores[config][1]

    def read(self, value: Any) -> Config | None:
        """The setting inside a dict, a (setting, score) pair or a tuple of values; None where there is none."""
        if isinstance(value, dict):
            nested = [self.read(item) for item in value.values() if isinstance(item, dict)]
            if set(self.space) <= set(value):
                value = [value[name] for name in self.space]
            else:
                return next((config for config in nested if config is not None), None)
        if isinstance(value, list | tuple):
            found = [self.read(item) for item in value if isinstance(item, dict | list | tuple)]
            inside = next((config for config in found if config is not None), None)
            numbers = [to_number(item) for item in value]
            config = tuple(n for n in numbers if n is not None)[: len(self.space)]
            return inside if inside is not None else config if config in self.scores else None
        return None


def objective(draw: Draw) -> Objective:
    """Twelve settings; what is best on the validation data is the worst elsewhere, and no two scores are alike."""
    space: dict[str, list[float]] = {"lr": [0.5, 0.1, 0.05], "hidden_size": [20, 50], "batch_size": [8, 64]}
    settings = list(product(*space.values()))
    levels = draw.sample(range(12), 12)
    scores: dict[Config, tuple[float, ...]] = {
        config: (0.95 - 0.03 * level, 0.41 + 0.04 * level, 0.9 - 0.05 * level)
        for config, level in zip(settings, levels, strict=True)
    }
    return Objective(space, scores)


def table(asked: Objective) -> Callable[[Any], tuple[Config, list[tuple[Config, list[float]]]]]:
    """(best, results) as (setting, [(setting, numbers beside it)]). Raises Failure."""

    def view(value: Any) -> tuple[Config, list[tuple[Config, list[float]]]]:
        if not isinstance(value, list | tuple) or len(value) < 2:
            raise Failure(
                Text(
                    en="tune should return two things: the best setting and the results of all.",
                    ja="tune は「最良の設定」と「全試行の結果」の 2 つを返すはずです。",
                )
            )
        best, rows = asked.read(value[0]), [read_row(asked, row) for row in listed(value[1])]
        if best is None:
            raise Failure(
                Text(
                    en="The first thing returned should be the best setting, a dict such as {'lr': 0.1, ...}.",
                    ja="1 つ目の戻り値は最良の設定（{'lr': 0.1, ...} のような辞書）のはずです。",
                )
            )
        found = [row for row in rows if row is not None]
        if not found or len(found) != len(rows):
            raise Failure(
                Text(
                    en="The second thing returned should be a list with the setting and the accuracy of every trial.",
                    ja="2 つ目の戻り値は、各試行の設定と正解率を並べたリストのはずです。",
                )
            )
        return best, found

    return view


def listed(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [[key, item] for key, item in value.items()]
    return list(value) if isinstance(value, list | tuple) else [None]


def read_row(asked: Objective, row: Any) -> tuple[Config, list[float]] | None:
    """A trial's setting and every other number in its row."""
    config = asked.read(row)
    if config is None:
        return None
    return config, numbers(row, set(asked.space))


def numbers(value: Any, names: set[str]) -> list[float]:
    """All numbers that are not the value of a setting's own name."""
    plain = to_number(value)
    if plain is not None:
        return [plain]
    if isinstance(value, dict):
        return [n for key, item in value.items() if key not in names for n in numbers(item, names)]
    return [n for item in value for n in numbers(item, names)] if isinstance(value, list | tuple) else []


@dataclass(frozen=True)
class Tuned:
    best: Config
    results: list[tuple[Config, list[float]]]
    asked: list[str]


def tune(student: Student, asked: Objective) -> Tuned:
    scores = [[*config, *triple] for config, triple in asked.scores.items()]
    fit = student.lend(FIT)
    accuracy: Module = student.lend(ACCURACY, list(asked.space), scores)
    best, results = student.call("tune", fit, accuracy, asked.space, TRIALS, view=table(asked))
    kept = list(student.exchanges)
    log = accuracy.method("log")
    student.exchanges[:] = kept
    return Tuned(best, results, [part for part in log if isinstance(part, str)] if isinstance(log, list) else [])


@check(points=1, ja="最良の設定と、全試行の結果が返る")
def best_and_results(student: Student, draw: Draw) -> None:
    """The best setting and the results of all trials are returned."""
    tune(student, objective(draw))


@check(points=1, after=best_and_results, ja="いくつもの設定を試している")
def several_are_tried(student: Student, draw: Draw) -> None:
    """Several different settings are tried."""
    different = {config for config, _ in tune(student, objective(draw)).results}
    if len(different) < 3:
        raise Failure(
            Text(
                en=f"{TRIALS} trials were allowed, but the results hold only {len(different)} different setting(s).",
                ja=f"{TRIALS} 回まで試せるのに、結果には {len(different)} 通りの設定しかありません。",
            )
        )


@check(points=2, after=best_and_results, ja="結果の正解率は、検証データで実際に測った値である")
def scores_are_measured(student: Student, draw: Draw) -> None:
    """Every accuracy in the results is the one measured on the validation data."""
    asked = objective(draw)
    for config, row in tune(student, asked).results:
        if not any(abs(n - wanted) < 1e-6 for n in row for wanted in (asked.valid(config), 100 * asked.valid(config))):
            setting = dict(zip(asked.space, config, strict=True))
            raise Failure(
                Text(
                    en=f"With {setting} the accuracy on the validation data is {asked.valid(config):.2f}, "
                    f"but the results say {', '.join(f'{n:.2f}' for n in row[:3]) or 'nothing'}.",
                    ja=f"{setting} の検証データでの正解率は {asked.valid(config):.2f} ですが、"
                    f"結果には {'、'.join(f'{n:.2f}' for n in row[:3]) or '何も'} とあります。",
                )
            )


@check(points=2, after=best_and_results, ja="試した中で、検証データの正解率が最も高い設定を選ぶ")
def best_on_validation_data(student: Student, draw: Draw) -> None:
    """The setting that is reported is the one, of those tried, that is best on the validation data."""
    for _ in range(3):  # once, a wrong choice may happen to be the best
        asked = objective(draw)
        tuned = tune(student, asked)
        top = max((config for config, _ in tuned.results), key=asked.valid)
        if tuned.best == top:
            continue
        best, chosen = asked.valid(top), asked.valid(tuned.best)
        raise Failure(
            Text(
                en=f"A setting with accuracy {best:.2f} was tried, but one with {chosen:.2f} was chosen.",
                ja=f"正解率 {best:.2f} の設定を試しているのに、{chosen:.2f} の設定を選んでいます。",
            ),
            Text(en="By what number is the best one found?", ja="どの数値を比べて最良を決めていますか。"),
        )


@check(points=2, after=best_and_results, ja="テストデータは、選び終わるまで見ない（使うとしても 1 回）")
def test_data_at_most_once(student: Student, draw: Draw) -> None:
    """The test data is left alone while choosing: it is looked at once at most."""
    times = tune(student, objective(draw)).asked.count("test")
    if times > 1:
        raise Failure(
            Text(en=f"The test data was looked at {times} times.", ja=f"テストデータが {times} 回使われました。"),
            Text(
                en="What is chosen by the test data is fitted to it; its accuracy then says nothing about new titles.",
                ja="テストデータで選ぶと、それに合わせ込んだことになります。その正解率は新しい題名での成績を表しません。",
            ),
        )


DRAWN = "random.sample(settings, min(trials, len(settings)))"
PAIR = 'results.append((config, accuracy(model, "valid")))'

whole_grid = accepts(edit(DRAWN, "settings"))
with_replacement = accepts(edit(DRAWN, "[random.choice(settings) for _ in range(trials)]"))
flat_rows = accepts(
    edit(PAIR, 'results.append({**config, "accuracy": accuracy(model, "valid")})'),
    edit(
        "best, _ = max(results, key=lambda result: result[1])",
        'top = max(results, key=lambda row: row["accuracy"])\n    best = {name: top[name] for name in space}',
    ),
)
test_in_the_end = accepts(edit("return best, results", 'return best, results, accuracy(fit(best), "test")'))
best_with_score = accepts(edit("best, _ = max(", "best = max("))

chosen_on_test = misconception(
    edit('accuracy(model, "valid")', 'accuracy(model, "test")'),
    en="The settings are chosen on the test data. Its accuracy is then the luckiest of many and no honest forecast. Choose on the "
    "validation data, and look at the test data once, when everything is settled.",
    ja="テストデータで設定を選んでいます。その正解率は「たくさん試した中でいちばん運のよかった値」になり、正直な見積もりではありません。"
    "検証データで選び、テストデータはすべて決まってから 1 回だけ使いましょう。",
)
chosen_on_training = misconception(
    edit('accuracy(model, "valid")', 'accuracy(model, "train")'),
    en="The settings are chosen on the training data. What learns by heart wins there. Choose on the validation data.",
    ja="学習データで設定を選んでいます。丸暗記の得意な設定が勝ってしまいます。検証データで選びましょう。",
)
smallest_is_best = misconception(
    edit("max(results", "min(results"),
    en="The setting with the smallest accuracy is chosen. Minimising is right for a loss; an accuracy wants to be large: max, or "
    'direction="maximize" in Optuna.',
    ja='正解率が最小の設定を選んでいます。最小化するのは損失の場合です。正解率は max（Optuna なら direction="maximize"）で選びましょう。',
)
last_is_best = misconception(
    edit("max(results, key=lambda result: result[1])", "results[-1]"),
    en="The last setting tried is reported as the best. After the loop the variable holds what came last; compare all the results.",
    ja="最後に試した設定を最良として返しています。ループの後の変数には最後のものしか残っていません。全部の結果を比べましょう。",
)
largest_values_win = misconception(
    edit("key=lambda result: result[1]", "key=lambda result: sorted(result[0].values())"),
    en="The best is found by the settings and not by their accuracy. max of pairs compares the first element first: give it "
    "key=lambda result: result[1].",
    ja="正解率ではなく、設定の値そのもので最大を決めています。組の max は先頭の要素から比べます。key=lambda result: result[1] を付けましょう。",
)
typed_in = misconception(
    edit('accuracy(model, "valid")', "round(0.7 + 0.01 * len(results), 2)"),
    en="The accuracies are not measured: they do not change with what is tried. A table that was typed in, or copied from an "
    'earlier run, is no experiment. Record what accuracy(model, "valid") returns.',
    ja='正解率が実測値ではありません（何を試しても同じ値です）。手で書いた表や以前の実行の写しでは実験になりません。accuracy(model, "valid") の値を記録しましょう。',
)
one_setting_only = misconception(
    edit(DRAWN, "settings[:1]"),
    en="A single setting is tried. Without another one to compare with, nothing is tuned.",
    ja="1 通りの設定しか試していません。比べる相手がなければ、調整したことになりません。",
)
same_dict_every_time = misconception(
    edit(f"for config in {DRAWN}:", f"config = {{}}\n    for chosen in {DRAWN}:\n        config.update(chosen)"),
    en="All rows of the results hold the same dict. It is changed in each round, so in the end every row shows the last setting. "
    "Make a new dict for each trial: dict(config).",
    ja="結果のどの行にも同じ辞書が入っています。毎回書き換えているので、最後にはすべての行が最後の設定になります。dict(config) のように試行ごとに新しい辞書を作りましょう。",
)
results_lost = misconception(
    edit("return best, results", "return best"),
    en="Only the best setting is returned. Whether it is best by far or by chance is seen from all the results: return both.",
    ja="最良の設定しか返していません。差が大きいのか偶然なのかは、全試行の結果を見ないと分かりません。両方を返しましょう。",
)
accuracy_for_setting = misconception(
    edit("best, _ = max", "_, best = max"),
    en="The best accuracy is returned instead of the setting that reached it. Whoever wants to use it needs the setting.",
    ja="最良の設定ではなく、最良の正解率を返しています。使うために必要なのは設定のほうです。",
)
