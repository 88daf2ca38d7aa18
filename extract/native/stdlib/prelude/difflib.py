__name__ = "difflib"


def _matches(a, b):
    """The number of characters in matching blocks, longest first."""
    if not a or not b:
        return 0
    best = (0, 0, 0)
    ends = {}
    for i, x in enumerate(a):
        new = {}
        for j, y in enumerate(b):
            if x == y:
                k = new[j] = ends.get(j - 1, 0) + 1
                if k > best[2]:
                    best = (i - k + 1, j - k + 1, k)
        ends = new
    i, j, k = best
    if k == 0:
        return 0
    return k + _matches(a[:i], b[:j]) + _matches(a[i + k :], b[j + k :])


def get_close_matches(word, possibilities, n=3, cutoff=0.6):
    scored = []
    for p in possibilities:
        total = len(p) + len(word)
        ratio = 2.0 * _matches(p, word) / total if total else 1.0
        if ratio >= cutoff:
            scored.append((ratio, p))
    scored.sort(reverse=True)
    return [p for _, p in scored[:n]]
