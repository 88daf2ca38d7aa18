__name__ = "textwrap"


def dedent(text):
    lines = [line if line.strip(" \t") else "" for line in text.split("\n")]
    margin = None
    for line in lines:
        if not line:
            continue
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if margin is None:
            margin = indent
        else:
            n = 0
            while n < len(margin) and n < len(indent) and margin[n] == indent[n]:
                n += 1
            margin = margin[:n]
    n = len(margin or "")
    return "\n".join(line[n:] for line in lines)


def indent(text, prefix, predicate=None):
    out = []
    for line in text.splitlines(True):
        wanted = predicate(line) if predicate is not None else line.strip()
        out.append(prefix + line if wanted else line)
    return "".join(out)


class TextWrapper:
    def __init__(self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True, replace_whitespace=True, fix_sentence_endings=False,
                 break_long_words=True, drop_whitespace=True, break_on_hyphens=True, tabsize=8, *, max_lines=None, placeholder=" [...]"):
        self.width = width
        self.initial_indent = initial_indent
        self.subsequent_indent = subsequent_indent
        self.break_long_words = break_long_words

    def wrap(self, text):
        lines, line = [], None
        for word in text.split():
            while True:
                indent = self.initial_indent if not lines else self.subsequent_indent
                if line is None:
                    room = max(1, self.width - len(indent))
                    if len(word) > room and self.break_long_words:
                        lines.append(indent + word[:room])
                        word = word[room:]
                        continue
                    line = indent + word
                elif len(line) + 1 + len(word) <= self.width:
                    line += " " + word
                else:
                    lines.append(line)
                    line = None
                    continue
                break
        if line is not None:
            lines.append(line)
        return lines

    def fill(self, text):
        return "\n".join(self.wrap(text))


def wrap(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).wrap(text)


def fill(text, width=70, **kwargs):
    return TextWrapper(width=width, **kwargs).fill(text)


def shorten(text, width, *, placeholder=" [...]", **kwargs):
    text = " ".join(text.split())
    if len(text) <= width:
        return text
    out = ""
    for word in text.split():
        if len(out) + (1 if out else 0) + len(word) + len(placeholder) > width:
            break
        out += (" " if out else "") + word
    return out + placeholder if out else placeholder.strip()
