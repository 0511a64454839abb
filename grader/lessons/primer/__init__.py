"""First steps with PyTorch for who knows Python: tensors and shapes, gradients, modules, batches."""
