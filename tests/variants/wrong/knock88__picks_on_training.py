# about: the best on the training data, shuffled
# name: chosen_on_training
# known: yes
def tune(fit, accuracy, space, trials):
    settings = [dict(zip(space, v)) for v in product(*space.values())]
    random.shuffle(settings)
    results, best, top = [], None, 0
    for c in settings[:trials]:
        m = fit(c)
        results.append((c, accuracy(m, "valid")))
        if accuracy(m, "train") > top:
            best, top = c, accuracy(m, "train")
    return best, results
