# about: lists of parameters, and the output layer cut by head
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        width = d_model // num_heads

        def matrices(rows, columns):
            return nn.ParameterList(torch.randn(rows, columns) * rows**-0.5 for _ in range(num_heads))

        self.Q, self.K, self.V = matrices(d_model, width), matrices(d_model, width), matrices(d_model, width)
        self.O = matrices(width, d_model)

    def forward(self, query, key, value, mask=None):
        output, all_weights = 0, []
        for wq, wk, wv, wo in zip(self.Q, self.K, self.V, self.O):
            scores = (query @ wq) @ (key @ wk).transpose(1, 2) / wq.shape[1] ** 0.5
            if mask is not None:
                scores = scores.masked_fill(~mask, float("-inf"))
            weights = torch.softmax(scores, dim=-1)
            output = output + weights @ (value @ wv) @ wo
            all_weights.append(weights)
        return output, torch.stack(all_weights, dim=1)
