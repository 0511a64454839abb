# exercise: generate
# fails: greedy_reads_everything

import torch


def pick(scores, temperature, top_k, top_p):
    if temperature == 0:
        return int(scores.argmax())
    scores = scores / temperature
    if top_k is not None:
        least = torch.topk(scores, top_k).values[-1]
        scores = scores.masked_fill(scores < least, float("-inf"))
    chances = scores.softmax(-1)
    if top_p is not None and top_p < 1:
        ordered, places = chances.sort(descending=True)
        chances[places[ordered.cumsum(0) - ordered > top_p]] = 0
    return int(torch.multinomial(chances, 1))


def generate_token_ids(
    model, prompt_token_ids: list[int], max_new_tokens: int, temperature: float, top_k: int | None, top_p: float | None,
    eos_id: int, stop_on_eos: bool, device: torch.device,
) -> list[int]:
    ids = list(prompt_token_ids)
    for _ in range(max_new_tokens):
        window = torch.tensor([ids[-1:]], dtype=torch.long, device=device)
        following = pick(model(window)[0, -1], temperature, top_k, top_p)
        ids.append(following)
        if stop_on_eos and following == eos_id:
            break
    return ids
