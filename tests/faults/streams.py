"""Event streams: /stream/NAME."""
import json
import time
import zlib

from behaviours import path

EVENTS = b"".join(
    b"id: %d\ndata: %s\n\n" % (n, json.dumps({"n": n}).encode()) for n in range(3)
)
DONE = b"event: done\ndata: {}\n\n"


class Stream:
    """A chunked response that is written piece by piece."""

    def __init__(self, conn, kind="text/event-stream", gzip=False):
        self.conn = conn
        self.gzip = zlib.compressobj(wbits=31) if gzip else None
        coding = b"Content-Encoding: gzip\r\n" if gzip else b""
        conn.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: " + kind.encode() + b"\r\n" + coding +
            b"Transfer-Encoding: chunked\r\n\r\n"
        )

    def put(self, data):
        if self.gzip:
            data = self.gzip.compress(data) + self.gzip.flush(zlib.Z_SYNC_FLUSH)
        self.conn.send(b"%x\r\n" % len(data) + data + b"\r\n")

    def end(self):
        self.conn.send(b"0\r\n\r\n")
        return True


def until_closed(put, pause):
    """Writes until the client closes, at most for a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        put()
        time.sleep(pause)


@path("/stream")
def stream(conn, request, args):
    """/stream/NAME: ok, gzip, lines, bom, bytes, stall, comments, endless, half, cut, reset, open,
    huge, bomb, long."""
    name = args[0]
    if name == "lines":
        out = Stream(conn, "application/x-ndjson")
        out.put(b'{"n": 1}\n{"n"')
        out.put(b': 2}\r\n\n{"n": 3}')
        return out.end()
    out = Stream(conn, gzip=name in ("gzip", "bomb"))
    if name in ("ok", "gzip"):
        out.put(EVENTS)
        out.put(DONE)
        return out.end()
    if name == "bom":
        out.put(b"\xef\xbb\xbf" + EVENTS + DONE)
        return out.end()
    if name == "bytes":
        for byte in EVENTS + DONE:
            out.put(bytes([byte]))
        return out.end()
    if name == "stall":
        out.put(EVENTS + b"data: half")
        conn.await_close()
        return False
    if name == "comments":
        for _ in range(15):
            out.put(b": ping\n\n")
            time.sleep(0.1)
        out.put(DONE)
        return out.end()
    if name == "endless":
        until_closed(lambda: out.put(EVENTS), 0.001)
        return False
    if name == "half":
        out.put(EVENTS + DONE[:-1])
        return out.end()
    if name == "cut":
        out.put(EVENTS + b"data: half")
        return False
    if name == "reset":
        out.put(EVENTS + DONE)
        conn.reset()
        return False
    if name == "open":
        out.put(EVENTS + DONE)
        conn.await_close()
        return False
    if name == "huge":
        out.put(b"data: ")
        until_closed(lambda: out.put(b"x" * 60000), 0)
        return False
    if name == "bomb":
        out.put(b"data: ")
        until_closed(lambda: out.put(b"x" * 10000000), 0)
        return False
    out.put(b"data: 1\n\n" * 20000)
    return out.end()


@path("/redirect/stream")
def redirect(conn, request, args):
    """A redirect to a stream."""
    return conn.answer(302, b"", [("Location", "/stream/ok")])
