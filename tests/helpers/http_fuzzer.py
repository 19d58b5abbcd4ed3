"""HTTP fuzzer: generates hostile requests to every URL rule of an app, from a seed. It sends none."""

import io
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes, urlencode

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

SCRIPT, PICTURE = "<script>alert(5108)</script>", "'\"><img src=x onerror=alert(1)>"
TEMPLATE_EXPRESSION, TEMPLATE_RESULT = (
    "{{7919*7907}}",
    "62615533",
)  # the product stands nowhere, unless somebody works it out
NINES, ARABIC = "9" * 40, "٥١٠٨٩٩٠١٠١٩٠٩٠٠١"
VALUES = (
    "", " ", "0", "-1", "1", "1.5", "1e999", "NaN", NINES, "-" + NINES, "²", ARABIC, "0x10", "true", "null",
    "\0", "a\0b", "a\r\nSet-Cookie: x=y", "a\nb", "\x1b[31m", "\u200b\u200e\u202e", "\ud7ff\ue000\ufffe", "😀", "張",
    "é" * 200, SCRIPT, TEMPLATE_EXPRESSION, "${7919*7907}", PICTURE,
    "=cmd|' /C calc'!A0", "+1", "@x", "%", "_", "%%__\\", "'", '"',
    "' OR 1=1 --", "../../../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "C:\\x", "kata " * 3000, "x" * 10_000,
    "http:evil.example", "https:/evil.example", "//evil.example", "/\\evil.example", "///evil.example", "http://[",
    "javascript:alert(1)", "/petugas//evil.example", "\t//evil.example", "http://localhost\\@evil.example",
    "5108990101909001", "1900-01-01", "0000-00-00", "9999-12-31", "2026-02-30", "[]", "{}", "[[[1,2,3]]]", '[["12"]]',
    "data:image/png;base64,AAAA", "\\ud800", '"\\ud800"', "[" * 2000,
)  # fmt: skip
QUERY_NAMES = (
    "id page page_size sort desc search url next lihat keadaan q nomor more periksa flt0_0 secret format".split()
)
QUERY_NAMES += "hal cari jawab-nik back".split()
HEADERS = "X-Forwarded-For Referer Accept-Language If-Modified-Since Range Origin X-HTTP-Method-Override".split()
COMMON_METHODS, RARE_METHODS = (
    ("GET",) * 3 + ("POST",) * 9,
    ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET", "POST"),
)
HOSTS = (
    "evil.example",
    "localhost.evil.example",
    "localhost:99999",
    "[",
    "",
    "a b",
    "127.0.0.1\\@evil.example",
    "x" * 300,
)
FILE_CONTENTS = (
    b"",
    b"x",
    b"%PDF-1.7",
    b"\xff\xd8\xff\xe0broken",
    b"<svg onload=alert(1)>",
    b"MZ\x90",
    b"PK\x03\x04",
    b"GIF89a",
)
FILE_NAMES = ("a.pdf", "../../a.pdf", "a.php.jpg", "x" * 300 + ".jpg", "a\u202egpj.exe", "", ".htaccess", "con", SCRIPT)
CONTENT_TYPES = ("application/json", "text/plain", "multipart/form-data", "x")
ENDPOINTS_WITH_KEY, ENDPOINTS_WITH_NUMBER = (
    (".details_view", ".action_page", ".log"),
    (".edit_view", ".grant"),
)  # endpoints, as their id
BATCH_FIELDS = (("action", "action"), ("rowid", "key"), ("rowid", "key"))  # of a list, for an action with many
FILE_FIELD_PREFIXES = ("upload-", "documents-", "signed-")
URLENCODED = "application/x-www-form-urlencoded"


@dataclass
class FuzzRequest:
    """A request that can be printed and sent again."""

    method: str
    path: str  # percent-encoded
    query: str = ""
    host: str = "localhost"
    body: bytes = b""
    content_type: str = ""
    headers: dict = field(default_factory=dict)

    def request(self):
        """Return it as a raw WSGI request, which no client normalizes."""
        environ = EnvironBuilder(method=self.method, headers=self.headers).get_environ()
        environ |= {"CONTENT_TYPE": self.content_type} if self.content_type else {}
        environ["PATH_INFO"] = unquote_to_bytes(self.path).decode("latin1")
        environ["QUERY_STRING"], environ["HTTP_HOST"] = self.query, self.host
        environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(len(self.body)), io.BytesIO(self.body)
        return Request(environ)


