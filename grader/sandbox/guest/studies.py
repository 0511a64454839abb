"""optuna where it is not installed: a study that draws settings at random and keeps the best trial.

Names as in optuna 4, as far as notebooks on hyperparameters use them. Drawing is seeded, so that a run repeats itself.
"""

from __future__ import annotations

import importlib.util
import math
import random
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .missing_packages import SilentModule

MOST_TRIALS = 1000  # of a study that says neither how many nor how long


class TrialPruned(Exception):
    """Raised by an objective to give a trial up."""


class Trial:
    """One set of values, drawn as they are asked for. The name of a setting has one value in a trial."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.number, self.rng = number, rng
        self.params: dict[str, Any] = {}
        self.user_attrs: dict[str, Any] = {}
        self.intermediate_values: dict[int, float] = {}
        self.value: float | None = None
        self.state = "RUNNING"

    def kept(self, name: str, draw: Callable[[], Any]) -> Any:
        if name not in self.params:
            self.params[name] = draw()
        return self.params[name]

    def suggest_int(self, name: str, low: int, high: int, step: int = 1, log: bool = False) -> int:
        if log:
            return int(
                self.kept(name, lambda: min(high, round(math.exp(self.rng.uniform(math.log(low), math.log(high))))))
            )
        return int(self.kept(name, lambda: low + step * self.rng.randint(0, (high - low) // step)))

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        if log:
            return float(self.kept(name, lambda: math.exp(self.rng.uniform(math.log(low), math.log(high)))))
        if step:
            return float(self.kept(name, lambda: low + step * self.rng.randint(0, int((high - low) / step + 1e-9))))
        return float(self.kept(name, lambda: self.rng.uniform(low, high)))

    def suggest_uniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high, log=True)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:
        return self.suggest_float(name, low, high, step=q)

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        return self.kept(name, lambda: self.rng.choice(list(choices)))

    def report(self, value: float, step: int) -> None:
        self.intermediate_values[int(step)] = float(value)

    def should_prune(self) -> bool:
        return False

    def set_user_attr(self, key: str, value: Any) -> None:
        self.user_attrs[key] = value


class Study:
    """The trials so far and the best of them."""

    def __init__(self, direction: str = "minimize") -> None:
        self.direction = direction
        self.trials: list[Trial] = []
        self.user_attrs: dict[str, Any] = {}
        self.waiting: list[dict[str, Any]] = []
        self.stopped = False

    def ask(self) -> Trial:
        trial = Trial(len(self.trials), random.Random(len(self.trials)))
        trial.params |= self.waiting.pop(0) if self.waiting else {}
        self.trials.append(trial)
        return trial

    def enqueue_trial(self, params: dict[str, Any], **_options: Any) -> None:
        self.waiting.append(dict(params))

    def optimize(
        self,
        func: Callable[[Trial], float],
        n_trials: int | None = None,
        timeout: float | None = None,  # noqa: ARG002  # optuna's name: the cell has its own time
        callbacks: Iterable[Callable[[Study, Trial], None]] | None = None,
        catch: Any = (),
        **_options: Any,
    ) -> None:
        """Run trials one after the other. What an objective raises goes on, except for what `catch` names."""
        caught = tuple(catch) if isinstance(catch, (tuple, list)) else (catch,)
        for _ in range(MOST_TRIALS if n_trials is None else n_trials):
            trial = self.ask()
            try:
                trial.value = float(func(trial))
                trial.state = "COMPLETE"
            except TrialPruned:
                trial.state = "PRUNED"
            except caught:
                trial.state = "FAIL"
            for callback in callbacks or ():
                callback(self, trial)
            if self.stopped:
                break

    def stop(self) -> None:
        self.stopped = True

    @property
    def best_trial(self) -> Trial:
        done = [trial for trial in self.trials if trial.value is not None]
        if not done:
            raise ValueError("No trials are completed yet.")
        sign = -1 if str(self.direction).lower().endswith("maximize") else 1
        return min(done, key=lambda trial: sign * (trial.value or 0.0))

    @property
    def best_value(self) -> float:
        return float(self.best_trial.value or 0.0)

    @property
    def best_params(self) -> dict[str, Any]:
        return self.best_trial.params

    def set_user_attr(self, key: str, value: Any) -> None:
        self.user_attrs[key] = value

    def trials_dataframe(self, *_args: Any, **_options: Any) -> Any:
        import pandas

        rows = [{"number": t.number, "value": t.value, "state": t.state} | {f"params_{n}": v for n, v in t.params.items()}
                for t in self.trials]  # fmt: skip
        return pandas.DataFrame(rows)


def create_study(direction: str = "minimize", **_options: Any) -> Study:
    return Study(direction)


def small_optuna() -> None:
    """`import optuna` where it is not installed; its samplers and pruners are taken and ignored, its plots are silent."""
    if importlib.util.find_spec("optuna") is not None:
        return
    optuna = SilentModule("optuna")
    vars(optuna).update(create_study=create_study, Study=Study, Trial=Trial, TrialPruned=TrialPruned)
    optuna.__version__ = "4 (stand-in)"  # type: ignore[attr-defined]
    sys.modules["optuna"] = optuna
    for name in ("trial", "study", "exceptions", "samplers", "pruners", "visualization", "logging", "integration"):
        inner = SilentModule(f"optuna.{name}")
        vars(inner).update(Trial=Trial, Study=Study, TrialPruned=TrialPruned, create_study=create_study)
        inner.TrialState = types.SimpleNamespace(  # type: ignore[attr-defined]
            COMPLETE="COMPLETE", PRUNED="PRUNED", FAIL="FAIL", RUNNING="RUNNING"
        )
        setattr(optuna, name, inner)
        sys.modules[f"optuna.{name}"] = inner
