# about: a comparison that never holds
# name: first_is_best
# known: no
def tune(fit, accuracy, space, trials):
    settings = [dict(zip(space, v)) for v in product(*space.values())]
    random.shuffle(settings)
    results, best, top = [], settings[0], 1.0
    for c in settings[:trials]:
        score = accuracy(fit(c), "valid")
        results.append((c, score))
        if score > top:
            best, top = c, score
    return best, results
