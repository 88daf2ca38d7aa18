__name__ = "urllib.parse"

from collections import namedtuple

_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"


class SplitResult(namedtuple("SplitResult", "scheme netloc path query fragment")):
    def geturl(self):
        return urlunsplit(self)

    @property
    def hostname(self):
        host = self.netloc.rpartition("@")[2]
        if host.startswith("["):
            host = host[1:].partition("]")[0]
        else:
            host = host.partition(":")[0]
        return host.lower() or None

    @property
    def port(self):
        port = self.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2]
        return int(port) if port else None


class ParseResult(namedtuple("ParseResult", "scheme netloc path params query fragment")):
    hostname = SplitResult.hostname
    port = SplitResult.port

    def geturl(self):
        return urlunparse(self)


def urlsplit(url, scheme="", allow_fragments=True):
    netloc = query = fragment = ""
    head, colon, rest = url.partition(":")
    if colon and head and head[0].isalpha() and all(c.isalnum() or c in "+-." for c in head):
        scheme, url = head.lower(), rest
    if url[:2] == "//":
        end = min([i for i in (url.find(c, 2) for c in "/?#") if i >= 0] or [len(url)])
        netloc, url = url[2:end], url[end:]
    if allow_fragments and "#" in url:
        url, fragment = url.split("#", 1)
    if "?" in url:
        url, query = url.split("?", 1)
    return SplitResult(scheme, netloc, url, query, fragment)


def urlparse(url, scheme="", allow_fragments=True):
    s, netloc, path, query, fragment = urlsplit(url, scheme, allow_fragments)
    params = ""
    slash = path.rfind("/")
    if ";" in path[slash + 1 :]:
        i = path.find(";", slash + 1)
        path, params = path[:i], path[i + 1 :]
    return ParseResult(s, netloc, path, params, query, fragment)


def urlunsplit(components):
    scheme, netloc, url, query, fragment = components
    if netloc or (scheme in ("http", "https", "ftp", "file") and url[:2] != "//"):
        if url and url[:1] != "/":
            url = "/" + url
        url = "//" + (netloc or "") + url
    if scheme:
        url = scheme + ":" + url
    if query:
        url += "?" + query
    if fragment:
        url += "#" + fragment
    return url


def urlunparse(components):
    scheme, netloc, url, params, query, fragment = components
    if params:
        url = f"{url};{params}"
    return urlunsplit((scheme, netloc, url, query, fragment))


def urljoin(base, url, allow_fragments=True):
    if not base:
        return url
    if not url:
        return base
    b, u = urlsplit(base), urlsplit(url)
    if u.scheme and u.scheme != b.scheme:
        return url
    if u.netloc:
        return urlunsplit((b.scheme, u.netloc, u.path, u.query, u.fragment))
    if not u.path:
        return urlunsplit((b.scheme, b.netloc, b.path, u.query or b.query, u.fragment))
    parts = u.path.split("/") if u.path.startswith("/") else b.path.split("/")[:-1] + u.path.split("/")
    out = []
    for p in parts:
        if p == "..":
            if len(out) > 1:
                out.pop()
        elif p != ".":
            out.append(p)
    if parts[-1] in (".", ".."):
        out.append("")
    return urlunsplit((b.scheme, b.netloc, "/".join(out) or "/", u.query, u.fragment))


def quote(string, safe="/", encoding=None, errors=None):
    data = string if isinstance(string, bytes) else string.encode("utf-8")
    return "".join(chr(b) if chr(b) in _SAFE or chr(b) in safe else "%{:02X}".format(b) for b in data)


def quote_plus(string, safe="", encoding=None, errors=None):
    return quote(string, safe + " ").replace(" ", "+")


def unquote(string, encoding="utf-8", errors="replace"):
    parts = string.split("%")
    data = parts[0].encode("utf-8")
    for p in parts[1:]:
        try:
            data += bytes([int(p[:2], 16)]) + p[2:].encode("utf-8")
        except ValueError:
            data += ("%" + p).encode("utf-8")
    return data.decode("utf-8", "replace")


def unquote_plus(string, encoding="utf-8", errors="replace"):
    return unquote(string.replace("+", " "))


def urlencode(query, doseq=False, safe="", encoding=None, errors=None, quote_via=quote_plus):
    rows = query.items() if hasattr(query, "items") else query
    out = []
    for k, v in rows:
        values = v if doseq and not isinstance(v, (str, bytes)) and hasattr(v, "__iter__") else [v]
        for x in values:
            out.append(quote_via(str(k), safe) + "=" + quote_via(str(x), safe))
    return "&".join(out)


def parse_qsl(qs, keep_blank_values=False, **kwargs):
    out = []
    for pair in qs.split("&"):
        k, _, v = pair.partition("=")
        if pair and (v or keep_blank_values):
            out.append((unquote_plus(k), unquote_plus(v)))
    return out


def parse_qs(qs, keep_blank_values=False, **kwargs):
    out = {}
    for k, v in parse_qsl(qs, keep_blank_values):
        out.setdefault(k, []).append(v)
    return out


def urldefrag(url):
    url, _, fragment = url.partition("#")
    return url, fragment
