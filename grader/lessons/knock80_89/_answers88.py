"""The answers to problem 88 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception

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
last_trial_not_counted = misconception(
    edit("max(results, key", "max(results[:-1] or results, key"),
    en="The last trial never wins: the comparison is over, or looks at the score of the round before, when it comes in. Compare after the score is "
    "there, or take max over all results after the loop.",
    ja="最後の試行が選ばれることがありません。その値が出る前に比較しているか、1 つ前の回の値を見ています。値を得た後で比べるか、ループの後に results 全体の max をとりましょう。",
)
first_trial_not_counted = misconception(
    edit("max(results, key", "max(results[1:] or results, key"),
    en="The first trial never wins: it only sets the mark that the others are compared with, and is not kept as the best itself. Begin with best = None and a "
    "mark of -1, or take max over all results after the loop.",
    ja="最初の試行が選ばれることがありません。比較の基準になるだけで、最良の設定として残されていません。best = None、基準 -1 から始めるか、"
    "ループの後に results 全体の max をとりましょう。",
)
first_is_best = misconception(
    edit("max(results, key=lambda result: result[1])", "results[0]"),
    en="The first setting tried is reported as the best. results[0] is the best only after sorting by accuracy, from the largest down; sorted() gives a new "
    "list and leaves results as it was.",
    ja="最初に試した設定を最良として返しています。results[0] が最良になるのは、正解率の大きい順に並べ替えた後だけです。sorted() は新しいリストを返し、results は変わりません。",
)
test_for_every_trial = misconception(
    edit("        results.append(", '        accuracy(model, "test")\n        results.append('),
    en="The test data is looked at in every trial. Even if the choice is made on the validation data, one has seen the test accuracies of all and can no longer "
    "forget them. Look once, with the best, at the very end.",
    ja="試行のたびにテストデータを見ています。検証データで選んでいても、全設定のテスト正解率を知ってしまえば公平な見積もりになりません。最良の設定が決まってから、最後に 1 回だけ見ましょう。",
)
score_of_the_trial_before = misconception(
    edit(
        PAIR,
        'scores.append(accuracy(model, "valid"))\n        results.append((config, scores[-2] if len(scores) > 1 else scores[-1]))',
    ),
    edit("    results = []\n", "    results, scores = [], []\n"),
    en="Each setting stands beside the score of the one before. It is recorded before its own is measured: fit, then accuracy, then append.",
    ja="それぞれの設定の横に、1 つ前の設定の正解率が並んでいます。自分の値を測る前に記録しているためです。fit、accuracy、append の順にしましょう。",
)
split_not_said = misconception(
    edit('accuracy(model, "valid")', "accuracy(model)"),
    en='accuracy is not told on which part of the data it should measure. Settings are chosen by the validation data: accuracy(model, "valid").',
    ja='accuracy に、どのデータで測るかを渡していません。設定は検証データで選びます。accuracy(model, "valid") としましょう。',
)
