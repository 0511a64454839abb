"""Modules that are not here: trackers that would want a network, progress bars that would want a browser, types that only
annotate, and the scripts of the submission itself, whose code has been run in this very sandbox.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pickle
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

from .loaded import when_imported

TRACKERS = ("otter", "wandb", "mlflow", "comet_ml", "neptune", "tensorboardX", "torch.utils.tensorboard")
ONLY_FOR_DISPLAY = (
    "japanize_matplotlib",
    "ipdb",
    "pudb",
    "seaborn",
    "plotly",
    "torchviz",
    "torchinfo",
    "torchsummary",
    "torchsummaryX",
    "pytorch_model_summary",
    "hiddenlayer",
    "bertviz",
)
DOWNLOADERS = ("gdown", "wget", "pydrive", "pydrive2")  # there is no network; the usual files are laid out
LOGGERS = ("logzero", "loguru")
# Only what is written behind a colon, and decorators that look at it: from jaxtyping import Float, jaxtyped
ONLY_FOR_TYPES = ("jaxtyping", "torchtyping", "nptyping", "beartype", "typeguard")


class Whatever:
    """Takes every call, attribute, item and `with`, keeps nothing and is nothing."""

    def __call__(self, *_args: Any, **_kwargs: Any) -> Whatever:
        return self

    def __getattr__(self, name: str) -> Whatever:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _key: Any) -> Whatever:
        return self

    def __setitem__(self, _key: Any, _value: Any) -> None:
        """Kept nowhere."""

    def __enter__(self) -> Whatever:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing was opened."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __bool__(self) -> bool:
        return False


class Shaped:
    """A type with a shape behind it, `Float[Tensor, "batch time"]`, which is the type alone; and a decorator that checks nothing."""

    def __getitem__(self, item: Any) -> Any:
        return item[0] if isinstance(item, tuple) and item else Any

    def __call__(self, *given: Any, **_options: Any) -> Any:
        """`@beartype` gives the function back, `@jaxtyped(typechecker=...)` a decorator that does."""
        return given[0] if len(given) == 1 and callable(given[0]) else self


class Logger(Whatever):
    """`from loguru import logger`: says its messages to nobody, and leaves what it decorates as it is."""

    catch = Shaped()


class SilentModule(types.ModuleType):
    """A module of which everything can be imported and nothing happens. of: what everything in it is."""

    def __init__(self, name: str, of: type = Whatever) -> None:
        super().__init__(name)
        self._of = of
        self.__path__: list[str] = []
        self.__spec__ = importlib.machinery.ModuleSpec(name, None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._of()


class SilentParts(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The parts of a package that is silent are silent too: `import plotly.express as px`, `from lightning.pytorch.callbacks import ...`."""

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        whole = sys.modules.get(name.rpartition(".")[0])
        return importlib.machinery.ModuleSpec(name, self) if isinstance(whole, SilentModule) else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        whole: Any = sys.modules[spec.name.rpartition(".")[0]]
        part: types.ModuleType = type(whole)(spec.name, whole._of)
        return part

    def exec_module(self, _module: types.ModuleType) -> None:
        """There is nothing to run."""


def trackers() -> None:
    """wandb and its like record nothing, installed or not: there is no network, and nobody to log in. Nor is otter asked while we ask.

    What only draws or fetches files does nothing where it is not installed.
    """
    for name in TRACKERS:
        sys.modules[name] = SilentModule(name)
    for name in (*ONLY_FOR_DISPLAY, *DOWNLOADERS):
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = SilentModule(name)
    if importlib.util.find_spec("dill") is None:
        sys.modules["dill"] = pickle_by_another_name()
    sys.meta_path.append(SilentParts())


def pickle_by_another_name() -> types.ModuleType:
    """`import dill as pickle`: what pickle cannot write, such as a lambda, is missing with the package. PyTorch asks for `extend`."""

    def plain(function: Any) -> Any:
        def write(*given: Any, **options: Any) -> Any:
            try:
                return function(*given, **{k: v for k, v in options.items() if k in ("protocol", "fix_imports")})
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                raise ModuleNotFoundError("No module named 'dill'", name="dill") from error

        return write

    module = types.ModuleType("dill")
    module.__spec__ = importlib.machinery.ModuleSpec("dill", None)
    vars(module).update({name: value for name, value in vars(pickle).items() if not name.startswith("__")})
    vars(module).update(dump=plain(pickle.dump), dumps=plain(pickle.dumps))
    module.extend = lambda **_options: None  # type: ignore[attr-defined]
    return module


