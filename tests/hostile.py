"""Makes hostile requests against every address of an app, at random but repeatably; it judges no answer."""

import io
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes, urlencode

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

SCRIPT, SUM = "<script>alert(5108)</script>", "{{7919*7907}}"  # 62615533 nowhere, if nobody computes it
HUGE, ARABIC = "9" * 40, "٥١٠٨٩٩٠١٠١٩٠٩٠٠١"
VALUES = (
    "", " ", "0", "-1", "1", "1.5", "1e999", "NaN", HUGE, "-" + HUGE, "²", ARABIC, "0x10", "true", "null", "\0", "a\0b",
    "a\r\nSet-Cookie: x=y", "a\nb", "\x1b[31m", "\u200b\u200e\u202e", "\ud7ff\ue000\ufffe", "😀", "張", "é" * 200, SCRIPT,
    SUM, "${7919*7907}", "'\"><img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "+1", "@x", "%", "_", "%%__\\", "'", '"',
    "' OR 1=1 --", "../../../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "C:\\x", "kata " * 3000, "x" * 10_000,
    "http:evil.example", "https:/evil.example", "//evil.example", "/\\evil.example", "///evil.example", "http://[",
    "javascript:alert(1)", "/petugas//evil.example", "\t//evil.example", "http://localhost\\@evil.example", "5108990101909001",
    "1900-01-01", "0000-00-00", "9999-12-31", "2026-02-30", "[]", "{}", "[[[1,2,3]]]", '[["12"]]', "data:image/png;base64,AAAA",
    "\\ud800", '"\\ud800"', "[" * 2000,
)  # fmt: skip
QUERY = "id page page_size sort desc search url next lihat keadaan q nomor more periksa flt0_0 secret format _method".split()
METHODS = ("GET",) * 3 + ("POST",) * 9
ODD_METHODS = ("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET", "POST")
HOSTS = ("evil.example", "localhost.evil.example", "localhost:99999", "[", "", "a b", "127.0.0.1\\@evil.example", "x" * 300)
WANT_ID = (".details_view", ".action_page", ".log", ".change", ".grant")  # endpoints of the staff side
FILES = (b"", b"x", b"%PDF-1.7", b"\xff\xd8\xff\xe0broken", b"<svg onload=alert(1)>", b"MZ\x90", b"PK\x03\x04", b"GIF89a" * 99)
NAMES = ("a.pdf", "../../a.pdf", "a.php.jpg", "x" * 300 + ".jpg", "a\u202egpj.exe", "", ".htaccess", "con", SCRIPT)


@dataclass
class Shot:
    """One request, as it can be printed and sent again."""

    method: str
    path: str  # percent-encoded
    query: str = ""
    host: str = "localhost"
    body: bytes = b""
    content_type: str = ""
    headers: dict = field(default_factory=dict)

    def request(self):
        """Straight into WSGI: no client tidies it up on the way."""
        environ = EnvironBuilder(method=self.method, headers=self.headers).get_environ()
        environ |= {"CONTENT_TYPE": self.content_type} if self.content_type else {}
        environ["PATH_INFO"] = unquote_to_bytes(self.path).decode("latin1")
        environ["QUERY_STRING"], environ["HTTP_HOST"] = self.query, self.host
        environ["CONTENT_LENGTH"], environ["wsgi.input"] = str(len(self.body)), io.BytesIO(self.body)
        return Request(environ)


