"""The sizes of a text classifier: what is asked for, what its class takes, and what its parameters show."""

from __future__ import annotations

from collections.abc import Collection

from torch import Tensor

from grader.checks import Draw, Failure, Module, Student, Text, Unmatched

USUAL_LABELS = 4  # the news have four categories: a layer with four outputs must be seen not to follow output_size


FEWEST = 4  # rows of an embedding with which a title can be asked about at all


TOO_FEW_WORDS = Text(
    en="The class takes its vocabulary from the notebook's own data, and hardly a word was there when it was graded; a person looks.",
    ja="このクラスは語彙をノートブック自身のデータから作りますが、採点時にはほとんど単語がありませんでした。人が確認します。",
)


def drawn_sizes(draw: Draw, *widths: str, smallest: int = 6) -> dict[str, int]:
    """vocab_size, padding_idx, output_size and these even widths: all distinct, none twice another."""
    while True:
        found = dict(zip(widths, draw.widths(len(widths), smallest), strict=True))
        labels, words = draw.number(3, 13), draw.number(24, 90)
        sizes = [labels, words, *found.values()]
        twice = any(one in (other, 2 * other) for i, one in enumerate(sizes) for other in sizes[:i] + sizes[i + 1 :])
        if labels != USUAL_LABELS and not twice:
            return {"vocab_size": words, "padding_idx": words - 1, "output_size": labels, **found}


LAYERS = ("output_size", "hidden_size", "out_channels", "emb_size")  # the sizes that are widths of layers


def not_found(weights: dict[str, Tensor], asked: dict[str, int]) -> tuple[str, ...]:
    """The sizes that no parameter has, where the output layer can be told from the others by its own.

    Gates stand three or four times above one another, directions side by side. The scores do neither, and a window of
    three words is no layer with three scores.
    """
    found = {n for w in weights.values() for n in w.shape}
    outer = {n for w in weights.values() for n in (w.shape if w.dim() < 3 else w.shape[:1])}
    widths = {name: {times * asked[name] for times in (1, 2, 3, 4)} for name in LAYERS if name in asked}
    if "output_size" in widths:
        widths["output_size"] = {asked["output_size"]} & outer
    widths["vocab_size"] = set(
        range(asked["vocab_size"], asked["vocab_size"] + 4)
    )  # with rows for padding and the like
    lost = tuple(name for name, fitting in widths.items() if not found & fitting)
    if not lost or sum(w.dim() == 2 for w in weights.values()) < 2:
        return ()
    leaving = head(weights).shape[0]
    inner = {asked[name] for name in ("hidden_size", "out_channels") if name in asked}
    return () if "output_size" in lost and {leaving, leaving // 3, leaving // 4} & inner else lost


def own_length(student: Student, name: str) -> int:
    """The one length of titles that their model is made for, or the shortest; 0 for any. Whether that is right is asked in 86."""
    match = student.matched(name)
    return match.form.length if match is not None else 0


def takes_longer(student: Student, name: str) -> bool:
    """Whether their model takes titles of more words than its own length."""
    match = student.matched(name)
    return match is None or not match.form.length or match.form.longer


def takes(student: Student, name: str) -> tuple[str, ...] | None:
    """The contract's arguments that reach the class, () where it takes nothing, None where it takes what it is given."""
    described = student.describe(name)
    match = student.matched(name)
    if match is not None:
        return match.accepts
    return () if described["kind"] == "class" and not described["parameters"] else None


def ask_for(student: Student, name: str, *sizes: str) -> bool:
    """Whether the class can be asked for these sizes at all."""
    taken = takes(student, name)
    return taken is None or set(sizes) <= set(taken)


def sizes_of(
    module: Module, asked: dict[str, int], taken: tuple[str, ...] | None, directions: int, ignored: Collection[str]
) -> dict[str, int]:
    """The contract's sizes: as asked for where they reach the class and its layers, else read from its parameters.

    The rows of the embedding are always read: many classes add one or two for unknown words and padding.
    """
    if not ignored and (taken is None or set(asked) <= set(taken)):
        tables = [len(w) for w in module.weights.values() if w.dim() == 2 and w.shape[1] == asked["emb_size"]]
        grown = [count for count in tables if asked["vocab_size"] < count <= asked["vocab_size"] + 3]
        return asked if asked["vocab_size"] in tables or not grown else {**asked, "vocab_size": grown[0]}
    matrices = {name: w for name, w in module.weights.items() if w.dim() == 2}
    if len(matrices) < 2:
        raise Failure(
            Text(
                en="The model holds no embedding and no output layer, so nothing can be recomputed.",
                ja="モデルに埋め込み層と出力層が見つからないため、検算できません。",
            )
        )
    embedding = next((w for name, w in matrices.items() if "emb" in name.lower()), next(iter(matrices.values())))
    rows, width = embedding.shape
    if rows < FEWEST:
        raise Unmatched("the vocabulary is too small", TOO_FEW_WORDS)
    outputs, states = head(module.weights).shape
    read = {"vocab_size": rows, "emb_size": width, "padding_idx": rows - 1, "output_size": outputs}
    read["hidden_size"] = states // directions
    read["out_channels"] = states
    read |= {"num_layers": count} if (count := layers(module.weights)) else {}
    kept = set(asked if taken is None else taken) - set(ignored)
    kept -= set() if ignored else {"vocab_size", "padding_idx"}
    return {key: value if key in kept else read.get(key, value) for key, value in asked.items()}


def layers(weights: dict[str, Tensor]) -> int:
    """How many recurrent layers there are, by the matrices from state to state of one direction; 0 if it cannot be told."""
    return sum("weight_hh" in name and "reverse" not in name for name in weights)


def head(weights: dict[str, Tensor]) -> Tensor:
    """The output layer's (L, H): the last matrix that is a Linear's, where one has a bias beside it; else the last of all.

    An embedding may be declared after it, and a recurrent layer too, whose biases are called otherwise (`bias_ih_l0`).
    """
    matrices = {name: w for name, w in weights.items() if w.dim() == 2}
    linear = [
        w for name, w in matrices.items() if name.endswith("weight") and f"{name[: -len('weight')]}bias" in weights
    ]
    return (linear or list(matrices.values()))[-1]
