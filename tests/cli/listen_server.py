#!/usr/bin/env python3
"""A server of event streams for tests. Prints its port, and a line for each stream that ends:
"PATH sent COUNT id LAST-EVENT-ID".

The path of a request says how it behaves:
    /orders      an event of the type "order" every 20 ms, with ids, until the client leaves
    /lines       the same as lines of JSON
    /short       two events, the second with `retry: 150`; then the end. With Last-Event-ID: the next two
    /once        two events and the end; with Last-Event-ID: 204
    /broken      two events, and the connection is closed within a chunk; with Last-Event-ID: 503
    /page        HTML
    /refuse      403
    /silent      accepts the request and never responds
    /half        half an event, then silence
    /huge        an event that does not end
    /zip         an endless event of zeros, compressed
    /comments    comments without an end
"""
import os
import socketserver
import sys
import time
import zlib


class Handler(socketserver.StreamRequestHandler):
    sent = 0
    last_id = "-"

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def head(self, media_type="text/event-stream", status="200 OK", more=""):
        self.wfile.write((f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}"
                          "Transfer-Encoding: chunked\r\n\r\n").encode())

    def event(self, number, extra=""):
        self.sent += 1
        self.chunk((f"event: order\nid: {number}\n{extra}data: {{\"id\": {number}, \"total\": {number * 10}}}\n\n").encode())

    def orders(self):
        self.head()
        for number in range(1, 100000):
            self.event(number)
            time.sleep(0.02)

    def lines(self):
        self.head("application/x-ndjson")
        for number in range(1, 100000):
            self.sent += 1
            self.chunk(b'{"id": %d, "secret": "s3cr3t-%d"}\n' % (number, number))
            time.sleep(0.02)

    def short(self):
        first = int(self.last_id) + 1 if self.last_id.isdigit() else 1
        self.head()
        self.event(first)
        self.event(first + 1, "retry: 150\n")
        self.chunk(b"")

    def once(self):
        if self.last_id != "-":
            self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            self.short()

    def broken(self):
        if self.last_id != "-":
            self.wfile.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            return
        self.head()
        self.event(1)
        self.event(2, "retry: 150\n")
        self.wfile.write(b"100\r\ndata: ")

    def page(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello")

    def refuse(self):
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    def silent(self):
        time.sleep(120)

    def half(self):
        self.head()
        self.chunk(b"event: order\ndata: {\"id\"")
        time.sleep(120)

    def huge(self):
        self.head()
        self.chunk(b"data: ")
        for _ in range(100000):
            self.chunk(b"x" * 65536)

    def zip(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        self.head(more="Content-Encoding: gzip\r\n")
        self.chunk(packer.compress(b"data: ") + packer.flush(zlib.Z_SYNC_FLUSH))
        zeros = bytes(1 << 24)
        for _ in range(64):
            self.chunk(packer.compress(zeros) + packer.flush(zlib.Z_SYNC_FLUSH))

    def comments(self):
        self.head()
        while True:
            self.chunk(b": still here\n")
            time.sleep(0.01)

    def handle(self):
        path = self.rfile.readline().split()[1].decode().split("?")[0]
        while (line := self.rfile.readline().strip()):
            name, value = line.decode().split(":", 1)
            if name.lower() == "last-event-id":
                self.last_id = value.strip()
        try:
            getattr(self, path[1:])()
        except ConnectionError:
            pass
        # One write: the lines of several threads must not mix.
        os.write(1, f"{path} sent {self.sent} id {self.last_id}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.timeout = 1
    until = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < until:
        server.handle_request()
