"""The scoreboard's copy of the flow oracle: one line a class, with the digest of what its forward does.

usage: flowsums.py FLOW.jsonl.gz TREE.jsonl.gz OUT.tsv.gz
FLOW is what pack.py makes of flow.py's output; TREE says in which file a class stands. Columns: family, class, file,
device, set (JSON), inputs (JSON), and the first 16 hex digits of the SHA-256 of [calls, output, output_shape] as compact JSON.
"""
import gzip, hashlib, json, sys
flow, tree, out = sys.argv[1:]
rows = lambda name: map(json.loads, gzip.open(name, "rt"))
file = {(r["family"], r["class"]): r["file"] for r in rows(tree)}
text = lambda v: json.dumps(v, separators=(",", ":"))
lines = []
for r in rows(flow):
    sum = hashlib.sha256(text([r["calls"], r["output"], r["output_shape"]]).encode()).hexdigest()[:16]
    lines.append("\t".join([r["family"], r["class"], file[r["family"], r["class"]], r["device"], text(r["set"]), text(r["inputs"]), sum]) + "\n")
with open(out, "wb") as fh: fh.write(gzip.compress("".join(lines).encode(), 9, mtime=0))
print(len(lines), "classes")