class Archer:
    """Draws shots: rules and fields are the app's own, what fills them is half right and half hostile."""

    def __init__(self, dice, parts):
        self.dice, self.parts = dice, parts  # name of a part of an address → good values

    def bad(self):
        dice = self.dice
        one = dice.choice(VALUES)
        return one + dice.choice(VALUES)[:50] if dice.random() < 0.1 else one

    def maybe(self, good, share=0.5):
        return self.dice.choice(good) if good and self.dice.random() < share else self.bad()

    def path(self, rule):
        """The rule's address, its parts filled in; slashes of hostile values only now and then escaped."""
        out = ""
        for kind, part in _pieces(rule):
            safe = "/" if self.dice.random() < 0.3 else ""
            out += part if kind == "text" else quote(self.maybe(self.parts.get(part, ()), 0.7), safe=safe, errors="replace")
        return out or "/"

    def query(self, wants_id):
        if self.dice.random() < 0.4 and not wants_id:
            return ""
        pairs = [("id", self.maybe(self.parts["id"], 0.85))] if wants_id else []
        for name in self.dice.choices(QUERY, k=self.dice.randint(1, 4)):
            pairs.append((name, self.maybe(self.parts.get("key" if name == "id" else name, ()), 0.6)))
        text = urlencode(pairs + pairs[: self.dice.random() < 0.2], errors="replace")
        return text.replace("%2F", "/") if self.dice.random() < 0.3 else text

    def shot(self, rules):
        """At one of these rules, by a method that it knows, most often."""
        rule = self.dice.choice(rules + [rule for rule in rules if "POST" in rule.methods] * 2)
        allowed = [method for method in METHODS if method in rule.methods]
        method = self.dice.choice(allowed if allowed and self.dice.random() < 0.92 else ODD_METHODS)
        host = self.dice.choice(HOSTS) if self.dice.random() < 0.02 else "localhost"
        wants_id = rule.endpoint.endswith(WANT_ID)
        return Shot(method, self.path(rule), self.query(wants_id), host, headers=self._headers())

    def _headers(self):
        if self.dice.random() < 0.9:
            return {}
        value = self.bad().replace("\r", "").replace("\n", "").encode("ascii", "replace").decode()[:4000]
        names = ("X-Forwarded-For", "Referer", "Accept-Language", "If-Modified-Since", "Range", "Cookie2", "Origin", "X-HTTP-Method-Override")
        return {self.dice.choice(names): value}

    def load(self, shot, fields, token):
        """Give a shot a body: the page's own fields, some of them spoilt, some left out, some twice."""
        dice, pairs = self.dice, []
        for name, value in fields:
            if dice.random() < 0.9:
                pairs.append((name, value if dice.random() < 0.5 else self.bad()))
        pairs += [(self.bad()[:100], self.bad()) for _ in range(dice.choice((0, 0, 0, 1, 2)))]
        pairs += pairs[: dice.random() < 0.1]
        if dice.random() < 0.95:
            pairs = [pair for pair in pairs if pair[0] != "csrf_token"] + [("csrf_token", token)]
        draw = dice.random()
        if draw < 0.75:
            shot.body, shot.content_type = urlencode(pairs, errors="replace").encode(), "application/x-www-form-urlencoded"
        elif draw < 0.97:
            files = [name for name, _ in fields if name.startswith(("upload-", "documents-", "signed-"))][:2]
            shot.body = self._multipart(pairs, files)
            shot.content_type = "multipart/form-data; boundary=xyz"
            if dice.random() < 0.2:
                shot.body = shot.body[: dice.randrange(len(shot.body))]
        else:
            shot.body, shot.content_type = self.bad().encode(errors="replace"), dice.choice(("application/json", "text/plain", "multipart/form-data", "x"))
        return shot

    def _multipart(self, pairs, files):
        out = b""
        for name, value in sorted(pairs, key=lambda pair: pair[0] != "csrf_token"):
            out += f'--xyz\r\nContent-Disposition: form-data; name="{_header(name)}"\r\n\r\n{value}\r\n'.encode(errors="replace")
        for name in files:
            head = f'--xyz\r\nContent-Disposition: form-data; name="{_header(name)}"; filename="{_header(self.dice.choice(NAMES))}"\r\n\r\n'
            out += head.encode(errors="replace") + self.dice.choice(FILES) + b"\r\n"
        return out + b"--xyz--\r\n"


def _header(text):
    return text.replace('"', "%22").replace("\r", "").replace("\n", "").replace("\0", "")[:300]


def _pieces(rule):
    """A rule as ("text", …) and ("part", name), from how it is written."""
    rest = rule.rule
    while "<" in rest:
        text, _, rest = rest.partition("<")
        part, _, rest = rest.partition(">")
        yield "text", text
        yield "part", part.rpartition(":")[2]
    yield "text", rest
