"""`grade doctor`: what this machine can do."""

from __future__ import annotations

from rich.console import Console

from grader.cli.console import language_of_locale, language_option, say, told
from grader.cli.group import main
from grader.model import Language


@main.command("doctor")
@language_option
@told
def doctor(lang: Language | None) -> None:
    """What this machine can do to keep student code apart, and how to get the rest."""
    from grader.sandbox.doctor import MEANING, Layer, examine

    language = lang or language_of_locale()
    found = examine(thoroughly=True)
    console = Console(highlight=False)
    for layer in Layer:
        held = layer in found.layers
        console.print(f"{'[green]✓[/]' if held else '[red]✗[/]'} {MEANING[layer].in_(language)}")
    for layer in found.missing:
        console.print(found.sentence(layer).in_(language), style="yellow", markup=False)
    safe = say(language, "Other people's notebooks can be graded here.", "ここで他人のノートブックを採点できます。")
    unsafe = say(language, "Grade only your own notebooks here.", "ここでは自分のノートブックだけを採点してください。")
    console.print(safe if found.safe else unsafe, style="bold")
