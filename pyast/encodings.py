"""Makes encodings.bin.gz, the encodings without state that Python knows: run it with the Python whose results pyast shall give.

usage: python3.14 encodings.py OUT

Format: lines of three fields, separated by tabs. First, one an encoding: the names it goes by, space-separated; the codec's own name; the
characters of the bytes 0 to 255. Then, for encodings of several bytes a character: the codec's name; bytes in hexadecimal that stand before
another byte; the characters that these make, for the last byte from 0 to 255 (lines that are alike are close, which packs them well). What
is undefined is U+FFFF, and tabs and line ends are U+E000 + themselves.
"""
import codecs
import encodings.aliases
import gzip
import pkgutil
import sys

SKIP = ("ascii", "iso8859-1", "undefined", "charmap", "idna", "punycode", "raw-unicode-escape")
MULTI = ("big5", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "shift_jis")


def table(info, lead=b""):
    out = ""
    for b in range(256):
        try:
            s = info.decode(lead + bytes([b]))[0]
        except UnicodeError as e:
            if lead or info.name in MULTI or "undefined" in str(e):
                out += "\uffff"
                continue
            return None
        if len(s) != 1:
            if not lead:
                return None
            s = "\uffff"
        out += chr(0xE000 + ord(s)) if s in "\n\r\t" else s
    return out


def leads(info):
    single = table(info)
    first = [b for b in range(0x80, 0x100) if single[b] == "\uffff"]
    for b in first:
        yield bytes([b])
        if info.name == "euc_jp" and b == 0x8F:
            for c in range(0xA1, 0xFF):
                yield bytes([b, c])


names = {}
modules = {m.name for m in pkgutil.iter_modules(encodings.__path__)}
for name in sorted(modules | set(encodings.aliases.aliases)):
    try:
        info = codecs.lookup(name)
    except LookupError:
        continue
    if info._is_text_encoding and info.name not in SKIP:
        names.setdefault(info.name, (info, []))[1].append(name)
lines, rows = [], []
for codec, (info, aliases) in names.items():
    single = table(info)
    if single is None:
        continue
    if codec not in MULTI and info.name.startswith(("utf", "iso2022", "hz", "big5hkscs", "johab", "euc_ji", "shift_ji", "unicode")):
        continue
    lines.append("\t".join([" ".join(aliases), codec, single]))
    if codec in MULTI:
        for lead in leads(info):
            row = table(info, lead)
            if row.strip("\uffff"):
                rows.append((lead.hex(), codec, row))
rows.sort(key=lambda r: (r[0], ("gb" not in r[1], "b" not in r[1], "j" in r[1], r[1])))
with open(sys.argv[1], "wb") as f:
    f.write(gzip.compress("\n".join(lines + ["\t".join((codec, lead, row)) for lead, codec, row in rows]).encode(), 9, mtime=0))
print(len(lines), "encodings:", *(l.split("\t")[1] for l in lines))
