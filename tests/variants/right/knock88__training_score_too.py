# about: the accuracy on the training data stands beside, the choice is made on validation
def tune(fit, accuracy, space, trials):
    settings = [dict(zip(space, values)) for values in product(*space.values())]
    random.shuffle(settings)
    results, best, best_score = [], None, float("-inf")
    for config in settings[:trials]:
        model = fit(config)
        train, valid = accuracy(model, "train"), accuracy(model, "valid")
        results.append((config, train, valid))
        if valid > best_score:
            best, best_score = config, valid
    return best, results
