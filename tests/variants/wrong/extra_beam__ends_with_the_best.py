# about: finished candidates grow on, and the search ends with the first best that ends
# name: grows_until_the_best_ends

def beam_search(step, start, end, width, max_len):
    beams = [([start], 0.0)]
    for _ in range(max_len - 1):
        grown = []
        for ids, score in beams:
            for w, lp in enumerate(step(ids)):
                grown.append((ids + [w], score + float(lp)))
        grown.sort(key=lambda c: c[1], reverse=True)
        beams = grown[:width]
        if beams[0][0][-1] == end:
            break
    return beams[0]
