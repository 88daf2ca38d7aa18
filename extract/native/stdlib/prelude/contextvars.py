__name__ = "contextvars"

_MISSING = object()


class Token:
    MISSING = _MISSING

    def __init__(self, var, old):
        self.var, self.old_value = var, old


class ContextVar:
    def __init__(self, name, *, default=_MISSING):
        self.name, self._default, self._value = name, default, _MISSING

    def get(self, default=_MISSING):
        for v in (self._value, default, self._default):
            if v is not _MISSING:
                return v
        raise LookupError(self)

    def set(self, value):
        token = Token(self, self._value)
        self._value = value
        return token

    def reset(self, token):
        self._value = token.old_value

    def __class_getitem__(cls, item):
        return cls


class Context(dict):
    def run(self, callable, *args, **kwargs):
        return callable(*args, **kwargs)

    def copy(self):
        return Context(self)


def copy_context():
    return Context()
