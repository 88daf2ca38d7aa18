__name__ = "io"

SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2
DEFAULT_BUFFER_SIZE = 8192


class UnsupportedOperation(OSError, ValueError):
    pass


class IOBase:
    closed = False

    def close(self):
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __iter__(self):
        while True:
            line = self.readline()
            if not line:
                return
            yield line

    def flush(self):
        pass

    def isatty(self):
        return False

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def fileno(self):
        raise UnsupportedOperation("fileno")


class RawIOBase(IOBase):
    pass


class BufferedIOBase(IOBase):
    pass


class TextIOBase(IOBase):
    pass


class _Memory:
    def __init__(self, initial=None, newline="\n"):
        self._data = self._empty if initial is None else initial
        self._pos = 0

    def getvalue(self):
        return self._data

    def tell(self):
        return self._pos

    def seek(self, pos, whence=0):
        self._pos = max(0, pos + (0 if whence == 0 else self._pos if whence == 1 else len(self._data)))
        return self._pos

    def truncate(self, size=None):
        size = self._pos if size is None else size
        self._data = self._data[:size]
        return size

    def read(self, size=-1):
        end = len(self._data) if size is None or size < 0 else self._pos + size
        out = self._data[self._pos : end]
        self._pos += len(out)
        return out

    def readline(self, size=-1):
        i = self._data.find(self._newline, self._pos)
        end = len(self._data) if i < 0 else i + 1
        out = self._data[self._pos : end]
        self._pos += len(out)
        return out

    def readlines(self, hint=-1):
        return list(self)

    def write(self, s):
        if self._pos > len(self._data):
            self._data += self._pad * (self._pos - len(self._data))
        self._data = self._data[: self._pos] + s + self._data[self._pos + len(s) :]
        self._pos += len(s)
        return len(s)

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class StringIO(_Memory, TextIOBase):
    _empty, _newline, _pad = "", "\n", "\0"


class BytesIO(_Memory, BufferedIOBase):
    _empty, _newline, _pad = b"", b"\n", b"\0"

    def getbuffer(self):
        return self._data


class FileIO(RawIOBase):
    pass


class BufferedReader(BufferedIOBase):
    def __init__(self, raw, buffer_size=8192):
        self.raw = raw

    def read(self, size=-1):
        return self.raw.read(size)


class BufferedWriter(BufferedReader):
    pass


class BufferedRandom(BufferedReader):
    pass


class TextIOWrapper(TextIOBase):
    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        self.buffer, self.encoding = buffer, encoding or "utf-8"

    def read(self, size=-1):
        return self.buffer.read(size).decode(self.encoding)

    def write(self, s):
        return self.buffer.write(s.encode(self.encoding))


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    raise FileNotFoundError(2, f"No such file or directory: {str(file)!r}")


def open_code(path):
    return open(path)


def text_encoding(encoding, stacklevel=2):
    return encoding or "locale"
