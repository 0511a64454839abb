# about: min instead of max, shuffled
# name: smallest_is_best
# known: yes
def tune(fit, accuracy, space, trials):
    settings = [dict(zip(space, v)) for v in product(*space.values())]
    random.shuffle(settings)
    results = [(c, accuracy(fit(c), "valid")) for c in settings[:trials]]
    return sorted(results, key=lambda r: r[1])[0][0], results