def plain_types() -> None:
    """Packages of annotations where they are not installed: no value depends on them."""
    for name in ONLY_FOR_TYPES:
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = SilentModule(name, Shaped)


def loggers() -> None:
    """Packages that say how a training goes, where they are not installed: `from logzero import logger`."""
    for name in LOGGERS:
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = SilentModule(name, Logger)


def plain_bars() -> None:
    """tqdm.notebook without widgets; and tqdm where it is not installed, as the loop it would go round."""
    if importlib.util.find_spec("tqdm") is not None:
        bars = sys.modules["tqdm.notebook"] = Bars("tqdm.notebook")
        when_imported(
            "tqdm", lambda tqdm: setattr(tqdm, "notebook", bars)
        )  # `import tqdm` alone; in Jupyter it is there
        return
    for name in ("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.autonotebook", "tqdm.std"):
        module = types.ModuleType(name)
        vars(module).update(tqdm=Bar, tqdm_notebook=Bar, trange=lambda *args, **_: Bar(range(*args)), __path__=[])
        sys.modules[name] = module


def no_workers() -> None:
    """Data loaders work in the notebook's own process: for small data others only cost time, and there is one core."""
    when_imported("torch.utils.data", load_alone)


def load_alone(data: Any) -> None:
    begin = data.DataLoader.__init__

    @functools.wraps(begin)
    def alone(self: Any, *args: Any, **kwargs: Any) -> None:
        kwargs = {
            k: v
            for k, v in kwargs.items()
            if k not in ("prefetch_factor", "persistent_workers", "pin_memory", "timeout")
        }
        if len(args) > 5:
            args = (*args[:5], 0, *args[6:])
        begin(self, *args, **({**kwargs, "num_workers": 0} if len(args) < 6 else kwargs))

    data.DataLoader.__init__ = alone


class Bars(types.ModuleType):
    """tqdm's plain bars, imported when somebody asks."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        import tqdm

        return getattr(tqdm, {"tqdm_notebook": "tqdm", "tnrange": "trange"}.get(name, name))


class Bar:
    """A progress bar that shows nothing."""

    def __init__(self, iterable: Iterable[Any] = (), *_args: Any, **_kwargs: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)  # type: ignore[arg-type]  # as tqdm: an error where there is no length

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing was opened."""

    def __getattr__(self, name: str) -> Any:
        return Whatever() if not name.startswith("__") else super().__getattribute__(name)


class SubmissionScript(types.ModuleType):
    """A script of the submission, or a folder of them: its names are those of the sandbox, in which it was run as cells.

    inner: the scripts of a folder. Of a function and a script of one name, `from .load import load` leaves the function.
    library: the standard library's module of this name. A package's types.py never takes its place: all other code needs that one.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.inner: dict[str, SubmissionScript] = {}
        self.library = sys.modules.get(name) if name in sys.stdlib_module_names else None

    def __getattr__(self, name: str) -> Any:
        if self.library is not None and hasattr(self.library, name):
            return getattr(self.library, name)
        names = sys.modules["__main__"].__dict__
        if name.startswith("__") or (name not in names and name not in self.inner):
            raise AttributeError(f"nothing that was run before defines {name}")
        if name in self.inner and not callable(names.get(name)):
            return self.inner[name]
        return names[name]


def as_script(name: str) -> None:
    """A script knows where it lies: `Path(__file__).parent`. A notebook does not, there as here."""
    vars(sys.modules["__main__"]).setdefault("__file__", os.path.join(os.getcwd(), name))


def own_scripts(names: list[str]) -> None:
    """`from knock80 import to_ids` finds what the cells of knock80.py defined, without running it again."""
    scripts = {name: SubmissionScript(name) for name in names}
    for name in names:
        inside = name
        while "." in inside:
            outer, _, inner = inside.rpartition(".")
            if outer not in scripts and outer in sys.modules:
                setattr(sys.modules[outer], inner, scripts[inside])  # a folder that is called like a library
                break
            scripts.setdefault(outer, SubmissionScript(outer)).inner[inner] = scripts[inside]
            inside = outer
    sys.modules.update(scripts)
