"""Digests of what torch builds from configs. usage: configs.py CONFIGS OUT.tsv.gz

CONFIGS is testdata/configs: each NAME.json is a published config, built as
cls(cls.config_class.from_dict(json)) with the class that `architectures` names; each line of
keywords.txt is a class and the keyword arguments of its config class, as JSON. One line per case:
    name, class, "ok", the digests of digest.py (parameters, buffers, modules), the number of elements of all parameters
    name, class, "error", the error as JSON, file:line of the error or nothing
"""
import glob, gzip, json, os, sys, traceback, warnings
warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
import hashlib, torch, transformers

PKG = os.path.dirname(transformers.__file__) + os.sep

def digest(lines):
    return hashlib.sha256("".join(l + "\n" for l in lines).encode()).hexdigest()[:16]

def entry(name, t, mark):
    return " ".join([name, "x".join(map(str, t.shape)), str(t.dtype).removeprefix("torch.")] + ([mark] if mark else []))

def row(name, cls, config):
    try:
        cfg = config()
        with torch.device("meta"):
            m = cls(cfg)
    except Exception as e:
        tb = [t for t in traceback.extract_tb(e.__traceback__) if t.filename.startswith(PKG)]
        return [name, cls.__name__, "error", json.dumps(f"{type(e).__name__}: {e}"[:300]), f"{os.path.basename(tb[-1].filename)}:{tb[-1].lineno}" if tb else ""]
    kept = {(n + "." if n else "") + b: b not in x._non_persistent_buffers_set for n, x in m.named_modules() for b in x._buffers}
    return [name, cls.__name__, "ok",
            digest(entry(n, p, "" if p.requires_grad else "frozen") for n, p in m.named_parameters()),
            digest(entry(n, b, "" if kept.get(n) else "transient") for n, b in m.named_buffers()),
            digest(f"{n} {type(x).__module__}.{type(x).__qualname__}" for n, x in m.named_modules()),
            str(sum(p.numel() for p in m.parameters()))]

def main(folder, out):
    rows = []
    for f in sorted(glob.glob(os.path.join(folder, "*.json"))):
        d = json.load(open(f))
        cls = getattr(transformers, d["architectures"][0])
        rows.append(row(os.path.basename(f)[:-5], cls, lambda: cls.config_class.from_dict(d)))
        print(*rows[-1], flush=True)
    for line in open(os.path.join(folder, "keywords.txt")):
        name, kw = line.rstrip("\n").split(" ", 1)
        cls = getattr(transformers, name)
        rows.append(row(kw, cls, lambda: cls.config_class(**json.loads(kw))))
        print(*rows[-1], flush=True)
    with open(out, "wb") as fh:
        fh.write(gzip.compress("".join("\t".join(r) + "\n" for r in rows).encode(), 9, mtime=0))

main(*sys.argv[1:])
