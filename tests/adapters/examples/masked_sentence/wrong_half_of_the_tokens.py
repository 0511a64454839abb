# exercise: mask_tokens
# fails: fifteen_percent
import random


def random_word(tokens, tokenizer):
    output_label = []
    for i, token in enumerate(tokens):
        if random.random() >= 0.5:
            output_label.append(-1)
            continue
        dice = random.random()
        if dice < 0.8:
            tokens[i] = "[MASK]"
        elif dice < 0.9:
            tokens[i] = random.choice(list(tokenizer.vocab.items()))[0]
        try:
            output_label.append(tokenizer.vocab[token])
        except KeyError:
            output_label.append(tokenizer.vocab["[UNK]"])
    return tokens, output_label
