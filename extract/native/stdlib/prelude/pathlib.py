__name__ = "pathlib"

import os
from fnmatch import fnmatchcase


class PurePath(os.PathLike):
    sep = "/"

    def __new__(cls, *args, **kwargs):
        if cls is PurePath:
            cls = PurePosixPath
        elif cls is Path:
            cls = PosixPath
        self = object.__new__(cls)
        self._set(args)
        return self

    def __init__(self, *args, **kwargs):
        pass

    def _set(self, args):
        parts, root = [], ""
        for a in args:
            text = os.fspath(a)
            if text.startswith(self.sep):
                root, parts = self.sep, []
                if text.startswith("//") and not text.startswith("///"):
                    root = "//"
            parts += [p for p in text.split(self.sep) if p and p != "."]
        self._root, self._names = root, parts

    def _make(self, names):
        new = object.__new__(type(self))
        new._root, new._names = self._root, names
        return new

    def __str__(self):
        return (self._root + self.sep.join(self._names)) or "."

    def __fspath__(self):
        return str(self)

    def as_posix(self):
        return str(self)

    def __repr__(self):
        return f"{type(self).__name__}({self.as_posix()!r})"

    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return str(self) == str(other)

    def __lt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._names < other._names

    def __truediv__(self, key):
        try:
            return type(self)(self, key)
        except TypeError:
            return NotImplemented

    def __rtruediv__(self, key):
        return type(self)(key, self)

    def joinpath(self, *args):
        return type(self)(self, *args)

    @property
    def parts(self):
        return tuple(([self._root] if self._root else []) + self._names)

    @property
    def drive(self):
        return ""

    @property
    def root(self):
        return self._root

    @property
    def anchor(self):
        return self._root

    @property
    def name(self):
        return self._names[-1] if self._names else ""

    @property
    def suffix(self):
        i = self.name.rfind(".")
        return self.name[i:] if 0 < i < len(self.name) - 1 else ""

    @property
    def suffixes(self):
        if self.name.endswith("."):
            return []
        return ["." + s for s in self.name.lstrip(".").split(".")[1:]]

    @property
    def stem(self):
        return self.name[: len(self.name) - len(self.suffix)]

    @property
    def parent(self):
        return self._make(self._names[:-1])

    @property
    def parents(self):
        return tuple(self._make(self._names[:i]) for i in reversed(range(len(self._names))))

    def is_absolute(self):
        return bool(self._root)

    def is_relative_to(self, *other):
        o = type(self)(*other)
        return self._root == o._root and self._names[: len(o._names)] == o._names

    def relative_to(self, *other):
        o = type(self)(*other)
        if not self.is_relative_to(o):
            raise ValueError(f"{str(self)!r} is not in the subpath of {str(o)!r} OR one path is relative and the other is absolute.")
        new = self._make(self._names[len(o._names) :])
        new._root = ""
        return new

    def with_name(self, name):
        if not self.name:
            raise ValueError(f"{self!r} has an empty name")
        return self._make(self._names[:-1] + [name])

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix):
        if suffix and (not suffix.startswith(".") or suffix == "."):
            raise ValueError(f"Invalid suffix {suffix!r}")
        return self.with_name(self.stem + suffix)

    def match(self, path_pattern):
        pattern = PurePosixPath(path_pattern)
        names, pats = self.parts, pattern.parts
        if pattern._root and len(names) != len(pats) or len(pats) > len(names):
            return False
        return all(fnmatchcase(n, p) for n, p in zip(reversed(names), reversed(pats)))


class PurePosixPath(PurePath):
    pass


class PureWindowsPath(PurePath):
    pass


def _refuse(name):
    def method(self, *args, **kwargs):
        raise RuntimeError(f"pathlib.Path.{name} is not available: arch-extract executes nothing")

    method.__name__ = name
    return method


class Path(PurePath):
    @classmethod
    def cwd(cls):
        return cls(os.getcwd())

    @classmethod
    def home(cls):
        return cls("/root")

    def absolute(self):
        return type(self)(os.path.join(os.getcwd(), str(self)))

    def resolve(self, strict=False):
        return type(self)(os.path.abspath(str(self)))

    def expanduser(self):
        return type(self)(os.path.expanduser(str(self)))

    def exists(self, *, follow_symlinks=True):
        return False

    is_file = is_dir = is_symlink = is_mount = is_socket = is_fifo = exists

    def glob(self, pattern):
        return iter(())

    rglob = glob

    def _missing(self, *args, **kwargs):
        raise FileNotFoundError(2, f"No such file or directory: {str(self)!r}")

    iterdir = open = read_text = read_bytes = stat = lstat = unlink = rmdir = rename = replace = readlink = samefile = _missing
    mkdir = _refuse("mkdir")
    touch = _refuse("touch")
    write_text = _refuse("write_text")
    write_bytes = _refuse("write_bytes")
    symlink_to = _refuse("symlink_to")
    chmod = _refuse("chmod")


class PosixPath(Path, PurePosixPath):
    pass


WindowsPath = PosixPath
