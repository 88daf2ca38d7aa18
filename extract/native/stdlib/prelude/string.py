__name__ = "string"

import re


class Template:
    delimiter = "$"

    def __init__(self, template):
        self.template = template

    def _fill(self, mapping, safe):
        def one(m):
            name = m.group(1) or m.group(2)
            if name is None:
                return "$"
            if safe and name not in mapping:
                return m.group(0)
            return str(mapping[name])

        return re.sub(r"\$(?:\$|([_a-zA-Z]\w*)|\{([_a-zA-Z]\w*)\})", one, self.template)

    def substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, False)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._fill({**mapping, **kws}, True)


class Formatter:
    def format(self, format_string, /, *args, **kwargs):
        return format_string.format(*args, **kwargs)

    def vformat(self, format_string, args, kwargs):
        return format_string.format(*args, **kwargs)

    def parse(self, format_string):
        i, lit = 0, ""
        while i < len(format_string):
            c = format_string[i]
            if c in "{}" and format_string[i + 1 : i + 2] == c:
                lit += c
                i += 2
            elif c == "{":
                depth, j = 1, i + 1
                while j < len(format_string) and depth:
                    depth += {"{": 1, "}": -1}.get(format_string[j], 0)
                    j += 1
                if depth:
                    raise ValueError("expected '}' before end of string")
                field, _, spec = format_string[i + 1 : j - 1].partition(":")
                field, bang, conv = field.partition("!")
                yield lit, field, spec, conv if bang else None
                lit, i = "", j
            elif c == "}":
                raise ValueError("Single '}' encountered in format string")
            else:
                lit += c
                i += 1
        if lit:
            yield lit, None, None, None
