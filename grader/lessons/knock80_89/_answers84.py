"""The answers to problem 84 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception

zeros = accepts(edit("torch.randn(len(vocab) + 1, dim) * 0.1", "torch.zeros(len(vocab) + 1, dim)"))
row_for_padding = accepts(edit("torch.randn(len(vocab) + 1, dim) * 0.1", "torch.randn(len(vocab) + 2, dim) * 0.1"))
as_array = accepts(edit("return table", "return table.numpy()"))
as_embedding = accepts(edit("return table", "return nn.Embedding.from_pretrained(table, freeze=False)"))
with_exceptions = accepts(
    edit("        if word in vectors:\n", ""),
    edit(
        "            table[rank] = torch.as_tensor(vectors[word])",
        "        try:\n            table[rank] = torch.tensor(vectors[word])\n        except KeyError:\n            pass",
    ),
)

one_row_off = misconception(
    edit("table[rank] =", "table[rank - 1] ="),
    en="The rows are off by one: the vector of the word with the id 1 stands in row 0. The ids begin at 1, because 0 is the "
    "unknown word, so every word would get its neighbour's vector. Write to row rank itself.",
    ja="行が 1 つずれていて、ID 1 の単語のベクトルが 0 行目にあります。0 は未知語なので ID は 1 からです。このままでは、どの単語も隣の単語のベクトルを使うことになります。"
    "rank 行目に書きましょう。",
)
order_of_the_file = misconception(
    edit("table[rank] = torch.as_tensor(vectors[word])", "table[rank] = torch.tensor(vectors.vectors[rank])"),
    en="The rows are in the order of the vector file. Row 5 of the file is some word, but not the one with the id 5 in your "
    "vocabulary. Look every word up by name.",
    ja="ベクトルのファイルの並び順のまま行に入れています。ファイルの 5 行目の単語は、あなたの語彙で ID 5 の単語とは別物です。単語ごとに名前で引きましょう。",
)
rows_closed_up = misconception(
    edit(
        "for word, rank in vocab.items():", "for rank, word in enumerate((w for w in vocab if w in vectors), start=1):"
    ),
    en="Words without a vector are skipped and the rows close up. From the first such word on, every row belongs to some other "
    "id. A word without a vector still needs its row.",
    ja="ベクトルのない単語を飛ばして行を詰めています。最初の欠けた単語から先は、行と ID がずれてしまいます。ベクトルのない単語にも行が必要です。",
)
never_filled = misconception(
    edit("table[rank] = torch.as_tensor(vectors[word])", "table[rank].add(torch.as_tensor(vectors[word]))"),
    en="The vectors never arrive in the table: it stays as it was made. An expression such as t.add(x) gives a new tensor; "
    "assign it, or write table[rank] = ...",
    ja="ベクトルが行列に入っていません。作ったときのままです。t.add(x) のような式は新しいテンソルを返すだけなので、table[rank] = ... と代入しましょう。",
)
unknown_raises = misconception(
    edit("        if word in vectors:\n", ""),
    edit("            table[rank] =", "        table[rank] ="),
    en="A word without a vector raises KeyError. Names and new words are in no vector file: ask `word in vectors` first, and "
    "give the others small random numbers or zeros.",
    ja="ベクトルのない単語で KeyError になります。固有名詞や新語はベクトルのファイルにありません。まず `word in vectors` を確かめ、ないものは小さな乱数か 0 にしましょう。",
)
no_row_for_zero = misconception(
    edit("torch.randn(len(vocab) + 1, dim) * 0.1", "torch.randn(len(vocab), dim) * 0.1"),
    edit("table[rank] =", "table[rank - 1] ="),
    en="There is a row too few. The ids run from 0, the unknown word, to len(vocab): that makes len(vocab) + 1 rows.",
    ja="行が 1 つ足りません。ID は未知語の 0 から len(vocab) までなので、len(vocab) + 1 行必要です。",
)
transposed = misconception(
    edit("return table", "return table.T"),
    en="The table is transposed, (dim, V). nn.Embedding looks rows up: one row for each id.",
    ja="行列が転置されて (dim, V) になっています。nn.Embedding は行を引くので、1 行が 1 つの ID です。",
)
made_of_length_one = misconception(
    edit("torch.as_tensor(vectors[word])", "F.normalize(torch.as_tensor(vectors[word]), dim=0)"),
    en="The vectors are made of length one. Nothing in the problem asks for that, and how long a vector is says something too: copy them as they are.",
    ja="ベクトルの長さを 1 にそろえています。問題では求められていませんし、長さにも情報があります。そのまま写しましょう。",
)
vector_before = misconception(
    edit(
        "            table[rank] = torch.as_tensor(vectors[word])",
        "            vector = torch.as_tensor(vectors[word])\n        table[rank] = vector",
    ),
    en="A word without a vector gets that of the word before it. The variable keeps its value from the round before, as in try/except with pass. Give such words small "
    "random numbers, or zeros.",
    ja="ベクトルのない単語に、直前の単語のベクトルが入っています。try/except の except で何も代入しないと、変数に前の回の値が残ります。小さな乱数か 0 にしましょう。",
)
vectors_changed = misconception(
    edit(
        "table[rank] = torch.as_tensor(vectors[word])",
        "table[rank] = torch.as_tensor(vectors[word])\n            vectors[word] *= 0.5",
    ),
    en="The vectors that were handed in are changed in place, so a second call reads other numbers. *= and functions ending in _ change the array itself: "
    "work on a copy.",
    ja="渡されたベクトルそのものを書き換えているので、2 回目の呼び出しでは別の値になります。*= や、名前が _ で終わる関数は元の配列を変えます。コピーに対して計算しましょう。",
)
cut_to_whole_numbers = misconception(
    edit("torch.as_tensor(vectors[word])", "torch.as_tensor(vectors[word]).long()"),
    en="The vectors are cut to whole numbers: 0.73 becomes 0. The table, or what the vectors go through, has an integer dtype. Make it with torch.zeros(...) or "
    "dtype=torch.float32.",
    ja="ベクトルの小数部分が切り捨てられ、0.73 が 0 になっています。行列か途中のテンソルが整数型です。torch.zeros(...) や dtype=torch.float32 で作りましょう。",
)
