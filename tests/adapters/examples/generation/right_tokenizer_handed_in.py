# exercise: generate
import torch


def write(initial_prompt, model, tokenizer, context_window, device, num_output_tokens, temperature, topk):
    model.eval()
    ids = tokenizer.encode(initial_prompt)
    with torch.no_grad():
        for _ in range(num_output_tokens):
            given = torch.tensor(ids[-context_window:], device=device).reshape(1, -1)
            logits, _loss = model(given)
            best, places = torch.topk(logits[:, -1, :] / temperature, k=topk)
            chosen = torch.multinomial(torch.softmax(best, dim=-1), num_samples=1)
            ids.append(places[0, chosen[0, 0]].item())
    return tokenizer.decode(ids)
