"""Makes unicode.bin.gz, the Unicode data that pyast needs: run it with the Python whose results pyast shall give.

usage: python3.14 unicode.py OUT [ALIASES]    ALIASES: candidate alias names, one a line; those that lookup() knows are kept

Format, all integers varints: five range lists (printable, identifier start, identifier part, named, CJK unified), each a count and pairs of gap
and length; decompositions (count, then gap, length, runes); combining classes (count, then gap, class); compositions (count, then
first, second, result); then the names of the named ranges' characters and "code alias" lines, newline-separated.
"""
import gzip
import sys
import unicodedata as u

CODES = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def varint(n):
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def ranges(pred):
    pairs, start, prev = [], None, None
    for c in CODES:
        if pred(c):
            if start is None:
                start = c
            elif prev != c - 1:
                pairs.append((start, prev))
                start = c
            prev = c
        elif start is not None:
            pairs.append((start, prev))
            start = None
    if start is not None:
        pairs.append((start, prev))
    out, last = [varint(len(pairs))], 0
    for a, b in pairs:
        out += [varint(a - last), varint(b - a)]
        last = b
    return b"".join(out)


def algorithmic(c):
    name = u.name(chr(c), "")
    return name.startswith("CJK UNIFIED IDEOGRAPH-") or name.startswith("HANGUL SYLLABLE ")


def named(c):
    return bool(u.name(chr(c), "")) and not algorithmic(c)


part = {c for c in CODES if ("a" + chr(c)).isidentifier()}
hangul = range(0xAC00, 0xD7A4)
decomp = [(c, u.normalize("NFKD", chr(c))) for c in CODES if c not in hangul and u.normalize("NFKD", chr(c)) != chr(c) and c in part]
classes = [(c, u.combining(chr(c))) for c in CODES if u.combining(chr(c))]
compose = []
for c in CODES:
    d = u.decomposition(chr(c)).split()
    if len(d) == 2 and d[0][0] != "<" and u.normalize("NFC", chr(c)) == chr(c):
        compose.append((int(d[0], 16), int(d[1], 16), c))

out = [ranges(lambda c: chr(c).isprintable()), ranges(lambda c: chr(c).isidentifier()), ranges(part.__contains__), ranges(named),
       ranges(lambda c: u.name(chr(c), "").startswith("CJK UNIFIED IDEOGRAPH-"))]
out.append(varint(len(decomp)))
last = 0
for c, d in decomp:
    out += [varint(c - last), varint(len(d))] + [varint(ord(x)) for x in d]
    last = c
out.append(varint(len(classes)))
last = 0
for c, k in classes:
    out += [varint(c - last), varint(k)]
    last = c
out.append(varint(len(compose)))
for t in compose:
    out += [varint(x) for x in t]
names = [u.name(chr(c)) for c in CODES if named(c)]
aliases = []
if len(sys.argv) > 2:
    for line in open(sys.argv[2]):
        name = line.strip()
        try:
            r = u.lookup(name)
        except KeyError:
            continue
        if len(r) == 1 and u.name(r, "") != name.upper() and not name.upper().startswith(("CJK UNIFIED", "HANGUL SYLLABLE ")):
            aliases.append(f"{ord(r):X} {name}")
names += aliases
data = b"".join(out) + "\n".join(names).encode()
with open(sys.argv[1], "wb") as f:
    f.write(gzip.compress(data, 9, mtime=0))
print(u.unidata_version, len(names), "names,", len(aliases), "aliases,", len(data), "bytes")
