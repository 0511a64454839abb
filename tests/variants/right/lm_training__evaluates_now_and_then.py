# about: measures every five steps and goes back to training
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.95), weight_decay=0.1)
    losses = []
    for step in range(steps):
        if step % 5 == 0:
            model.eval()
            with torch.no_grad():
                lm_loss(model(ids[None, :length]), ids[None, 1 : length + 1])
        model.train()
        x, y = get_batch(ids, batch_size, length)
        opt.zero_grad(set_to_none=True)
        loss = lm_loss(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        losses.append(loss.item())
    return losses
