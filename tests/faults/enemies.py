"""Responses of broken or hostile servers: /enemy/NAME. The expected outcomes are in faults.table; no
response may crash the program, block it, or make it use more and more memory."""
import gzip
import time
import zlib

from behaviours import HTML, JSON, path, small

OK = b"HTTP/1.1 200 OK\r\n"


def raw(name, sentence, *parts, stays=False):
    """Registers /enemy/NAME, which sends PARTS byte for byte."""

    def behave(conn, request, args):
        for part in parts:
            conn.send(part)
        return stays

    behave.__doc__ = sentence
    path(f"/enemy/{name}")(behave)


# ---- status lines

raw("status-0", "A status of 000.", b"HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n")
raw("status-999", "A status of 999.", b"HTTP/1.1 999 Off\r\nContent-Length: 2\r\n\r\nok", stays=True)
raw("status-four", "A status of four digits.", b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok")
raw("status-minus", "A negative status.", b"HTTP/1.1 -20 OK\r\nContent-Length: 2\r\n\r\nok")
raw("status-bare", "No reason after the status.", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", stays=True)
raw("upgrade", "Switches to a protocol that the client did not request.",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello")
raw("empty-lines", "Empty lines before the response.", b"\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok")
raw("only-lf", "Lines that end without CR.", b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", stays=True)


@path("/enemy/interim-flood")
def interim_flood(conn, request, args):
    """Endless interim responses."""
    for _ in range(200000):
        conn.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 10)
    return False


# ---- headers

raw("header-nul", "A NUL within a value.", OK + b"X-Nul: a\x00b\r\nContent-Length: 2\r\n\r\nok", stays=True)
raw("header-latin", "Bytes that are not UTF-8.", OK + b"X-Token: \xff\xfe\xe9\x80\r\nContent-Length: 2\r\n\r\nok", stays=True)
raw("header-escape", "An escape sequence that moves a terminal's cursor.",
    OK + b"X-Token: \x1b[2J\x1b]0;owned\x07\r\nContent-Length: 2\r\n\r\nok", stays=True)
raw("header-nameless", "A field without a name.", OK + b": no name\r\nContent-Length: 2\r\n\r\nok")
raw("header-colonless", "A field without a colon.", OK + b"no colon here\r\nContent-Length: 2\r\n\r\nok", stays=True)
raw("length-minus", "A negative length.", OK + b"Content-Length: -5\r\n\r\nok")
raw("length-huge", "A length beyond 64 bits.", OK + b"Content-Length: 99999999999999999999999\r\n\r\nok")
raw("length-twice", "Two lengths that contradict each other.",
    OK + b"Content-Length: 2\r\nContent-Length: 200\r\n\r\nok")
raw("length-and-chunks", "A length and chunks: two readers could disagree.",
    OK + b"Content-Length: 500\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
raw("encoding-unknown", "A transfer coding that does not exist.",
    OK + b"Transfer-Encoding: rot13\r\n\r\nok")


@path("/enemy/header-drip")
def header_drip(conn, request, args):
    """Endless header fields, one at a time."""
    conn.send(OK)
    for n in range(1500):
        conn.send(b"X-%d: y\r\n" % n)
        time.sleep(0.02)
    return False


@path("/enemy/byte-drip")
def byte_drip(conn, request, args):
    """A header sent byte by byte."""
    for byte in OK + b"X-Slow: " + b"z" * 1500:
        conn.send(bytes([byte]))
        time.sleep(0.02)
    return False


# ---- chunks

CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
raw("chunk-huge", "A chunk of more than 64 bits.", CHUNKED + b"fffffffffffffffff\r\nok")
raw("chunk-minus", "A chunk of negative size.", CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n")
raw("chunk-no-end", "A chunk that continues where it should end.", CHUNKED + b"2\r\nokay\r\n0\r\n\r\n")
raw("chunk-extension", "A chunk extension of 200,000 bytes.",
    CHUNKED + b"2;" + b"e" * 200000 + b"\r\nok\r\n0\r\n\r\n", stays=True)


@path("/enemy/trailer-flood")
def trailer_flood(conn, request, args):
    """Endless trailers."""
    conn.send(CHUNKED + b"2\r\nok\r\n0\r\n")
    for n in range(10000):
        conn.send(b"X-%d: %s\r\n" % (n, b"v" * 1000))
    return False


@path("/enemy/chunk-drip")
def chunk_drip(conn, request, args):
    """Endless chunks of one byte."""
    conn.send(CHUNKED)
    for _ in range(1500):
        conn.send(b"1\r\nx\r\n")
        time.sleep(0.02)
    return False


# ---- compressed bodies


def packed(name, sentence, coding, body):
    """Registers /enemy/NAME: BODY with Content-Encoding CODING."""

    def behave(conn, request, args):
        return conn.answer(body=body, headers=[HTML, ("Content-Encoding", coding)])

    behave.__doc__ = sentence
    path(f"/enemy/{name}")(behave)


packed("gzip-cut", "gzip that ends too soon.", "gzip", gzip.compress(b"hello " * 500)[:-12])
packed("gzip-more", "gzip followed by noise.", "gzip", gzip.compress(b"hello") + b"noise")
packed("gzip-two", "Two members of gzip.", "gzip", gzip.compress(b"hello ") + gzip.compress(b"world"))
packed("gzip-empty", "An empty body, said to be gzip.", "gzip", b"")
packed("gzip-twice", "gzip in gzip.", "gzip, gzip", gzip.compress(gzip.compress(b"hello")))
packed("deflate-raw", "deflate without the header of zlib.", "deflate",
       zlib.compress(b"hello" * 9)[2:-4])
packed("brotli-noise", "Invalid br data.", "br", b"\xff\xff\xff\xff" * 20)
packed("coding-unknown", "A content coding that does not exist.", "rot13", b"uryyb")


# ---- cookies and redirects


@path("/enemy/cookie-huge")
def cookie_huge(conn, request, args):
    """A cookie of 60,000 bytes."""
    return conn.answer(body=small(), headers=[JSON, ("Set-Cookie", "huge=" + "c" * 60000)])


@path("/enemy/cookie-flood")
def cookie_flood(conn, request, args):
    """Two thousand cookies in one response."""
    flood = [("Set-Cookie", f"c{n}={'v' * 30}") for n in range(2000)]
    return conn.answer(body=small(), headers=[JSON] + flood)


raw("cookie-control", "A cookie with control bytes.",
    OK + b"Set-Cookie: a=\x01\x02\x7f; Path=/\r\nContent-Length: 2\r\n\r\nok", stays=True)


def leads(name, sentence, place):
    """Registers /enemy/NAME, a redirect to PLACE."""
    raw(name, sentence,
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + place + b"\r\n\r\n", stays=True)


leads("to-empty", "To an empty place: itself.", b"")
leads("to-script", "To a script.", b"javascript:alert(1)")
leads("to-control", "To a place with control bytes.", b"/ok\x01\x02")
leads("to-space", "To a URL with spaces.", b"/ok?a b")
leads("to-bytes", "To a URL that is not UTF-8.", b"/ok?\xff\xfe")
leads("to-long", "To a place of 60,000 bytes.", b"/ok?" + b"a" * 60000)
leads("to-port", "To a port that does not exist.", b"http://127.0.0.1:99999/")
leads("to-empty-host", "To a host without a name.", b"http:///ok")


# ---- bodies


@path("/enemy/body-bytes")
def body_bytes(conn, request, args):
    """All byte values, including NUL, as JSON."""
    return conn.answer(body=bytes(range(256)) * 40, headers=[JSON])


@path("/enemy/body-deep")
def body_deep(conn, request, args):
    """JSON nested 100,000 levels deep."""
    return conn.answer(body=b"[" * 100000 + b"]" * 100000, headers=[JSON])


@path("/enemy/body-tags")
def body_tags(conn, request, args):
    """HTML nested 50,000 levels deep."""
    return conn.answer(body=b"<div>" * 50000, headers=[HTML])


@path("/enemy/body-entities")
def body_entities(conn, request, args):
    """XML with exponentially growing entities."""
    lines = ['<!DOCTYPE a [<!ENTITY e0 "ha">']
    lines += [f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 60)]
    body = "\n".join(lines) + "]><a>&e59;</a>"
    return conn.answer(body=body.encode(), headers=[("Content-Type", "application/xml")])
