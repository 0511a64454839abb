"""Mistakes in the table of sines and cosines."""

from grader.checks import edit, misconception

sine_twice = misconception(
    edit("torch.stack([angle.sin(), angle.cos()], dim=-1)", "torch.stack([angle.sin(), angle.sin()], dim=-1)"),
    en="The table of positions has a sine in both columns of a pair. Even columns are sines, odd ones cosines.",
    ja="位置の表で、対になる 2 列がどちらも sin です。偶数列は sin、奇数列は cos です。",
)
angle_multiplied = misconception(
    edit("[:, None] / 10000 **", "[:, None] * 10000 **"),
    en="The position is multiplied by 10000^(2i/d) where it should be divided by it. The angles are then so large that neighbouring positions look unrelated.",
    ja="位置を 10000^(2i/d) で割るところで、掛けています。角度が大きくなりすぎ、隣り合う位置どうしが似ても似つかない値になります。",
)
exponent_grows_too_slowly = misconception(
    edit("10000 ** (torch.arange(0, d_model, 2) / d_model)", "10000 ** (torch.arange(0, d_model // 2) / d_model)"),
    en="The exponent is i/d where it should be 2i/d: count the columns in steps of two, torch.arange(0, d_model, 2).",
    ja="指数が 2i/d ではなく i/d になっています。列を 2 つおきに数えましょう（torch.arange(0, d_model, 2)）。",
)
