__name__ = "shlex"

import re


def quote(s):
    if not s:
        return "''"
    if re.search(r"[^\w@%+=:,./-]", s, re.ASCII) is None:
        return s
    return "'" + s.replace("'", "'\"'\"'") + "'"


def join(split_command):
    return " ".join(quote(arg) for arg in split_command)


def split(s, comments=False, posix=True):
    out, word, quoted, i = [], None, None, 0
    while i < len(s):
        c = s[i]
        i += 1
        if quoted:
            if c == quoted:
                quoted = None
            elif c == "\\" and quoted == '"' and i < len(s) and s[i] in '"\\':
                word += s[i]
                i += 1
            else:
                word += c
        elif c in "'\"":
            quoted, word = c, word or ""
        elif c == "\\":
            if i >= len(s):
                raise ValueError("No escaped character")
            word = (word or "") + s[i]
            i += 1
        elif c.isspace():
            if word is not None:
                out.append(word)
            word = None
        elif c == "#" and comments:
            break
        else:
            word = (word or "") + c
    if quoted:
        raise ValueError("No closing quotation")
    if word is not None:
        out.append(word)
    return out
