# exercise: knock80
# fails: unknown_words
# mistake: unknown_raises

# %% knock80

titles = [f"w{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]
counts = {}
for line in titles:
    for word in line.split():
        counts[word] = counts.get(word, 0) + 1
ranked = sorted(counts.items(), key=lambda pair: -pair[1])
word2id = {word: rank if times > 1 else 0 for rank, (word, times) in enumerate(ranked, 1)}

def give_id(sentence, word2id):
    return [word2id[word] for word in sentence.split()]

print(give_id(titles[0], word2id))