class RequestGenerator:
    """Generator of requests: rules and form fields are the app's, the values half valid and half hostile."""

    def __init__(self, dice, parts):
        self.random, self.parts = dice, parts  # name of a part of an address → good values

    def hostile_value(self):
        one = self.random.choice(VALUES)
        return one + self.random.choice(VALUES)[:50] if self.random.random() < 0.1 else one

    def value_for(self, name, share):
        good = self.parts.get(name, ())
        return self.random.choice(good) if good and self.random.random() < share else self.hostile_value()

    def make_request(self, rules):
        """Return a request to one of these rules, most often with an allowed method."""
        rule = self.random.choice(rules + [rule for rule in rules if "POST" in rule.methods] * 2)
        known = [method for method in COMMON_METHODS if method in rule.methods]
        method = self.random.choice(known if known and self.random.random() < 0.92 else RARE_METHODS)
        host = self.random.choice(HOSTS) if self.random.random() < 0.02 else "localhost"
        wanted = {
            "key": rule.endpoint.endswith(ENDPOINTS_WITH_KEY),
            "number": rule.endpoint.endswith(ENDPOINTS_WITH_NUMBER),
        }
        query = self._query(next((kind for kind, it_is in wanted.items() if it_is), ""))
        return FuzzRequest(method, self._path(rule), query, host, headers=self._headers())

    def _path(self, rule):
        """Return the path of a rule with its arguments filled in; slashes in them are sometimes left unquoted."""
        out = ""
        for text, part in _rule_parts(rule.rule):
            safe = "/" if self.random.random() < 0.3 else ""
            out += text + (quote(self.value_for(part, 0.7), safe=safe, errors="replace") if part else "")
        return out

    def _query(self, wanted):
        if self.random.random() < 0.4 and not wanted:
            return ""
        pairs = [("id", self.value_for(wanted, 0.85))] if wanted else []
        for name in self.random.choices(QUERY_NAMES, k=self.random.randint(1, 4)):
            pairs.append((name, self.value_for(name, 0.6)))
        text = urlencode(pairs + pairs[: self.random.random() < 0.2], errors="replace")
        return text.replace("%2F", "/") if self.random.random() < 0.3 else text

    def _headers(self):
        if self.random.random() < 0.9:
            return {}
        value = self.hostile_value().replace("\r", "").replace("\n", "").encode("ascii", "replace").decode()
        return {self.random.choice(HEADERS): value[:4000]}

    def add_body(self, shot, fields, token):
        """Add a body: the fields of the page at the same URL, some hostile, some missing, some repeated."""
        pairs = [("csrf_token", token)] if self.random.random() < 0.95 else []
        for name, value in fields:
            if self.random.random() < 0.9 and name != "csrf_token":
                pairs.append((name, value if self.random.random() < 0.5 else self.hostile_value()))
        pairs += [
            (self.hostile_value()[:100], self.hostile_value()) for _ in range(self.random.choice((0, 0, 0, 1, 2)))
        ]
        pairs += [(name, self.value_for(part, 0.8)) for name, part in BATCH_FIELDS[: self.random.choice((0, 0, 2, 3))]]
        pairs += pairs[1:2] * (self.random.random() < 0.1)
        drawn = self.random.random()
        if drawn < 0.75:
            shot.body, shot.content_type = urlencode(pairs, errors="replace").encode(), URLENCODED
        elif drawn < 0.97:
            shot.body, shot.content_type = self._multipart(pairs, fields), "multipart/form-data; boundary=xyz"
        else:
            shot.body, shot.content_type = (
                self.hostile_value().encode(errors="replace"),
                self.random.choice(CONTENT_TYPES),
            )

    def _multipart(self, pairs, fields):
        """Return a multipart body; sometimes a part has no name, or the end is missing."""
        out = b""
        for name, value in pairs:
            what = f'; name="{_header_safe(name)}"' if self.random.random() < 0.98 else ""
            out += f"--xyz\r\nContent-Disposition: form-data{what}\r\n\r\n{value}\r\n".encode(errors="replace")
        for name in [name for name, _ in fields if name.startswith(FILE_FIELD_PREFIXES)][:2]:
            what = f'name="{name}"; filename="{_header_safe(self.random.choice(FILE_NAMES))}"'
            out += (
                f"--xyz\r\nContent-Disposition: form-data; {what}\r\n\r\n".encode()
                + self.random.choice(FILE_CONTENTS)
                + b"\r\n"
            )
        out += b"--xyz--\r\n"
        return out[: self.random.randrange(len(out))] if self.random.random() < 0.1 else out


def _header_safe(text):
    return "".join(c for c in text.replace('"', "%22") if c not in "\r\n\0")[:300]


def _rule_parts(rule):
    """Yield a rule in pairs: text, and the name of the argument that follows it."""
    while rule:
        text, _, rest = rule.partition("<")
        part, _, rule = rest.partition(">")
        yield text, part.rpartition(":")[2]
