"""First steps with PyTorch for who knows Python: tensors and shapes, gradients, modules, batches."""

from grader.checks import Text

TITLE = Text(
    en="First steps: tensors, gradients, modules, batches", ja="はじめの一歩: テンソル・勾配・モジュール・バッチ"
)
ORDER = ("primer_tensors", "primer_gradients", "primer_modules", "primer_batches")
