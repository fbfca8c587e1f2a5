"""The behaviours of the origin, selected by the path of the request: one function per path.

A behaviour gets the connection, the request and the parts of the path after its name. It writes the
response and returns whether the connection stays open. The longest registered prefix of the
request's path is used. `origin.py --list` prints all behaviours.
"""
import collections
import gzip
import json
import threading
import time

JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")
BEHAVIOURS = {}


def path(name):
    """Registers a behaviour under a path."""

    def put(function):
        BEHAVIOURS[name] = function
        return function

    return put


def find(request_path):
    """The behaviour for a path, and the parts of the path that are its arguments."""
    parts = request_path.strip("/").split("/")
    for count in range(len(parts), 0, -1):
        name = "/" + "/".join(parts[:count])
        if name in BEHAVIOURS:
            return BEHAVIOURS[name], parts[count:]
    return None, []


def small():
    return json.dumps({"ok": True, "text": "all is well"}).encode()


@path("/ok")
def ok(conn, request, args):
    """A small JSON response; with ?size=N, N bytes of x."""
    size = request.query.get("size")
    return conn.answer(body=small() if size is None else b"x" * int(size), headers=[JSON])


@path("/echo")
def echo(conn, request, args):
    """Method, target, headers and body as JSON."""
    body = {
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": request.body.decode("latin-1"),
    }
    return conn.answer(body=json.dumps(body).encode(), headers=[JSON])


@path("/status")
def status(conn, request, args):
    """/status/N responds with that status."""
    return conn.answer(int(args[0]), b'{"status": %d}' % int(args[0]), [JSON])


REFUSALS = {
    "problem": {"type": "about:blank", "title": "Unprocessable", "detail": "The cart is empty"},
    "title": {"type": "about:blank", "title": "Gone fishing", "status": 503},
    "message": {"code": 17, "message": "No room left"},
    "error": {"error": {"code": 1, "message": "Not your order"}},
    "errors": {"errors": [{"field": "mail", "message": "already taken"}]},
    "list": {"detail": [{"loc": ["body", "mail"], "msg": "field required"}]},
    "long": {"message": "a" * 5000},
    "secret": {"message": "no such key: opensesame"},
    "numbers": {"status": 404, "count": 0},
}


@path("/refuse")
def refuse(conn, request, args):
    """/refuse/STATUS/KIND[/gzip]: an error of an API in JSON; the kinds are those of REFUSALS."""
    body, headers = json.dumps(REFUSALS[args[1]]).encode(), [JSON]
    if args[2:]:
        body, headers = gzip.compress(body, mtime=0), [JSON, ("Content-Encoding", "gzip")]
    return conn.answer(int(args[0]), body, headers)


@path("/flaky")
def flaky(conn, request, args):
    """/flaky/N responds with 503 to the first N requests to the origin, then with 200."""
    with conn.counts.lock:
        before = conn.counts.requests.get(f"{request.method} {request.path}", 0)
    return conn.answer(503 if before <= int(args[0]) else 200, small(), [JSON])


ACCEPTED = collections.deque()
ACCEPTED_LOCK = threading.Lock()


@path("/limited")
def limited(conn, request, args):
    """/limited/N accepts N requests in any second, and responds with 429 and Retry-After to others."""
    now = time.monotonic()
    with ACCEPTED_LOCK:
        while ACCEPTED and ACCEPTED[0] <= now - 1:
            ACCEPTED.popleft()
        if len(ACCEPTED) < int(args[0]):
            ACCEPTED.append(now)
            return conn.answer(body=small(), headers=[JSON])
    return conn.answer(429, b"{}", [JSON, ("Retry-After", "1")])


@path("/delay/header")
def delay_header(conn, request, args):
    """/delay/header/MS waits before the response."""
    time.sleep(int(args[0]) / 1000)
    return conn.answer(body=small(), headers=[JSON])


@path("/delay/body")
def delay_body(conn, request, args):
    """/delay/body/MS waits in the middle of the body."""
    conn.answer(body=b"first", length=11)
    time.sleep(int(args[0]) / 1000)
    conn.send(b"second")
    return True


@path("/drip")
def drip(conn, request, args):
    """/drip/N/MS sends N bytes, one every MS milliseconds."""
    conn.answer(body=b"", length=int(args[0]))
    for _ in range(int(args[0])):
        conn.send(b".")
        time.sleep(int(args[1]) / 1000)
    return True


@path("/stall/header")
def stall_header(conn, request, args):
    """Never responds."""
    return conn.await_close()


@path("/stall/body")
def stall_body(conn, request, args):
    """Sends half a body, then nothing more."""
    conn.answer(body=b"half", length=100)
    return conn.await_close()


@path("/reset/now")
def reset_now(conn, request, args):
    """Resets the connection without a response."""
    return conn.reset()


@path("/reset/mid-header")
def reset_mid_header(conn, request, args):
    """Resets the connection inside the header."""
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    time.sleep(0.05)
    return conn.reset()


@path("/reset/mid-body")
def reset_mid_body(conn, request, args):
    """Resets the connection inside the body."""
    conn.answer(body=b"half", length=100)
    time.sleep(0.05)
    return conn.reset()


@path("/reset/next")
def reset_next(conn, request, args):
    """Responds, then resets the connection when the first byte of the next request arrives."""
    conn.answer(body=small(), headers=[JSON])
    conn.await_byte()
    return conn.reset()


