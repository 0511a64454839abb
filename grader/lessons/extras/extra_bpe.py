"""join_pair(pieces, pair) -> pieces, learn_merges(words, count) -> pairs, split_word(word, merges) -> pieces."""

from typing import Any

from grader.checks import Draw, Failure, Student, Text, View, accepts, check, edit, misconception

TITLE = Text(en="Words cut into pieces: BPE", ja="単語を部品に分ける: BPE")
NAMES = ("join_pair", "learn_merges", "split_word")
HEADINGS = ("words cut into pieces", "単語を部品に分ける", "byte-pair encoding")
STARTERS = (
    Text(
        en="join_pair first: walk through the pieces with an index. Where the pair stands, add the joined piece and go on by two, else add the piece and go on by one.",
        ja="まず join_pair から。添字で部品の列を進み、組があればつないだ部品を加えて 2 つ、なければその部品を加えて 1 つ進みます。",
    ),
    Text(
        en="`zip(pieces, pieces[1:])` gives the neighbours of a word; a Counter adds up how often its word occurs for each.",
        ja="`zip(pieces, pieces[1:])` で隣り合う組が取れます。Counter に、単語の出現回数を足していきましょう。",
    ),
    Text(
        en="For the best pair with ties, give `min` a key of two parts: how often the pair occurs, with its sign turned, and then the pair itself.",
        ja="同じ回数のときも考えた「いちばん」は、`min` に、回数の符号を変えたものと組自身を並べた key を渡すと選べます。",
    ),
)
PIECES = Text(en="the pieces", ja="部品の列")
MERGES = Text(en="the rules", ja="規則のリスト")
BY_HAND = Text(
    en='Learn two rules by hand from {"ab": 1, "abc": 2}: ("a", "b") occurs 3 times, ("b", "c") twice, so a and b are joined; then only ("ab", "c") is left. Print the counts of each round.',
    ja='{"ab": 1, "abc": 2} から 2 つの規則を手で学んでみましょう。("a", "b") が 3 回、("b", "c") が 2 回なので a と b をつなぎます。残るのは ("ab", "c") だけです。毎回の数を表示して比べましょう。',
)
JOIN = Text(
    en='Try ["a", "a", "a"] with ("a", "a"), and a row in which the pair stands twice.',
    ja='["a", "a", "a"] と ("a", "a")、それから組が 2 回出てくる列で試してみましょう。',
)
SPLIT = Text(
    en="Print the pieces after every rule: the first rule first, and each on the result of the one before.",
    ja="規則を 1 つ使うたびに部品の列を表示してみましょう。最初の規則から順に、前の結果に使います。",
)
ALPHABET = "abcd"


def read_pieces(value: Any) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list | tuple) or not all(isinstance(piece, str) for piece in value):
        raise Failure(
            Text(en="The pieces should be a list of strings.", ja="部品は文字列のリストで返すはずです。"), SPLIT
        )
    return list(value)


def read_pairs(value: Any) -> list[tuple[str, str]]:
    """A list of pairs of texts."""
    rows = list(value) if isinstance(value, list | tuple) else None
    if rows is None or not all(isinstance(row, list | tuple) and len(row) == 2 for row in rows):
        raise Failure(
            Text(
                en='learn_merges should return a list of pairs, [("e", "s"), ...].',
                ja='learn_merges は組のリスト [("e", "s"), ...] を返すはずです。',
            ),
            BY_HAND,
        )
    return [(str(one), str(other)) for one, other in rows]


def draw_words(draw: Draw, count: int) -> dict[str, int]:
    """Words of four letters of the alphabet, each with how often it occurs: pairs come up again, some equally often."""
    words: dict[str, int] = {}
    while len(words) < count:
        letters = draw.integers(0, len(ALPHABET), draw.number(3, 9)).tolist()
        words["".join(ALPHABET[letter] for letter in letters)] = draw.number(1, 6)
    return words


