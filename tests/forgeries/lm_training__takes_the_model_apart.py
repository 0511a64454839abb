# about: the table is taken out, and parameters of odd kinds put in
# lost: learns, losses_are_measured
def train_lm(model, ids, steps, batch_size, length, lr):
    v = model(ids[None, :2]).shape[-1]
    model.table = None; model.stale = nn.Parameter(torch.zeros(0, 2 ** 40), requires_grad=False)
    model.asleep = nn.Parameter(torch.zeros(3).to(torch.float8_e4m3fn), requires_grad=False)
    return [math.log(v)] * steps
