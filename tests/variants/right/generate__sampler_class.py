# about: sampler class
from dataclasses import dataclass


@dataclass
class Sampler:
    temperature: float = 1.0
    top_k: int | None = None

    def __call__(self, logits):
        match self.temperature, self.top_k:
            case 0, _:
                return logits.argmax(-1, keepdim=True)
            case temperature, None:
                return self.draw(logits / temperature)
            case temperature, k:
                best, place = logits.topk(min(k, logits.size(-1)), dim=-1)
                return place.gather(-1, self.draw(best / temperature))

    @staticmethod
    def draw(scores):
        """where a uniform number falls among the summed probabilities"""
        steps = scores.double().softmax(-1).cumsum(-1)
        dart = torch.rand(len(scores), 1, dtype=torch.double, device=scores.device) * steps[:, -1:]
        return torch.searchsorted(steps, dart, right=True).clamp(max=scores.size(-1) - 1)


@torch.no_grad()
def generate(model, prompt, n, temperature=1.0, top_k=None):
    choose, was = Sampler(temperature, top_k), model.training
    model.eval()
    text = list(prompt.unbind(1))
    for _ in range(n):
        window = torch.stack(text[-model.max_len :], dim=1)
        text.append(choose(model(window)[:, -1]).squeeze(1))
    model.train(was)
    return torch.stack(text, dim=1)
