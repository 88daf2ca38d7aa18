__name__ = "ast"


def literal_eval(node_or_string):
    text = node_or_string.strip()
    value, end = _value(text, 0)
    if _skip(text, end) != len(text):
        raise ValueError("malformed node or string: " + repr(node_or_string))
    return value


def _skip(s, i):
    while i < len(s) and s[i] in " \t\n":
        i += 1
    return i


def _items(s, i, close):
    out = []
    while True:
        i = _skip(s, i)
        if i < len(s) and s[i] == close:
            return out, i + 1, True
        v, i = _value(s, i)
        out.append(v)
        i = _skip(s, i)
        if i < len(s) and s[i] == ",":
            i += 1
            continue
        if i < len(s) and s[i] == close:
            return out, i + 1, s[i - 1] == ","
        raise ValueError("malformed node or string")


def _value(s, i):
    i = _skip(s, i)
    if i >= len(s):
        raise SyntaxError("invalid syntax")
    c = s[i]
    for word, v in (("None", None), ("True", True), ("False", False)):
        if s.startswith(word, i):
            return v, i + len(word)
    if c == "[":
        out, i, _ = _items(s, i + 1, "]")
        return out, i
    if c == "(":
        start = i
        out, i, comma = _items(s, i + 1, ")")
        if len(out) == 1 and not s[start + 1 : i - 1].rstrip().endswith(","):
            return out[0], i
        return tuple(out), i
    if c == "{":
        out, pairs, i = [], {}, i + 1
        while True:
            i = _skip(s, i)
            if i < len(s) and s[i] == "}":
                return (set(out) if out else pairs), i + 1
            k, i = _value(s, i)
            i = _skip(s, i)
            if i < len(s) and s[i] == ":":
                v, i = _value(s, i + 1)
                pairs[k] = v
            else:
                out.append(k)
            i = _skip(s, i)
            if i < len(s) and s[i] == ",":
                i += 1
            elif i >= len(s) or s[i] != "}":
                raise ValueError("malformed node or string")
    if c in "'\"":
        out, j = "", i + 1
        while j < len(s) and s[j] != c:
            if s[j] == "\\" and j + 1 < len(s):
                j += 1
                out += {"n": "\n", "t": "\t", "r": "\r"}.get(s[j], s[j])
            else:
                out += s[j]
            j += 1
        if j >= len(s):
            raise SyntaxError("unterminated string literal")
        return out, j + 1
    j = i
    while j < len(s) and (s[j].isalnum() or s[j] in "+-._"):
        if s[j] in "+-" and j > i and s[j - 1] not in "eE":
            break
        j += 1
    text = s[i:j].replace("_", "")
    try:
        return int(text, 0), j
    except ValueError:
        pass
    try:
        return float(text), j
    except ValueError:
        raise ValueError("malformed node or string: " + repr(s)) from None
