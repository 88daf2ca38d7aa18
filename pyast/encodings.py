"""Makes encodings.bin.gz, the encodings of one byte a character that Python knows: run it with the Python whose results pyast shall give.

usage: python3.14 encodings.py OUT

Format: lines of text, one an encoding: the names it goes by, space-separated; a tab; the codec's own name; a tab;
the characters of the bytes 0 to 255, undefined ones as U+FFFF, and tabs and line ends as U+E000 + themselves.
"""
import codecs
import encodings.aliases
import gzip
import pkgutil
import sys

names = {}
modules = {m.name for m in pkgutil.iter_modules(encodings.__path__)}
for name in sorted(modules | set(encodings.aliases.aliases)):
    try:
        info = codecs.lookup(name)
    except LookupError:
        continue
    if not info._is_text_encoding or info.name in ("ascii", "iso8859-1", "undefined", "charmap", "idna", "punycode", "raw-unicode-escape"):
        continue
    names.setdefault(info.name, (info, []))[1].append(name)
lines = []
for codec, (info, aliases) in names.items():
    table = ""
    for b in range(256):
        try:
            s = info.decode(bytes([b]))[0]
        except UnicodeError as e:
            if "undefined" not in str(e):
                break
            s = "\uffff"
        if len(s) != 1:
            break
        table += chr(0xE000 + ord(s)) if s in "\n\r\t" else s
    else:
        lines.append("\t".join([" ".join(aliases), codec, table]))
with open(sys.argv[1], "wb") as f:
    f.write(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
print(len(lines), "encodings:", *(l.split("\t")[1] for l in lines))
