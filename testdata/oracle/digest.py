"""Digests of what torch builds. usage: digest.py TREE.jsonl.gz OUT.tsv.gz [SEED.jsonl.gz ...]

TREE.jsonl.gz is tree.py's output packed by pack.py. One line per class:
    family, file, class, "ok", then the first 16 hex digits of the SHA-256 of its parameters, of its buffers, of its modules and of its ties
    family, file, class, "error", the error as JSON, file:line of the error or nothing
A listing's text has one line per entry: name, sizes joined by "x", dtype and "frozen" or "transient" for tensors; name and class for modules;
the ties are one line of JSON. Each SEED.jsonl.gz holds some of the classes again, made by tree.py under another PYTHONHASHSEED: of a class
whose order is another there, Python decides the order by the hashes of strings, which no two runs share; its row says "any order" and has
the digests of sorted lines.
"""
import gzip, hashlib, json, sys

def digest(lines):
    return hashlib.sha256("".join(l + "\n" for l in lines).encode()).hexdigest()[:16]

def tensors(entries):
    return [" ".join([e[0], "x".join(map(str, e[1])), *e[2:]]) for e in entries]

def listings(r):
    return [tensors(r["parameters"]), tensors(r["buffers"]), [" ".join(m) for m in r["modules"]],
            [json.dumps(r["tied"], separators=(",", ":"), ensure_ascii=False)]]

def read(path):
    return [json.loads(line) for line in gzip.open(path, "rt")]

again = {}
for path in sys.argv[3:]:
    for r in read(path):
        if "error" not in r: again.setdefault((r["family"], r["file"], r["class"]), []).append(listings(r))

rows = []
for r in read(sys.argv[1]):
    key = (r["family"], r["file"], r["class"])
    if "error" in r:
        rows.append([*key, "error", json.dumps(r["error"]), r["at"] or ""])
        continue
    have = listings(r)
    others = [o for o in again.get(key, []) if o != have]
    if others:
        have = [sorted(l) for l in have]
        assert all([sorted(l) for l in o] == have for o in others), key     # the order alone may differ
    rows.append([*key, "any order" if others else "ok", *map(digest, have)])
text = "".join("\t".join(r) + "\n" for r in rows).encode()
with open(sys.argv[2], "wb") as f:
    f.write(gzip.compress(text, 9, mtime=0))
print(len(rows), "rows", sum(r[3] == "any order" for r in rows), "in any order")
