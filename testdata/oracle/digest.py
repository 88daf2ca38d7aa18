"""Digests of what torch builds. usage: digest.py TREE.jsonl.gz OUT.tsv.gz

TREE.jsonl.gz is tree.py's output packed by pack.py. One line per class:
    family, file, class, "ok", then the first 16 hex digits of the SHA-256 of its parameters, of its buffers and of its modules
    family, file, class, "error", the error as JSON, file:line of the error or nothing
A listing's text has one line per entry: name, sizes joined by "x", dtype and "frozen" or "transient" for tensors; name and class for modules.
"""
import gzip, hashlib, json, sys

def digest(lines):
    return hashlib.sha256("".join(l + "\n" for l in lines).encode()).hexdigest()[:16]

def tensors(entries):
    return digest(" ".join([e[0], "x".join(map(str, e[1])), *e[2:]]) for e in entries)

rows = []
for line in gzip.open(sys.argv[1], "rt"):
    r = json.loads(line)
    head = [r["family"], r["file"], r["class"]]
    if "error" in r:
        rows.append(head + ["error", json.dumps(r["error"]), r["at"] or ""])
    else:
        rows.append(head + ["ok", tensors(r["parameters"]), tensors(r["buffers"]), digest(" ".join(m) for m in r["modules"])])
text = "".join("\t".join(r) + "\n" for r in rows).encode()
with open(sys.argv[2], "wb") as f:
    f.write(gzip.compress(text, 9, mtime=0))
print(len(rows), "rows")
