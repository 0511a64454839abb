"""A batch while it runs, for a terminal: how far it is, what is running, how long it will take, who is slow."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from grader.model import Language, Text

SHOWN = 8  # running submissions, and slow ones, at most


@dataclass(frozen=True)
class BatchProgress:
    """Counts of submissions that are settled; unchanged: how many of them by an earlier batch. right: full marks; pending: nothing lost, and something for a person to decide; wrong: a point lost; broken: ours; running and slow: (name, seconds).

    All of these are of submissions that count, and of the points that do: what lateness takes is lost. reduced: how many lose
    something by that. earlier: those in whose place another one of the same student counts.

    workers: those that are ready. seconds: since the batch began.
    """

    total: int
    unchanged: int = 0
    right: int = 0
    pending: int = 0
    wrong: int = 0
    unreadable: int = 0
    broken: int = 0
    earlier: int = 0
    reduced: int = 0
    running: tuple[tuple[str, float], ...] = ()
    slow: tuple[tuple[str, float], ...] = ()
    workers: int = 0
    seconds: float = 0.0

    @property
    def settled(self) -> int:
        return self.right + self.pending + self.wrong + self.unreadable + self.broken + self.earlier

    @property
    def graded(self) -> int:
        """By this batch."""
        return self.settled - self.unchanged

    @property
    def rate(self) -> float:
        """Submissions a minute."""
        return 60 * self.graded / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds until the end at this rate. None before anything is known."""
        waiting = self.total - self.settled
        return 60 * waiting / self.rate if self.rate else None


def render(progress: BatchProgress, language: Language) -> RenderableType:
    """The whole display."""
    done = progress.settled
    head = Table.grid(padding=(0, 2))
    bar = ProgressBar(total=max(1, progress.total), completed=done, width=30)
    head.add_row(bar, f"{done} / {progress.total}", pace(progress, language))
    return Group(head, counts(progress, language), moving(progress, language))


def pace(progress: BatchProgress, language: Language) -> str:
    if progress.left is None:
        return WAITING.in_(language) if not progress.workers else ""
    return PACE.in_(language).format(rate=progress.rate, left=clock(progress.left), workers=progress.workers)


def counts(progress: BatchProgress, language: Language) -> str:
    """The counts that are not zero, and the most important one always."""
    shown = [(name, style, getattr(progress, name)) for name, style in STYLES.items()]
    words = [
        f"[{style}]{COUNTS[name].in_(language)} {count}[/]" for name, style, count in shown if count or name == "right"
    ]
    return "   ".join(words)


def summary(progress: BatchProgress, language: Language) -> str:
    """The same counts in plain words: `full marks 3, less than full 1`."""
    found = [(name, getattr(progress, name)) for name in STYLES]
    return ", ".join(f"{COUNTS[name].in_(language)} {count}" for name, count in found if count or name == "right")


def moving(progress: BatchProgress, language: Language) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, seconds in sorted(progress.running, key=lambda pair: -pair[1])[:SHOWN]:
        table.add_row(RUNNING.in_(language), escape(name), clock(seconds))
    for name, seconds in progress.slow[:3]:
        table.add_row(f"[dim]{SLOW.in_(language)}[/]", f"[dim]{escape(name)}[/]", f"[dim]{clock(seconds)}[/]")
    return table


def clock(seconds: float) -> str:
    """3725 -> 1:02:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


STYLES = {
    "right": "green",
    "pending": "cyan",
    "wrong": "yellow",
    "unreadable": "red",
    "broken": "bold magenta",
    "earlier": "dim",
    "reduced": "yellow",
    "unchanged": "dim",
}
COUNTS = {
    "right": Text(en="full marks", ja="満点"),
    "pending": Text(en="nothing lost, a person decides", ja="減点なし・人の確認待ち"),
    "wrong": Text(en="less than full", ja="満点未満"),
    "unreadable": Text(en="unreadable", ja="読めないファイル"),
    "broken": Text(en="our fault", ja="採点側の不具合"),
    "earlier": Text(en="superseded", ja="ほかの提出を採用"),
    "reduced": Text(en="late with points off", ja="うち遅延で減点"),
    "unchanged": Text(en="of these unchanged", ja="うち変更なし"),
}
PACE = Text(
    en="{rate:.1f} a minute, {left} left, {workers} at work", ja="毎分 {rate:.1f} 件・残り {left}・ワーカー {workers}"
)
WAITING = Text(en="waiting for a worker", ja="ワーカーの準備を待っています")
RUNNING = Text(en="running", ja="採点中")
SLOW = Text(en="took long", ja="時間のかかった提出")
