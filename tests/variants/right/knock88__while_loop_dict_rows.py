# about: rows as dicts sorted from the best down, the best a copy
def tune(fit, accuracy, space, trials):
    tried, rows = set(), []
    total = 1
    for values in space.values():
        total *= len(values)
    while len(tried) < min(trials, total):
        choice = tuple(random.choice(space[name]) for name in space)
        if choice in tried:
            continue
        tried.add(choice)
        config = dict(zip(space, choice))
        rows.append({"config": config, "valid_accuracy": accuracy(fit(config), "valid")})
    rows.sort(key=lambda row: -row["valid_accuracy"])
    return dict(rows[0]["config"]), rows
