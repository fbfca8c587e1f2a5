"""A server that closes kept connections at random, as servers may.

closer.py PORT CERTIFICATE KEY: HTTPS on 127.0.0.1:PORT, HTTP/1.1 or HTTP/2 as negotiated. The first
request of a connection always gets a response. Each later one is, at random, lost: the server closes
or resets the connection without a response; with HTTP/2 it may also refuse the stream, or send GOAWAY
with an earlier last stream. GET /counts (on a new connection) returns how many requests were
received, how many got a response, and how many of the lost ones were POSTs.
"""

import json
import random
import socket
import socketserver
import ssl
import struct
import sys
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
REFUSED_STREAM = 7
LOST = 0.3

counts = {"received": 0, "responded": 0, "lost_posts": 0}
lock = threading.Lock()
dice = random.Random(7)


def is_lost(first, post):
    """Counts a request and decides its fate."""
    with lock:
        counts["received"] += 1
        lost = not first and dice.random() < LOST
        if not lost:
            counts["responded"] += 1
        elif post:
            counts["lost_posts"] += 1
        return lost


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.tls = context.wrap_socket(self.request, server_side=True)
            self.file = self.tls.makefile("rb")
            if self.tls.selected_alpn_protocol() == "h2":
                self.http2()
            else:
                self.http1()
        except (OSError, ValueError, struct.error):
            pass

    def drop(self):
        """Closes the connection, or resets it."""
        if dice.random() < 0.5:
            linger = struct.pack("ii", 1, 0)
            self.tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.file.close()
        self.tls.close()

    def http1(self):
        first = True
        while line := self.file.readline().decode():
            method, path, _ = line.split()
            length = 0
            while (field := self.file.readline().decode().strip()):
                if field.lower().startswith("content-length:"):
                    length = int(field.split(":")[1])
            self.file.read(length)
            body = b"ok"
            if path == "/counts":
                body = json.dumps(counts).encode()
            elif is_lost(first, method == "POST"):
                return self.drop()
            first = False
            self.tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def frame(self, kind, flags, stream, payload=b""):
        head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream)
        self.tls.sendall(head + payload)

    def http2(self):
        if self.file.read(len(PREFACE)) != PREFACE:
            return
        self.frame(SETTINGS, 0, 0)
        first, answered, posts = True, 0, set()
        while head := self.file.read(9):
            length, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:], "big") & 0x7FFFFFFF
            payload = self.file.read(length)
            if kind == SETTINGS and not flags & 1:
                self.frame(SETTINGS, 1, 0)
            if kind == PING and not flags & 1:
                self.frame(PING, 1, 0, payload)
            if kind == HEADERS and not flags & 1:
                posts.add(stream)
            if kind not in (HEADERS, DATA) or not flags & 1:
                continue
            if is_lost(first, stream in posts):
                way = dice.randrange(3)
                if way == 0:
                    return self.drop()
                if way == 1:
                    self.frame(GOAWAY, 0, 0, struct.pack(">II", answered, 0))
                    return self.drop()
                self.frame(RST_STREAM, 0, stream, struct.pack(">I", REFUSED_STREAM))
                continue
            first, answered = False, stream
            self.frame(HEADERS, 4, stream, b"\x88")
            self.frame(DATA, 1, stream, b"ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
context.set_alpn_protocols(["h2", "http/1.1"])
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
