"""A __getattribute__ that looks names up in dicts before it asks object's: what
was found for a name once must not outlive what it was found by."""


class Base:
    def __getattribute__(self, key):
        """Reads what is hidden only on request."""
        hidden = super().__getattribute__("__dict__").get("_hidden")
        if hidden is not None:
            if key in hidden:
                raise AttributeError(f"{key} is hidden")
        return super().__getattribute__(key)


class Config(Base):
    aliases = {"width": "hidden_size"}
    depth = 3

    def __init__(self):
        self.hidden_size = 8

    @property
    def twice(self):
        return 2 * self.width

    @property
    def broken(self):
        return self.missing

    def method(self):
        return self.depth

    def __getattribute__(self, key):
        if key != "aliases" and key in super().__getattribute__("aliases"):
            key = super().__getattribute__("aliases")[key]
        return super().__getattribute__(key)


def missing(obj, name):
    try:
        getattr(obj, name)
    except AttributeError as e:
        return str(e)
    raise AssertionError(name)


a, b = Config(), Config()
for _ in range(2):
    assert a.width == 8 and a.twice == 16 and a.depth == 3 and a.method() == 3
    assert not hasattr(a, "missing") and getattr(a, "missing", 5) == 5
    assert not hasattr(a, "broken")
    assert missing(a, "missing") == "'Config' object has no attribute 'missing'"

# of one instance alone
b._hidden = {"depth": 1}
for _ in range(2):
    assert missing(b, "depth") == "depth is hidden" and a.depth == 3
    assert getattr(b, "depth", None) is None and not hasattr(b, "depth")
    assert b.width == 8
del b._hidden
assert b.depth == 3

# the dict that names are looked up in
Config.aliases["height"] = "depth"
assert a.height == 3
Config.aliases["width"] = "depth"
assert a.width == 3
del Config.aliases["width"]
assert missing(a, "width") == "'Config' object has no attribute 'width'"
a.aliases = {"depth": "hidden_size"}
assert a.depth == 8 and b.depth == 3
Config.aliases = {"width": "hidden_size"}
assert b.width == 8 and missing(b, "height") == "'Config' object has no attribute 'height'"

# what the classes do
Config.depth = 4
assert b.depth == 4
b.depth = 5
assert b.depth == 5


class Loud(Config):
    def __getattribute__(self, key):
        seen.append(key)
        return super().__getattribute__(key)


seen = []
c = Loud()
assert c.width == 8 and c.depth == 4 and seen == ["width", "depth"]


class Falls(Config):
    def __getattr__(self, name):
        return "fallen " + name


d = Falls()
assert d.nothing == "fallen nothing" and d.width == 8 and d.broken == "fallen missing"
Base.__getattribute__ = lambda self, key: "all the same"
assert a.width == "all the same"
