__name__ = "threading"


class Event:
    def __init__(self):
        self._flag = False

    def is_set(self):
        return self._flag

    def set(self):
        self._flag = True

    def clear(self):
        self._flag = False

    def wait(self, timeout=None):
        return self._flag


class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        self.name, self.daemon, self.ident = name or "Thread", daemon, None

    def start(self):
        raise RuntimeError("threading.Thread.start is not available: arch-extract executes nothing")

    def run(self):
        pass

    def join(self, timeout=None):
        pass

    def is_alive(self):
        return False


class Timer(Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        Thread.__init__(self)

    def cancel(self):
        pass


class Barrier:
    def __init__(self, parties, action=None, timeout=None):
        self.parties = parties


_main = Thread(name="MainThread")


def current_thread():
    return _main


main_thread = current_thread


def enumerate():
    return [_main]
