"""The answers to problem 80 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception

lists_of_words = accepts(edit("for word in words_of(title)", "for word in title"))
plain_loops = accepts(
    edit(
        "    counts = Counter(word for title in titles for word in words_of(title))\n",
        "    counts = {}\n    for title in titles:\n        for word in words_of(title):\n"
        "            counts[word] = counts.get(word, 0) + 1\n",
    ),
    edit("counts.most_common()", "sorted(counts.items(), key=lambda item: item[1], reverse=True)"),
)
alphabetical_ties = accepts(
    edit("counts.most_common()", "sorted(counts.items(), key=lambda item: (-item[1], item[0]))")
)
singles_as_zero = accepts(
    edit(
        "return {word: rank for rank, word in enumerate(frequent, start=1)}",
        "ranks = {word: rank for rank, word in enumerate(frequent, start=1)}\n"
        "    return {word: ranks.get(word, 0) for word in counts}",
    )
)
tensor_of_ids = accepts(
    edit("[vocab.get(word, 0) for word in words_of(words)]", "torch.tensor([vocab.get(w, 0) for w in words_of(words)])")
)
joined_ids = accepts(
    edit("[vocab.get(word, 0) for word in words_of(words)]", '" ".join(str(vocab.get(w, 0)) for w in words_of(words))')
)
title_as_string = accepts(edit("for word in words_of(words)]", 'for word in words.split(" ")]'))
defaultdict_of_ids = accepts(
    edit(
        "return {word: rank for rank, word in enumerate(frequent, start=1)}",
        "from collections import defaultdict\n\n"
        "    return defaultdict(int, {word: rank for rank, word in enumerate(frequent, start=1)})",
    ),
    edit("vocab.get(word, 0)", "vocab[word]"),
)

ranks_from_zero = misconception(
    edit("enumerate(frequent, start=1)", "enumerate(frequent)"),
    en="The ids start at 0. 0 is kept for unknown words, so the most frequent word could not be told from a word never "
    "seen. Count from 1: enumerate(..., start=1).",
    ja="ID が 0 から始まっています。0 は未知語のための番号なので、最頻出の単語と未知語の区別がつかなくなります。"
    "enumerate(..., start=1) のように 1 から始めましょう。",
)
whole_titles_counted = misconception(
    edit("Counter(word for title in titles for word in words_of(title))", "Counter(titles)"),
    en="Whole titles are counted, not their words: a Counter over a list of titles has the titles as keys. Cut each title with words_of first.",
    ja="単語ではなく、題名そのものを数えています。題名のリストを Counter に渡すと、題名がキーになります。先に words_of で単語に切りましょう。",
)
counts_titles = misconception(
    edit("for word in words_of(title))", "for word in set(words_of(title)))"),
    en="Titles are counted, not occurrences. A word that stands twice in one title occurs twice; CountVectorizer and "
    "TfidfVectorizer with min_df=2 have the same effect. Count every occurrence.",
    ja="単語の出現回数ではなく、単語を含む題名の数を数えています。1 つの題名に 2 回出てくれば 2 回です。CountVectorizer や "
    "TfidfVectorizer の min_df=2 も同じ結果になります。出現のたびに数えましょう。",
)
least_frequent_first = misconception(
    edit("in counts.most_common() if", "in reversed(counts.most_common()) if"),
    en="The order is upside down: the rarest word has the id 1. sorted() goes upwards unless reverse=True is given. Put "
    "the most frequent word first.",
    ja="順番が逆で、いちばん珍しい単語が 1 番になっています。sorted() は reverse=True を付けないと昇順です。最も頻度の高い単語を先頭にしましょう。",
)
not_sorted = misconception(
    edit("in counts.most_common() if", "in sorted(counts.items()) if"),
    en="The words are numbered in the order of the alphabet, not of frequency. The problem gives 1 to the most frequent "
    "word: sort by the count.",
    ja="頻度順ではなく、アルファベット順に番号を付けています。問題では最も頻度の高い単語が 1 番です。出現回数で並べ替えましょう。",
)
more_than_twice = misconception(
    edit("count >= 2", "count > 2"),
    en="Words seen exactly twice are left out. “At least twice” includes two: count >= 2, not count > 2.",
    ja="ちょうど 2 回現れる単語が抜けています。「2 回以上」は 2 回を含みます。count > 2 ではなく count >= 2 です。",
)
singletons_kept = misconception(
    edit(" if count >= 2", ""),
    en="Words seen only once have got an id too. Nothing can be learned from a single sight, and at test time such words "
    "stand for all the unknown ones: give them 0, or leave them out of the dict.",
    ja="1 回しか現れない単語にも ID を付けています。1 回では何も学べず、未知語を扱う練習にもなりません。0 にするか、辞書から除きましょう。",
)
inverted = misconception(
    edit("{word: rank for rank, word in", "{rank: word for rank, word in"),
    en="The dict leads from id to word. to_ids looks a word up, so words must be the keys: {word: id}.",
    ja="辞書が ID から単語を引く向きになっています。to_ids では単語から ID を引くので、{単語: ID} の向きにしましょう。",
)
counter_is_global = misconception(
    edit("def build_vocab(titles):", "COUNTS = Counter()\n\n\ndef build_vocab(titles):"),
    edit("counts = Counter(word", "counts = COUNTS\n    counts.update(word"),
    en="The counter lives outside the function and is never emptied. Once build_vocab has seen the validation or test "
    "titles too, their words are in the vocabulary: what the model may not know leaks in. Make the counter inside.",
    ja="カウンタが関数の外にあり、空になりません。検証・テストの題名で呼んだとたん、その単語まで語彙に入り、知らないはずの情報が漏れます。"
    "カウンタは関数の中で作りましょう。",
)
unknown_dropped = misconception(
    edit("for word in words_of(words)]", "for word in words_of(words) if word in vocab]"),
    en="Unknown words are dropped. The title becomes shorter than it is, and the words around the gap seem to be "
    "neighbours. Give an unknown word the id 0: vocab.get(word, 0).",
    ja="未知語を読み飛ばしています。題名が実際より短くなり、隣り合っていない単語がつながって見えます。vocab.get(word, 0) で 0 を割り当てましょう。",
)
unknown_words_are_kept = misconception(
    edit("vocab.get(word, 0)", "vocab.setdefault(word, 0)"),
    en="Every unknown word is written into the vocabulary, which grows with each title that is looked up: len(vocab) is no longer the number of "
    "known words. vocab.get(word, 0) only reads.",
    ja="未知語を引くたびに辞書に書き込んでいるので、題名を変換するほど語彙が増え、len(vocab) が学習データの単語数と合わなくなります。vocab.get(word, 0) なら読むだけです。",
)
unknown_raises = misconception(
    edit("vocab.get(word, 0)", "vocab[word]"),
    en="An unknown word raises KeyError. New titles are full of words that the training data does not have: "
    "vocab.get(word, 0).",
    ja="未知語で KeyError になります。新しい題名には学習データにない単語がいくらでも出てきます。vocab.get(word, 0) を使いましょう。",
)
unknown_is_new = misconception(
    edit("vocab.get(word, 0)", "vocab.get(word, len(vocab) + 1)"),
    en="An unknown word gets the number after the last one. The problem gives it 0, and an embedding with len(vocab) + 1 "
    "rows has no such row: the first unknown word ends in an IndexError.",
    ja="未知語に「最後の番号の次」を割り当てています。問題では 0 です。行数が len(vocab) + 1 の埋め込みにはその行がなく、"
    "未知語が出たところで IndexError になります。",
)
ids_per_split = misconception(
    edit(
        "return [vocab.get(word, 0) for word in words_of(words)]",
        "vocab = build_vocab([words, words])\n    return [vocab.get(word, 0) for word in words_of(words)]",
    ),
    en="The vocabulary is built again from the text being converted. The same word then has another id in every split, "
    "and what the model learned about id 5 is applied to some other word. Use the vocab that is passed in.",
    ja="変換するテキストから語彙を作り直しています。これでは同じ単語の ID がデータごとに変わり、5 番について学んだことが別の単語に当てはめられてしまいます。"
    "引数の vocab を使いましょう。",
)
each_word_once = misconception(
    edit("for word in words_of(words)]", "for word in dict.fromkeys(words_of(words))]"),
    en="A word that stands twice is converted only once. A title is a sequence: order and repetitions matter to an RNN. "
    "Convert every word where it stands.",
    ja="2 回出てくる単語を 1 回しか変換していません。題名は列なので、RNN にとっては順序も繰り返しも意味を持ちます。出てきた位置ごとに変換しましょう。",
)
in_order_of_appearance = misconception(
    edit("in counts.most_common() if", "in counts.items() if"),
    en="The words are numbered in the order in which they first appear, not by frequency. A Counter remembers that order; most_common() gives the one that is "
    "asked for.",
    ja="頻度順ではなく、最初に現れた順に番号を付けています。Counter は現れた順を覚えているだけです。頻度順は most_common() で得られます。",
)
ids_are_shared = misconception(
    edit(
        "return {word: rank for rank, word in enumerate(frequent, start=1)}",
        "levels = sorted({counts[word] for word in frequent}, reverse=True)\n"
        "    return {word: levels.index(counts[word]) + 1 for word in frequent}",
    ),
    en="Equally frequent words share an id. The embedding has one row for each id, so the network could never tell them apart. Number the sorted words one by one, in "
    "any order among ties.",
    ja="同じ頻度の単語が同じ ID になっています。埋め込みは ID ごとに 1 行なので、それらの単語を区別できなくなります。並べ替えた単語に 1 つずつ番号を付けましょう（同じ頻度どうしの順は自由です）。",
)
ids_of_eight_bits = misconception(
    edit("{word: rank for rank, word in", "{word: rank % 256 for rank, word in"),
    en="The ids do not go beyond 255: they are kept in eight bits, uint8, and begin again at 0. Use whole numbers of 64 bits, or plain int.",
    ja="ID が 255 を超えません。8 ビット（uint8）で保存しているので 0 に戻ってしまいます。64 ビット整数か、普通の int を使いましょう。",
)
stops_at_the_unknown = misconception(
    edit(
        "return [vocab.get(word, 0) for word in words_of(words)]",
        "known = [word in vocab for word in words_of(words)]\n"
        "    return [vocab[w] if all(known[: i + 1]) else 0 for i, w in enumerate(words_of(words))]",
    ),
    en="From the first unknown word on, everything is 0. A flag is set once and never taken back, or the loop ends there. Look each word up for itself.",
    ja="最初の未知語から後ろが、すべて 0 になっています。一度立てたフラグを戻していないか、そこでループが終わっています。単語ごとに独立に引きましょう。",
)
id_before = misconception(
    edit(
        "return [vocab.get(word, 0) for word in words_of(words)]",
        "ids = [0]\n    for word in words_of(words):\n        ids.append(vocab.get(word, ids[-1]))\n    return ids[1:]",
    ),
    en="An unknown word gets the id of the word before it. A variable keeps its value from the round before when nothing is assigned, as in try/except with pass. "
    "Give it 0.",
    ja="未知語に、直前の単語の ID が付いています。try/except の except で何も代入しないと、変数に前の回の値が残ります。0 を割り当てましょう。",
)
vocabulary_grows = misconception(
    edit(
        "return [vocab.get(word, 0) for word in words_of(words)]",
        "return [vocab.setdefault(word, len(vocab) + 1) for word in words_of(words)]",
    ),
    en="An unknown word is added to the vocabulary and gets a new id. The embedding has no such row, and test words become known. Look up without changing the dict: "
    "vocab.get(word, 0).",
    ja="未知語を語彙に追加して、新しい番号を付けています。埋め込みにその行はなく、テストの単語まで語彙に入ってしまいます。vocab.get(word, 0) のように、辞書を変えずに引きましょう。",
)
unknown_is_negative = misconception(
    edit("vocab.get(word, 0)", "vocab.get(word, -1)"),
    en="An unknown word becomes -1. As an index that is the last row, or an error. The problem gives it 0.",
    ja="未知語が -1 になっています。添字としては最後の行を指すか、エラーになります。問題では 0 です。",
)
cut_otherwise = misconception(
    edit("for word in words_of(title))", "for word in (title.split() if isinstance(title, str) else title))"),
    en='build_vocab and to_ids cut titles in different ways: one keeps capitals and punctuation ("Apple\'s", "up,"), the other does not, so frequent words '
    "are not found and become 0. Use words_of in both.",
    ja='build_vocab と to_ids で題名の切り方が違います。一方は大文字や記号を残し（"Apple\'s" や "up," など）、他方は残さないので、よく現れる単語が見つからず 0 に'
    "なります。どちらでも words_of を使いましょう。",
)
