"""Fake models, handed to the student's code in the place of real ones. They arrive as text."""

from grader.checks import StandsFor


def own_model(vocabulary: int, max_len: int) -> StandsFor:
    """The student's language model for which a fake stands, with as many characters and as long a memory."""
    sizes = {"d_model": 8, "num_heads": 2, "d_ff": 16, "num_layers": 1, "dropout": 0.0}
    return StandsFor("TransformerLM", {"vocab_size": vocabulary, **sizes, "max_len": max_len})
