"""What a beam search carries along, and tables of probabilities on which wrong searches come to something else."""

from collections.abc import Callable

from torch import Tensor

from grader.checks import Draw

Candidate = tuple[list[int], float]


def carry(table: Tensor, end: int, width: int, longest: int, branches: int | None = None) -> list[Candidate]:
    """What a search over the table (V, V, V) carries along to its end. branches: words that each grows by, after the first."""
    beam: list[Candidate] = [([0], 0.0)]
    for length in range(1, longest):
        candidates = [candidate for candidate in beam if candidate[0][-1] == end]
        for ids, score in beam:
            if ids[-1] != end:
                following = table[ids[-2] if length > 1 else 0, ids[-1]]
                best = following.argsort(descending=True)[: branches if length > 1 else None].tolist()
                candidates += [([*ids, word], score + float(following[word])) for word in best]
        beam = sorted(candidates, key=lambda candidate: -candidate[1])[:width]
    return beam


def grow(table: Tensor, beam: list[Candidate], width: int) -> list[Candidate]:
    """The best of all that these become with one word more, finished or not."""
    grown = []
    for ids, score in beam:
        following = table[ids[-2] if len(ids) > 1 else 0, ids[-1]].tolist()
        grown += [([*ids, word], score + following[word]) for word in range(len(following))]
    return sorted(grown, key=lambda candidate: -candidate[1])[:width]


def tells_much(table: Tensor, end: int, width: int, longest: int) -> bool:
    """Whether a wide search finds what a greedy one, or one that hardly branches, does not."""
    best = carry(table, end, width, longest)[0][0]
    narrow = (carry(table, end, 1, longest)[0][0], carry(table, end, width, longest, branches=1)[0][0])
    return best not in narrow


def tells_of_ends(table: Tensor, end: int, width: int, longest: int) -> bool:
    """Whether a short finished sentence is the best by its score, and a longer one by the mean of it."""
    beam = carry(table, end, width, longest)
    by_mean = max(beam, key=lambda candidate: candidate[1] / len(candidate[0]))
    return beam[0][0][-1] == end and beam[0][0] != by_mean[0]


def tells_means_from_growth(table: Tensor, end: int, width: int, longest: int) -> bool:
    """Whether ranking by the mean finds one thing, finished sentences that grow on until the best of a round ends come to another, and
    neither is right."""
    beam = carry(table, end, width, longest)
    by_mean = max(beam, key=lambda candidate: candidate[1] / len(candidate[0]))
    grown: list[Candidate] = [([0], 0.0)]
    while grown[0][0][-1] != end and len(grown[0][0]) < longest:
        grown = grow(table, grown, width)
    return len({tuple(found[0]) for found in (beam[0], by_mean, grown[0])}) == 3


def tells_of_places(table: Tensor, end: int, width: int, longest: int) -> bool:
    """Whether a search in which finished ones take up no place among the `width` finds something else."""
    beam: list[Candidate] = [([0], 0.0)]
    aside: list[Candidate] = []
    while beam and len(beam[0][0]) < longest:
        kept = grow(table, beam, width)
        aside += [candidate for candidate in kept if candidate[0][-1] == end]
        beam = [candidate for candidate in kept if candidate[0][-1] != end]
    best = max(aside + beam, key=lambda candidate: candidate[1])
    return best[0] != carry(table, end, width, longest)[0][0]


def all_end_early(table: Tensor, end: int, width: int, longest: int) -> bool:
    """Whether all that are carried along are finished before they are as long as they may be."""
    return all(ids[-1] == end and len(ids) < longest for ids, _ in carry(table, end, width, longest))


def draw_table(
    draw: Draw, words: int, end: int, likely: float, wanted: Callable[[Tensor], bool] | None = None
) -> Tensor:
    """Log probabilities (V, V, V) of the next word by the last two. likely: added to the scores of the end. wanted: what it
    should tell; after many draws the last is taken as it is."""
    for _ in range(200):
        scores = draw.normal(words, words, words, scale=1.5)
        scores[:, :, end] += likely
        table = scores.log_softmax(dim=-1)
        if wanted is None or wanted(table):
            break
    return table