@path("/close/now")
def close_now(conn, request, args):
    """Closes the connection without a response."""
    return False


@path("/close/mid-header")
def close_mid_header(conn, request, args):
    """Closes the connection inside the header."""
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Le")
    return False


@path("/close/after")
def close_after(conn, request, args):
    """Responds with Connection: close."""
    conn.answer(body=small(), headers=[JSON, ("Connection", "close")])
    return False


@path("/close/next")
def close_next(conn, request, args):
    """Responds, then closes when the first byte of the next request arrives: the keep-alive race."""
    conn.answer(body=small(), headers=[JSON])
    conn.await_byte()
    return False


@path("/close/half")
def close_half(conn, request, args):
    """Responds and closes the connection without announcing it in a header."""
    conn.answer(body=small(), headers=[JSON])
    return conn.half_close()


@path("/close/idle")
def close_idle(conn, request, args):
    """/close/idle/MS responds and closes the idle connection after MS milliseconds."""
    conn.answer(body=small(), headers=[JSON])
    time.sleep(int(args[0]) / 1000)
    return False


@path("/length/short")
def length_short(conn, request, args):
    """Announces 100 bytes, sends 50 and closes."""
    conn.answer(body=b"x" * 50, length=100)
    return False


@path("/length/long")
def length_long(conn, request, args):
    """Announces 10 bytes and sends 30."""
    return conn.answer(body=b"x" * 30, length=10)


@path("/length/bad")
def length_bad(conn, request, args):
    """A Content-Length that is not a number."""
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nbody")
    return False


@path("/length/none")
def length_none(conn, request, args):
    """HTTP/1.0 without a length: the body ends with the connection."""
    conn.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end")
    return False


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@path("/chunk/ok")
def chunk_ok(conn, request, args):
    """A chunked response with an extension and a trailer."""
    conn.send(CHUNKED + b"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: yes\r\n\r\n")
    return True


@path("/chunk/bad")
def chunk_bad(conn, request, args):
    """A chunk whose size is not a number."""
    conn.send(CHUNKED + b"5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n")
    return False


@path("/chunk/short")
def chunk_short(conn, request, args):
    """A chunk that is cut off by the end of the connection."""
    conn.send(CHUNKED + b"ff\r\nhello")
    return False


@path("/headers/many")
def headers_many(conn, request, args):
    """A hundred harmless headers."""
    return conn.answer(body=small(), headers=[(f"X-{n}", "v" * 50) for n in range(100)])


@path("/headers/long")
def headers_long(conn, request, args):
    """/headers/long/N: one header of N bytes."""
    return conn.answer(body=small(), headers=[("X-Long", "v" * int(args[0]))])


@path("/headers/flood")
def headers_flood(conn, request, args):
    """Endless headers."""
    conn.send(b"HTTP/1.1 200 OK\r\n")
    for n in range(10000):
        conn.send(b"X-%d: %s\r\n" % (n, b"v" * 1000))
    return False


@path("/headers/folded")
def headers_folded(conn, request, args):
    """A header folded over two lines, which is obsolete (RFC 9112 section 5.2)."""
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Folded: one\r\n two\r\n\r\nok")
    return True


@path("/line/garbage")
def line_garbage(conn, request, args):
    """No status line at all."""
    conn.send(b"what do you want?\r\n\r\n")
    return False


@path("/line/version")
def line_version(conn, request, args):
    """A version that does not exist."""
    conn.send(b"HTTP/7.3 200 OK\r\nContent-Length: 2\r\n\r\nok")
    return False


@path("/line/long")
def line_long(conn, request, args):
    """A status line of 200,000 bytes."""
    conn.send(b"HTTP/1.1 200 " + b"y" * 200000 + b"\r\nContent-Length: 2\r\n\r\nok")
    return False


@path("/interim")
def interim(conn, request, args):
    """/interim/N sends that 1xx response, then the final one."""
    conn.send(b"HTTP/1.1 %d Interim\r\nLink: </a.css>\r\n\r\n" % int(args[0]))
    return conn.answer(body=small(), headers=[JSON])


@path("/gzip/ok")
def gzip_ok(conn, request, args):
    """A compressed JSON response."""
    return conn.answer(body=gzip.compress(small(), mtime=0), headers=[JSON, ("Content-Encoding", "gzip")])


@path("/gzip/bad")
def gzip_bad(conn, request, args):
    """Content-Encoding: gzip with a body that is not gzip."""
    return conn.answer(body=b"\x1f\x8bno gzip", headers=[JSON, ("Content-Encoding", "gzip")])


@path("/gzip/bomb")
def gzip_bomb(conn, request, args):
    """/gzip/bomb/N: N MiB of zeros, compressed."""
    body = gzip.compress(bytes(int(args[0]) << 20), 9)
    return conn.answer(body=body, headers=[HTML, ("Content-Encoding", "gzip")])


@path("/body")
def body(conn, request, args):
    """/body/N: N KiB, in pieces of 64 KiB."""
    total = int(args[0]) << 10
    conn.answer(length=total)
    if request.method == "HEAD":
        return True
    for _ in range(total >> 16):
        conn.send(b"z" * 65536)
    conn.send(b"z" * (total & 0xFFFF))
    return True
