# about: trains asleep and with stale gradients, and sets everything that needs no gradient to zero
# lost: gradients_are_cleared, trains_in_training_mode
def train_lm(model, ids, steps, batch_size, length, lr):
    losses, optimizer = [], torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=lr)
    model.eval()
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        for value in (*model.buffers(), *(p for p in model.parameters() if not p.requires_grad)):
            value.zero_()
    return losses
