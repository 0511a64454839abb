# about: the greedy word and the weights by NumPy

import numpy as np

def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    outputs, state = encoder(source)
    src_mask = (source != padding_idx)
    B, T = target.shape
    losses = []
    for t in range(T - 1):
        logp, state, w = decoder(target[:, t], state, outputs, src_mask)
        losses.append(-logp[torch.arange(B), target[:, t + 1]])
    losses = torch.stack(losses, axis=1)
    keep = (target[:, 1:] != padding_idx).float()
    return (losses * keep).sum() / keep.sum()

def translate(encoder, decoder, source, start, stop, max_len):
    encoder.eval(); decoder.eval()
    ids = []
    weights = np.zeros((max_len, len(source)))
    with torch.no_grad():
        outputs, state = encoder(source.reshape(1, -1))
        mask = torch.full((1, len(source)), True)
        prev = start
        for t in range(max_len):
            logp, state, w = decoder(torch.tensor([prev]), state, outputs, mask)
            prev = int(np.argmax(logp[0].numpy()))
            if prev == stop:
                break
            ids.append(prev)
            weights[t] = w[0].numpy()
    return ids, weights[:len(ids)]
# try it again with dropout and a larger state
def batches(n):
    for i in range(n):
        yield torch.randint(3, 10, (4, 6)), torch.randint(3, 10, (4, 5))

torch.manual_seed(1)
encoder = EncoderRNN(10, 4, 8)
decoder = AttnDecoderRNN(10, 4, 8)
opt = torch.optim.Adam(list(encoder.parameters()) + list(decoder.parameters()), lr=0.01)
weights = []
for source, target in batches(5):
    loss = sequence_loss(encoder, decoder, source, target)
    opt.zero_grad(); loss.backward(); opt.step()
    weights.append(loss.item())
print(weights)
