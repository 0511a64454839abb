# about: zero grad before the step
# name: no_step
def one_pass(model, loader, device, optimizer=None):
    model.train(optimizer is not None)
    total, correct, count = 0.0, 0, 0
    with torch.set_grad_enabled(optimizer is not None):
        for *inputs, labels in loader:
            inputs, labels = [tensor.to(device) for tensor in inputs], labels.to(device)
            logits = model(*inputs)
            loss = F.cross_entropy(logits, labels)
            if optimizer is not None:
                loss.backward()
                optimizer.zero_grad()
                optimizer.step()
            total += loss.item() * len(labels)
            correct += (logits.argmax(dim=-1) == labels).sum().item()
            count += len(labels)
    return total / count, correct / count
