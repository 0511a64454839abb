"""What stands in for modules that are not here: types that only annotate, and the scripts of a submission."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

import pytest

from grader.sandbox.guest import missing_packages, partial_execution


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of a sandbox, in which scripts were run; what is put into sys.modules is gone afterwards."""
    main = types.ModuleType("__main__")
    monkeypatch.setattr(sys, "modules", {**sys.modules, "__main__": main})
    return vars(main)


def test_types_beside_the_code_check_nothing(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes in brackets, unions with None and decorators with and without options."""
    monkeypatch.setattr(missing_packages, "ONLY_FOR_TYPES", ("no_such_types",))
    missing_packages.plain_types()
    exec(
        "from no_such_types import Float, Int, jaxtyped, checked\n"
        "@jaxtyped(typechecker=checked)\n"
        "@checked\n"
        "def twice(x: Float[list, 'batch time'] | None = None) -> Int[list, '']:\n"
        "    return 2 * x\n",
        names,
    )
    assert names["twice"]([1]) == [1, 1]


def test_an_installed_package_is_left_alone(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing_packages, "ONLY_FOR_TYPES", ("json",))
    missing_packages.plain_types()
    assert importlib.import_module("json").loads("1") == 1


def test_scripts_in_folders_import_each_other(names: dict[str, Any]) -> None:
    """At any depth, by the name of the folder or of the script; a function goes before the script that is called like it."""
    names |= {"load": lambda: "loaded", "Model": type("Model", (), {})}
    missing_packages.own_scripts(["data.load", "load", "src.data.load", "model", "src.model"])
    exec(
        "from src.data import load\nfrom src.data.load import load as same\nimport src.model\nfrom src import model\n"
        "found = load() + same(), src.model.Model, model.Model",
        names,
    )
    assert names["found"] == ("loadedloaded", names["Model"], names["Model"])


def test_a_script_never_hides_the_standard_library(names: dict[str, Any]) -> None:
    """A package's types.py is found by what it defines; everything else of that name is the library's."""
    names |= {"Batch": type("Batch", (), {})}
    missing_packages.own_scripts(["types", "package.types"])
    script = sys.modules["types"]  # an import of a library that is loaded does not look here in a test
    assert script.SimpleNamespace(x=1).x == 1
    assert script.Batch is names["Batch"] is sys.modules["package.types"].Batch


def test_a_script_knows_where_it_lies(names: dict[str, Any]) -> None:
    missing_packages.as_script("train.py")
    exec("from pathlib import Path\nplace = Path(__file__)", names)
    assert names["place"].name == "train.py" and names["place"].is_absolute()


def test_a_type_that_is_not_here_costs_no_definition() -> None:
    """What is annotated with a class of an absent package is defined all the same; what uses one is not."""
    names: dict[str, Any] = {}
    source = (
        "def scores(model: AbsentModel, x: int) -> AbsentTensor:\n    return x + 1\n"
        "class Uses(AbsentBase):\n    pass\n"
        "from dataclasses import dataclass\n"
        "@dataclass\nclass Settings:\n    width: int = 3\n    model: AbsentModel = None\n"
    )
    partial_execution.define(names, source, 0, ran=False)
    assert names["scores"](None, 1) == 2 and names["Settings"](4).width == 4 and "Uses" not in names


def test_dill_is_pickle() -> None:
    """What is written by the one is read by the other, and PyTorch may ask for what dill alone has."""
    dill: Any = missing_packages.pickle_by_another_name()
    assert dill.loads(dill.dumps({"a": [1]}, recurse=True)) == {"a": [1]} and dill.extend(use_dill=False) is None
    with pytest.raises(ModuleNotFoundError, match="No module named 'dill'"):
        dill.dumps(lambda: 3)


def test_a_default_that_nobody_counted_is_the_usual_one(names: dict[str, Any]) -> None:
    """A longest text and a device; what only the notebook can know stays unknown, and nothing is defined with it."""
    source = (
        "LONG = 7\n"
        "class Decoder:\n"
        "    def __init__(self, size, max_length=MAX_LENGTH, device=DEVICE, *, long=LONG):\n"
        "        self.made = size, max_length, device, long, list(map(lambda n, s=size: n + s, [1]))\n"
        "def to_ids(words, unknown=CONFIG['unknown'], most=MAX_WORDS):\n"
        "    return unknown\n"
    )
    partial_execution.define(names, source, 0, ran=False)
    assert names["Decoder"](3).made == (3, 64, "cpu", 7, [4]) and "to_ids" not in names
