# about: one row after the other, drawn with random.choices; the rest of the scores is cut off after sorting
import random


def next_character(scores, temperature, top_k):
    if temperature == 0:
        return int(torch.argmax(scores))
    ranked = torch.sort(scores, descending=True)
    kept = ranked.indices[:top_k].tolist()
    weights = torch.softmax(ranked.values[:top_k] / temperature, dim=0).tolist()
    return random.choices(kept, weights)[0]


def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    texts = prompt.tolist()
    for _ in range(n):
        with torch.no_grad():
            logits = model(torch.tensor([text[-model.max_len :] for text in texts]))
        for text, scores in zip(texts, logits[:, -1]):
            text.append(next_character(scores, temperature, top_k))
    return torch.tensor(texts)
