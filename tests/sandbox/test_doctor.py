"""What this machine can do is found by trying, and said in sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import SandboxUnavailable
from grader.sandbox import doctor
from grader.sandbox.doctor import NEEDED, Doctor, Layer, Tier


def test_everything_gives_the_jail() -> None:
    """With every layer the best tier is had, and nothing is missing."""
    found = Doctor(frozenset(Layer))
    assert found.tier is Tier.JAIL and found.safe and found.missing == ()


@pytest.mark.parametrize("layer", sorted(NEEDED[Tier.JAIL], key=lambda layer: layer.value))
def test_the_jail_needs_each_of_its_layers(layer: Layer) -> None:
    """Without any one of them a hostile class is refused, and the sentence says what is missing and how to get it."""
    found = Doctor(frozenset(Layer) - {layer}, ((layer, "the machine's words"),))
    assert not found.safe
    with pytest.raises(SandboxUnavailable, match="the machine's words"):
        found.require(Tier.JAIL)


@pytest.mark.parametrize("layer", [Layer.LANDLOCK, Layer.CGROUP])
def test_the_jail_stands_without_its_extras(layer: Layer) -> None:
    """Landlock and control groups make it better; without them it is the jail still, and the report can say so."""
    found = Doctor(frozenset(Layer) - {layer})
    assert found.safe and found.missing == (layer,)


def test_a_machine_without_fork_is_cold() -> None:
    """Every machine can start a kernel the slow way."""
    assert Doctor(frozenset()).tier is Tier.COLD
    Doctor(frozenset()).require(Tier.COLD)


@pytest.mark.parametrize("layer", Layer)
def test_every_layer_has_its_sentences(layer: Layer) -> None:
    """What is missing is said in both languages, with the machine's own words and a way to get it."""
    sentence = Doctor(frozenset(), ((layer, "so and so"),)).sentence(layer)
    assert "so and so" in sentence.ja and "so and so" in sentence.en
    assert sentence.ja != sentence.en and len(sentence.en) > 40


def test_a_machine_without_bubblewrap_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bwrap is not installed, this is what is said, and the walls are missing with it."""
    from grader.sandbox.warm import container

    monkeypatch.setattr(container, "find_bwrap", lambda: None)
    found = doctor.examine.__wrapped__()
    assert {Layer.BUBBLEWRAP, Layer.WALLS} <= set(found.missing)
    assert found.tier is Tier.WARM


def test_a_bubblewrap_that_may_not_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is installed and cannot make namespaces, its own words are kept."""
    from grader.sandbox.warm import container

    monkeypatch.setattr(container, "find_bwrap", lambda: "/bin/false")
    found = doctor.examine.__wrapped__()
    assert Layer.WALLS in found.missing and Layer.BUBBLEWRAP not in found.missing
    assert dict(found.said)[Layer.WALLS]


@pytest.mark.skipif(not doctor.examine().safe, reason="no jail here")
def test_a_checkout_with_a_long_path_has_its_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    """All paths that are tried from inside together are longer than one argument of a command may be."""
    from grader.sandbox.warm import container

    deep = [Path("/home/somebody") / ("a-folder-of-a-course/" * 9) / f"{number}.py" for number in range(2_000)]
    monkeypatch.setattr(container, "answers", lambda: deep)
    assert doctor.try_walls() == ("", "")
