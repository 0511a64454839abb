# exercise: knock80
# open: gives_a_dict ranked_by_frequency once_is_not_enough from_these_titles_alone

# %% knock80

titles = [f"w{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]
word2count = {}
for title in titles:
    for word in title.split():
        word2count[word] = word2count.get(word, 0) + 1
word2count = dict(sorted(((w, n) for w, n in word2count.items() if n > 1), key=lambda pair: -pair[1]))

def sentence2ids(sentence):
    words = list(word2count)
    return [words.index(word) + 1 if word in word2count else 0 for word in sentence.split()]

print(sentence2ids("w1 w2 zzz"))
