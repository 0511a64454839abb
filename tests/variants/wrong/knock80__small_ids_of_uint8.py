# about: ids go through uint8
# name: ids_of_eight_bits
# known: no
import numpy as np

def build_vocab(titles):
    counts = Counter(w for t in titles for w in words_of(t))
    kept = [w for w, n in sorted(counts.items(), key=lambda p: (-p[1], p[0])) if n > 1]
    return dict(zip(kept, np.arange(1, len(kept) + 1).astype(np.uint8).tolist()))
