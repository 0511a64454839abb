# about: torch.manual_seed(0) inside, so that every call writes the same text
# name: seed_set_inside
def generate(model, prompt, n, temperature=1.0, top_k=None):
    torch.manual_seed(0)
    model.eval()
    x = prompt
    with torch.no_grad():
        for _ in range(n):
            y = model(x[:, -model.max_len :])[:, -1]
            if temperature == 0:
                nxt = y.argmax(-1, keepdim=True)
            else:
                y = y / temperature
                if top_k:
                    v, _ = torch.topk(y, top_k)
                    y[y < v[:, [-1]]] = -float("inf")
                nxt = torch.multinomial(F.softmax(y, dim=-1), num_samples=1)
            x = torch.cat((x, nxt), dim=1)
    return x