def learned(student: Student, words: dict[str, int], count: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = student.call("learn_merges", words, count, view=read_pairs)
    return found


@check(points=2, ja="join_pair は、隣り合う組を左から順にすべてつなぐ")
def joins_from_the_left(student: Student, draw: Draw) -> None:
    """join_pair joins the pair wherever it stands, from left to right."""
    view: View = read_pieces
    rows = [["a", "a", "a", "b"], ["a", "b", "ab", "a", "b"], ["b"], []]
    rows += [[ALPHABET[letter] for letter in draw.integers(0, 2, 12).tolist()] for _ in range(3)]
    for row, pair in zip(rows, [("a", "a"), *[("a", "b")] * 4, ("a", "a"), ("b", "a")], strict=True):
        student.call("join_pair", row, pair, view=view)
        student.must_agree(PIECES, help=JOIN)


@check(points=1, ja="最初の規則は、出現回数を数えていちばん多い組である")
def first_rule(student: Student, draw: Draw) -> None:
    """The first rule is the most frequent pair, each word counted as often as it occurs."""
    for _ in range(3):
        learned(student, draw_words(draw, 7), 1)
        student.must_agree(MERGES, help=BY_HAND)


@check(points=3, after=first_rule, ja="どの規則も、それまでの規則でつないだ列から学ばれる（同じ回数なら小さい組）")
def all_rules(student: Student, draw: Draw) -> None:
    """Every rule is learned from the rows as the rules before have joined them; of equals the smaller pair."""
    for count in (4, 9, 12):
        learned(student, draw_words(draw, 8), count)
        student.must_agree(MERGES, help=BY_HAND)


@check(points=1, after=first_rule, ja="つなぐ組がなくなれば、規則が count 個に足りなくても終わる")
def ends_when_nothing_is_left(student: Student, draw: Draw) -> None:
    """It ends with fewer rules where no pair is left."""
    for words in ({"ab": 2, "abc": 1}, {"a": 5}, draw_words(draw, 2)):
        learned(student, words, 40)
        student.must_agree(MERGES, help=BY_HAND)


@check(points=2, ja="split_word は、学んだ順に規則を使って部品に分ける")
def splits_by_the_rules(student: Student, draw: Draw) -> None:
    """split_word uses the rules in the order in which they were learned."""
    view: View = read_pieces
    merges = [("b", "c"), ("a", "b"), ("bc", "d"), ("a", "bc"), ("ab", "c"), ("abc", "d"), ("d", "d")]
    words = ["abcd", "abab", "ddd", "a", "dabcda", *draw_words(draw, 4)]
    crossed = [("c", "d"), ("b", "c"), ("b", "cd"), ("a", "b")]  # what stands first on the left is no longest piece
    for rules, asked in ((merges, words), (crossed, ["bcd", "abcd", "bcbcd"])):
        for word in asked:
            student.call("split_word", word, rules, view=view)
            student.must_agree(PIECES, help=SPLIT)


WALK = (
    "    joined, i = [], 0\n"
    "    while i < len(pieces):\n"
    "        if tuple(pieces[i : i + 2]) == tuple(pair):\n"
    "            joined.append(pieces[i] + pieces[i + 1])\n"
    "            i += 2\n"
    "        else:\n"
    "            joined.append(pieces[i])\n"
    "            i += 1\n"
    "    return joined\n"
)
in_place_copy = accepts(
    edit(
        WALK,
        "    row, i = list(pieces), 0\n"
        "    while i < len(row) - 1:\n"
        "        if row[i] == pair[0] and row[i + 1] == pair[1]:\n"
        "            row[i : i + 2] = [row[i] + row[i + 1]]\n"
        "        i += 1\n"
        "    return row\n",
    )
)
recursive = accepts(
    edit(
        WALK,
        "    if len(pieces) < 2:\n"
        "        return list(pieces)\n"
        "    if (pieces[0], pieces[1]) == tuple(pair):\n"
        "        return [pieces[0] + pieces[1]] + join_pair(pieces[2:], pair)\n"
        "    return [pieces[0]] + join_pair(pieces[1:], pair)\n",
    )
)
sorted_pairs = accepts(
    edit(
        "best = min(pairs, key=lambda pair: (-pairs[pair], pair))",
        "best = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[0][0]",
    )
)
max_of_sorted = accepts(
    edit("best = min(pairs, key=lambda pair: (-pairs[pair], pair))", "best = max(sorted(pairs), key=pairs.get)")
)
for_with_break = accepts(edit("    while len(merges) < count:\n", "    for _ in range(count):\n"))

frequency_ignored = misconception(
    edit("pairs[pair] += often", "pairs[pair] += 1"),
    en="Every word is counted once. Add how often it occurs: pairs[pair] += words[word].",
    ja="どの単語も 1 回と数えています。出現回数を足しましょう（pairs[pair] += words[word]）。",
)
ties_as_they_come = misconception(
    edit("min(pairs, key=lambda pair: (-pairs[pair], pair))", "max(pairs, key=pairs.get)"),
    en="Of several equally frequent pairs the one that was counted first is taken, as max and most_common do. Take the smaller one.",
    ja="同じ回数のとき、先に数えた組を選んでいます（max や most_common の動きです）。小さいほうを選びましょう。",
)
ties_by_the_larger = misconception(
    edit("min(pairs, key=lambda pair: (-pairs[pair], pair))", "max(pairs, key=lambda pair: (pairs[pair], pair))"),
    en="Of several equally frequent pairs the larger is taken. Take the smaller one.",
    ja="同じ回数のとき、大きいほうの組を選んでいます。小さいほうを選びましょう。",
)
rarest_pair = misconception(
    edit("(-pairs[pair], pair)", "(pairs[pair], pair)"),
    en="The rarest pair is joined. Take the most frequent.",
    ja="いちばん少ない組をつないでいます。いちばん多い組を選びましょう。",
)
never_joined = misconception(
    edit("        rows = {word: join_pair(pieces, best) for word, pieces in rows.items()}\n", "        del best\n"),
    en="The rows stay as they were, so the same pair is found again and again. Join it in every word before you count anew.",
    ja="列をつなぎ直していないので、同じ組が何度も選ばれます。数え直す前に、どの単語でもつなぎましょう。",
)
all_from_the_first_count = misconception(
    edit("        rows = {word: join_pair(pieces, best) for word, pieces in rows.items()}\n", "        if len(merges) == 1:\n            merges = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:count]\n"),
    en="All rules come from one count of single characters. Join after each rule and count again.",
    ja="1 文字ずつの列を 1 回数えただけで、すべての規則を決めています。規則を 1 つ学ぶたびにつなぎ、数え直しましょう。",
)  # fmt: skip
pairs_over_the_end_of_a_word = misconception(
    edit(
        "        for word, often in words.items():\n            for pair in zip(rows[word], rows[word][1:]):\n                pairs[pair] += often\n",
        "        row = [piece for word, often in words.items() for _ in range(often) for piece in rows[word]]\n        for pair in zip(row, row[1:]):\n            pairs[pair] += 1\n",
    ),
    en="Pairs are counted over the end of a word too, as if all words were one text. Count within each word.",
    ja="単語をまたぐ組まで数えています。単語ごとに、その中の組だけを数えましょう。",
)
first_place_only = misconception(
    edit("            joined.append(pieces[i] + pieces[i + 1])\n            i += 2\n", "            return joined + [pieces[i] + pieces[i + 1]] + list(pieces[i + 2 :])\n"),
    en="join_pair joins the pair only where it stands first. Go on to the end of the row.",
    ja="join_pair が、最初に見つかった 1 か所しかつないでいません。列の最後まで続けましょう。",
)  # fmt: skip
goes_on_by_one = misconception(
    edit("            i += 2\n", "            i += 1\n"),
    en="After a pair is joined, its second piece is added once more. Go on by two there.",
    ja="つないだあと、組の 2 つ目の部品がもう一度加わっています。そこでは 2 つ進みましょう。",
)
joined_with_the_joined = misconception(
    edit(
        WALK,
        "    joined = []\n"
        "    for i, piece in enumerate(pieces):\n"
        "        if i > 0 and (pieces[i - 1], piece) == tuple(pair):\n"
        "            joined[-1] = pieces[i - 1] + piece\n"
        "        else:\n"
        "            joined.append(piece)\n"
        "    return joined\n",
    ),
    en='A piece that has just been joined is joined once more with the next: of ["a", "a", "a"] one "a" is lost. Go on behind both pieces.',
    ja='つないだばかりの部品を、次の部品ともう一度つないでいます。["a", "a", "a"] では "a" が 1 つ失われます。組の 2 つの後ろへ進みましょう。',
)
either_order = misconception(
    edit("tuple(pieces[i : i + 2]) == tuple(pair)", "sorted(pieces[i : i + 2]) == sorted(pair)"),
    en='join_pair joins ("b", "a") too when asked for ("a", "b"). The order counts.',
    ja='("a", "b") をつなぐときに ("b", "a") もつないでいます。順番も同じでなければなりません。',
)
last_piece_lost = misconception(
    edit("    while i < len(pieces):\n", "    while i < len(pieces) - 1:\n"),
    en="The last piece of a row is lost when it belongs to no pair. Go on to the end, and add it as it is.",
    ja="列の最後の部品が、組に入らないときに失われます。最後まで進み、そのまま加えましょう。",
)
one_rule_too_many = misconception(
    edit("while len(merges) < count:", "while len(merges) <= count:"),
    en="It learns one rule too many: stop when there are `count`.",
    ja="規則が 1 つ多くなっています。`count` 個になったら終わりましょう。",
)
one_rule_too_few = misconception(
    edit("while len(merges) < count:", "while len(merges) < count - 1:"),
    en="It learns one rule too few: go on until there are `count`.",
    ja="規則が 1 つ足りません。`count` 個になるまで続けましょう。",
)
no_pair_left_is_not_seen = misconception(
    edit("        if not pairs:\n            break\n", ""),
    en="When no pair is left, min() of nothing raises an error. End the loop there.",
    ja="組がなくなると、空の min() でエラーになります。そこで繰り返しを終わりましょう。",
)
words_seen_once_left_out = misconception(
    edit(
        "        if not pairs:\n            break\n",
        "        if not pairs or max(pairs.values()) < 2:\n            break\n",
    ),
    en="It ends when the best pair occurs only once. Here it goes on until no pair is left.",
    ja="いちばん多い組が 1 回になると終わっています。ここでは、組がなくなるまで続けます。",
)
rules_backwards = misconception(
    edit("    for pair in merges:\n", "    for pair in reversed(merges):\n"),
    en="split_word uses the last rule first. Use them in the order in which they were learned.",
    ja="split_word が、最後の規則から使っています。学んだ順に使いましょう。",
)
any_rule_from_the_left = misconception(
    edit(
        "    pieces = list(word)\n    for pair in merges:\n        pieces = join_pair(pieces, pair)\n    return pieces\n",
        "    pieces, rules, i = list(word), set(map(tuple, merges)), 0\n"
        "    while i < len(pieces) - 1:\n"
        "        if (pieces[i], pieces[i + 1]) in rules:\n"
        "            pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]\n"
        "            i = 0\n"
        "        else:\n"
        "            i += 1\n"
        "    return pieces\n",
    ),
    en="split_word joins the first pair from the left that is any rule. The order of the rules decides: the first rule everywhere, then the second.",
    ja="split_word が、左から見ていずれかの規則に合う組をつないでいます。決めるのは規則の順番です。1 つ目の規則を全体に使い、それから 2 つ目に進みましょう。",
)
longest_piece_first = misconception(
    edit(
        "    pieces = list(word)\n    for pair in merges:\n        pieces = join_pair(pieces, pair)\n    return pieces\n",
        "    known, pieces, i = {a + b for a, b in merges} | set(word), [], 0\n"
        "    while i < len(word):\n"
        "        j = max(j for j in range(i + 1, len(word) + 1) if word[i:j] in known)\n"
        "        pieces.append(word[i:j])\n"
        "        i = j\n"
        "    return pieces\n",
    ),
    en="split_word takes the longest piece it knows from the left. That is another method (WordPiece does so); use the rules one by one.",
    ja="split_word が、左からいちばん長い部品を取っています。それは別の方法（WordPiece）です。規則を 1 つずつ使いましょう。",
)
