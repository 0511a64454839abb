# about: the test accuracy is printed for each trial
# name: test_for_every_trial
# known: no
def tune(fit, accuracy, space, trials):
    settings = [dict(zip(space, v)) for v in product(*space.values())]
    random.shuffle(settings)
    results = []
    for c in settings[:trials]:
        m = fit(c)
        print(c, accuracy(m, "valid"), accuracy(m, "test"))
        results.append((c, accuracy(m, "valid")))
    return max(results, key=lambda r: r[1])[0], results
