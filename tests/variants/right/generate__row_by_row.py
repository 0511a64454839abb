# about: one row and one character at a time, lists of numbers
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    rows = [row.tolist() for row in prompt]
    with torch.no_grad():
        for _ in range(n):
            seen = torch.tensor([row[-model.max_len :] for row in rows])
            for row, scores in zip(rows, model(seen)[:, -1]):
                if temperature == 0:
                    row.append(int(scores.argmax()))
                    continue
                order = scores.argsort(descending=True)[: top_k or len(scores)]
                p = torch.softmax(scores[order] / temperature, dim=0)
                row.append(int(order[torch.multinomial(p, 1)]))
    return torch.tensor(rows)
