"""tune(fit, accuracy, space, trials) -> best config, results; judged by a fake objective."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.checks import Draw, Failure, Student, Text, check, sign, trace
from grader.lessons.knock80_89 import _answers88
from grader.lessons.knock80_89._fakes.tuning import accuracy_of, fit_with
from grader.lessons.knock80_89._history import to_number
from grader.lessons.knock80_89._objective import SPACES, SPLITS, TRIALS, Config, Objective, objective

TITLE = Text(en="88. Tuning the hyperparameters", ja="88. ハイパーパラメータの調整")
NAMES = ("tune",)
SIGNS = (
    sign(
        r"\boptuna\b|^def\s+(?:objective|tune)\b|ParameterGrid",
        "a search over settings",
        "ハイパーパラメータの探索",
        rank=20,
    ),
)
TRACES = (
    trace(
        r"(?i)optuna|wandb|sweep|Grid(?:Search)?\b|hyper_?param|itertools\.product|for\s+(?:lr|learning_rate|hidden_size|batch_size)\s+in\b"
    ),
)  # for lr in (0.1, 0.01):
KNOWN_ANSWERS = _answers88
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


def table(asked: Objective) -> Callable[[Any], tuple[Config, list[tuple[Config, list[float]]]]]:
    """(best, results) as (setting, [(setting, numbers beside it)]). Raises Failure."""

    def view(value: Any) -> tuple[Config, list[tuple[Config, list[float]]]]:
        if not isinstance(value, list | tuple) or len(value) < 2:
            raise Failure(
                Text(
                    en="tune should return two things: the best setting and the results of all.",
                    ja="tune は「最良の設定」と「全試行の結果」の 2 つを返すはずです。",
                ),
                PAIRS,
            )
        best, rows = asked.read(value[0]), [read_row(asked, row) for row in listed(value[1])]
        if best is None:
            raise Failure(
                Text(
                    en="The first thing returned should be the best setting, a dict such as {'lr': 0.1, ...}.",
                    ja="1 つ目の戻り値は最良の設定（{'lr': 0.1, ...} のような辞書）のはずです。",
                ),
                PAIRS,
            )
        found = [row for row in rows if row is not None]
        if not found or len(found) != len(rows):
            raise Failure(
                Text(
                    en="The second thing returned should be a list with the setting and the accuracy of every trial.",
                    ja="2 つ目の戻り値は、各試行の設定と正解率を並べたリストのはずです。",
                ),
                PAIRS,
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
    """What tune returned, and what it asked: (split, setting) for each time that accuracy was called."""

    objective: Objective
    best: Config
    results: list[tuple[Config, list[float]]]
    asked: list[tuple[str, Config]]

    def tried(self, split: str = "valid") -> list[Config]:
        """The settings whose accuracy was asked, in order, each once."""
        return list(dict.fromkeys(config for part, config in self.asked if part == split))

    def score(self, config: Config, split: str = "valid") -> float:
        """The accuracy of a setting that was asked for; -1 for any other."""
        order = list(dict.fromkeys(config for _, config in self.asked))
        return self.objective.scores[order.index(config)][SPLITS.index(split)] if config in order else -1.0


def tune(student: Student, asked: Objective, trials: int = TRIALS[0]) -> Tuned:
    fit = student.lend(fit_with)
    accuracy, measuring = student.lend_asking(asked.desk, accuracy_of, list(asked.space))
    best, results = student.call("tune", fit, accuracy, asked.space, trials, view=table(asked))
    return Tuned(asked, best, results, measuring.asked)


PAIRS = Text(
    en='Write the loop out for three trials: config (a new dict) → model = fit(config) → score = accuracy(model, "valid") → results.append((config, '
    "score)); after the loop, best is the config of the pair with the largest score. Print results: three different settings, three scores?",
    ja='3 回分のループを書き出してみましょう: config（毎回新しい辞書）→ model = fit(config) → score = accuracy(model, "valid") → results.append((config, score))。'
    "ループの後、score が最大の組の config が best です。results を表示して、3 つの異なる設定と 3 つの値が並んでいるか確かめましょう。",
)


@check(points=1, ja="最良の設定と、全試行の結果が返る")
def best_and_results(student: Student, draw: Draw) -> None:
    """The best setting and the results of all trials are returned."""
    tune(student, objective(draw))


@check(points=1, after=best_and_results, ja="いくつもの設定を試している")
def several_are_tried(student: Student, draw: Draw) -> Text | None:
    """Several different settings are tried."""
    tuned = tune(student, objective(draw))
    different = {config for config, _ in tuned.results}
    if len(different) < 3:
        one_dict = len(different) == 1 and len(tuned.results) > 1 and len(tuned.tried()) > 1
        alone = len(different) == len(set(tuned.tried())) == 1
        raise Failure(
            Text(
                en=f"{TRIALS[0]} trials were allowed, but the results hold only {len(different)} different setting(s).",
                ja=f"{TRIALS[0]} 回まで試せるのに、結果には {len(different)} 通りの設定しかありません。",
            ),
            PAIRS,
            misconception="same_dict_every_time" if one_dict else "one_setting_only" if alone else None,
        )
    count = len(tuned.tried())
    return more_than_allowed(count) if count > TRIALS[0] else None


def more_than_allowed(count: int) -> Text:
    return Text(
        en=f"trials said {TRIALS[0]}, and {count} settings were tried. With a large space that takes too long: stop after `trials` of them.",
        ja=f"trials は {TRIALS[0]} ですが、{count} 通り試しています。候補が多いと時間がかかりすぎるので、`trials` 通りで止めましょう。",
    )


@check(points=2, after=best_and_results, ja="結果の正解率は、検証データで実際に測った値である")
def scores_are_measured(student: Student, draw: Draw) -> None:
    """Every accuracy in the results is the one measured on the validation data."""
    for space, trials in zip(SPACES[:2], TRIALS, strict=False):
        tuned = tune(student, objective(draw, space), trials)
        for config, row in tuned.results:
            if holds(row, tuned.score(config)):
                continue
            setting, score = dict(zip(space, config, strict=True)), tuned.score(config)
            said = ", ".join(f"{n:.2f}" for n in row[:3])
            raise Failure(
                Text(
                    en=f"With {setting} the accuracy on the validation data is {score:.2f}, but the results say {said or 'nothing'}."
                    if score >= 0
                    else f"The results hold {setting}, whose accuracy was never asked for.",
                    ja=f"{setting} の検証データでの正解率は {score:.2f} ですが、結果には {said or '何も'} とあります。"
                    if score >= 0
                    else f"結果に {setting} がありますが、その正解率は一度も測られていません。",
                ),
                PAIRS,
                misconception=wrong_scores(tuned),
            )


def holds(row: list[float], wanted: float) -> bool:
    """A row has this accuracy, as a share or as a percentage."""
    return any(abs(n - share) < 1e-6 for n in row for share in (wanted, 100 * wanted))


def wrong_scores(tuned: Tuned) -> str | None:
    """The mistake that gives these scores to these settings, all of them; None where they are right."""
    if all(holds(row, tuned.score(config)) for config, row in tuned.results):
        return None
    for split, name in (("test", "chosen_on_test"), ("train", "chosen_on_training")):
        if all(holds(row, tuned.score(config, split)) for config, row in tuned.results):
            return name
    settings, order = {config for config, _ in tuned.results}, tuned.tried()
    if len(settings) == 1 and len(tuned.results) > 1 and len(order) > 1:
        return "same_dict_every_time"
    before = dict(zip(order[1:], order, strict=False))
    later = [(before.get(config), row) for config, row in tuned.results[1:]]
    if len(later) > 1 and all(config is not None and holds(row, tuned.score(config)) for config, row in later):
        return "score_of_the_trial_before"
    measured = any(holds(row, score) for _, row in tuned.results for three in tuned.objective.scores for score in three)
    return None if measured else "typed_in"


@check(points=2, after=best_and_results, ja="試した中で、検証データの正解率が最も高い設定を選ぶ")
def best_on_validation_data(student: Student, draw: Draw) -> None:
    """The setting that is reported is the one, of those tried, that is best on the validation data."""
    one, two, three = SPACES
    few, fewer, fewest = TRIALS
    asked = [(one, few, 0), (one, few, few - 1), (two, fewer, 0), (two, fewer, fewer - 1), (two, fewer, None)]
    asked += [(three, fewest, 1), (three, 7, 0), (three, 7, 6)]  # with all seven tried, the last one is the last
    rounds = [tune(student, objective(draw, space, best), trials) for space, trials, best in asked]
    for tuned in rounds:
        top = max((config for config, _ in tuned.results), key=tuned.score)
        if tuned.best == top:
            continue
        best, chosen = tuned.score(top), tuned.score(tuned.best)
        raise Failure(
            Text(
                en=f"A setting with accuracy {best:.2f} was tried, but one with {chosen:.2f} was chosen."
                if chosen >= 0
                else "The setting that was chosen is not among those that were tried.",
                ja=f"正解率 {best:.2f} の設定を試しているのに、{chosen:.2f} の設定を選んでいます。"
                if chosen >= 0
                else "選ばれた設定は、試した設定の中にありません。",
            ),
            PAIRS,
            misconception=way_of_choosing(rounds),
        )


WAYS: dict[str, Callable[[Tuned, list[Config]], Config]] = {
    "smallest_is_best": lambda tuned, tried: min(tried, key=tuned.score),
    "last_is_best": lambda _tuned, tried: tried[-1],
    "first_is_best": lambda _tuned, tried: tried[0],
    "chosen_on_test": lambda tuned, tried: max(tried, key=lambda config: tuned.score(config, "test")),
    "chosen_on_training": lambda tuned, tried: max(tried, key=lambda config: tuned.score(config, "train")),
    "last_trial_not_counted": lambda tuned, tried: max(tried[:-1] or tried, key=tuned.score),
    "first_trial_not_counted": lambda tuned, tried: max(tried[1:] or tried, key=tuned.score),
    "largest_values_win": lambda _tuned, tried: max(tried, key=sorted),
}


def way_of_choosing(rounds: list[Tuned]) -> str | None:
    """The mistake that explains every choice: the scores themselves, where these are not those of the validation data."""
    if (name := next(filter(None, map(wrong_scores, rounds)), None)) is not None:
        return name
    tried = [tuned.tried() or [config for config, _ in tuned.results] for tuned in rounds]
    pairs = list(zip(rounds, tried, strict=True))
    return next((name for name, way in WAYS.items() if all(way(*pair) == pair[0].best for pair in pairs)), None)


@check(points=2, after=best_and_results, ja="テストデータは、選び終わるまで見ない（使うとしても 1 回）")
def test_data_at_most_once(student: Student, draw: Draw) -> None:
    """The test data is left alone while choosing: it is looked at once at most."""
    tuned = tune(student, objective(draw))
    times = sum(split == "test" for split, _ in tuned.asked)
    if times > 1:
        raise Failure(
            Text(en=f"The test data was looked at {times} times.", ja=f"テストデータが {times} 回使われました。"),
            Text(
                en="What is chosen by the test data is fitted to it; its accuracy then says nothing about new titles.",
                ja="テストデータで選ぶと、それに合わせ込んだことになります。その正解率は新しい題名での成績を表しません。",
            ),
            misconception="test_for_every_trial" if tuned.tried() else "chosen_on_test",
        )
