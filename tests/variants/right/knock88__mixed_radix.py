# about: mixed radix
from typing import Any, NamedTuple


class Trial(NamedTuple):
    config: dict[str, Any]
    accuracy: float


def decoded(number, space):
    config = {}
    for name, values in space.items():
        number, digit = divmod(number, len(values))
        config[name] = values[digit]
    return config


def tune(fit, accuracy, space, trials):
    total = 1
    for values in space.values():
        total *= len(values)
    tried = []
    for number in random.sample(range(total), k=min(trials, total)):
        config = decoded(number, space)
        tried.append(Trial(config, accuracy(fit(dict(config)), "valid")))
    tried.sort(key=lambda trial: trial.accuracy, reverse=True)
    return tried[0].config, tried
