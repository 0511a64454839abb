# exercise: knock80
from collections import defaultdict


class PreprocessTools:
    def __init__(self):
        self.word_count, self.vocab_size = defaultdict(int), -1
        self.word_transformer = {}

    def make_transformer(self, titles):
        for title in titles:
            for word in title.split():
                self.word_count[word] += 1
        ranked = sorted(self.word_count.items(), key=lambda pair: pair[1], reverse=True)
        self.word_transformer = {word: n for n, (word, count) in enumerate(ranked, 1) if count > 1}
        self.vocab_size = len(self.word_transformer) + 1

    def txt2ids(self, txt_list):
        return [[self.word_transformer.get(word, 0) for word in txt] for txt in txt_list]
