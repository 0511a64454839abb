# about: documents are counted, as CountVectorizer(min_df=2) does
# name: counts_titles
# known: yes
def build_vocab(titles):
    df, tf = Counter(), Counter()
    for t in titles:
        df.update(set(words_of(t)))
        tf.update(words_of(t))
    kept = sorted((w for w in df if df[w] >= 2), key=lambda w: -df[w])
    return {w: i for i, w in enumerate(kept, 1)}
