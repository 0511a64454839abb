"""Lines of the reference answer that the known answers, right and wrong, are edits of."""

from grader.checks import edit

NORMAL = (
    "        centred = x - x.mean(dim=-1, keepdim=True)\n"
    "        variance = centred.square().mean(dim=-1, keepdim=True)\n"
    "        normal = centred / torch.sqrt(variance + self.eps)\n"
    "        return self.gain * normal + self.shift\n"
)
POST = (
    edit("h = self.norm1(x)", "h = x"),
    edit("x = x + self.dropout(attended)", "x = self.norm1(x + self.dropout(attended))"),
    edit("h = self.norm2(x)", "h = x"),
    edit("return x + self.dropout(thought)", "return self.norm2(x + self.dropout(thought))"),
)
GELU = edit("nn.ReLU()", "nn.GELU()")
SILU = edit("nn.ReLU()", "nn.SiLU()")
GELU_TANH = edit("nn.ReLU()", 'nn.GELU(approximate="tanh")')
