"""A server for the tests of the recorder: record_server.py PORT-FILE LIMIT-S

    /echo       the request as JSON: request line, headers, length of the body
    /gzip       a text, gzip-encoded
    /events     an event stream; its second event waits for a request for /go
    /open-events  an event stream with one event, which ends with the connection
    /big/N      N bytes
    /once       a response; then the connection is closed without notice
    /ws         a WebSocket that sends every message back; "bye" closes it
    /chunks     chunks with an extension and a trailer
    /early      103 Early Hints, then 200
    /broken     half of the announced length
    /br, /zst   JSON in codings that the client did not request
    /1.0/keep   HTTP/1.0 with a length, kept alive; /1.0/close ends with the connection
    /refused    417 to a request with Expect: 100-continue
    /endless    bytes until the client disconnects; /gone returns whether one has
"""
import base64
import gzip
import hashlib
import http.server
import json
import struct
import sys
import threading

go = threading.Event()
gone = threading.Event()
BR = base64.b64decode("CxmAeyJ0ZXh0IjogInBhY2tlZCBieSBicm90bGkiLCAidG9rZW4iOiAiOWYyYzFlN2FiMyJ9Aw==")
ZSTD = base64.b64decode("KLUv/QRYiQEAeyJ0ZXh0IjogInBhY2tlZCBieSB6c3RkIiwgInRva2VuIjogIjlmMmMxZTdhYjMi"
                        "fa2thSU=")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, body, kind="text/plain", **headers):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Alt-Svc", 'h3=":443"')
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        path = self.path.split("?")[0]
        if path == "/gzip":
            self.reply(gzip.compress(b"a text that was packed " * 20), Content_Encoding="gzip")
        elif path == "/events":
            self.events()
        elif path == "/open-events":
            self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n")
            self.wfile.flush()
            self.rfile.read(1)
            self.close_connection = True
        elif path == "/go":
            go.set()
            self.reply(b"gone")
        elif path.startswith("/big/"):
            self.reply(b"x" * int(path[5:]), "application/octet-stream")
        elif path == "/once":
            self.reply(b"once")
            self.close_connection = True
        elif path == "/ws":
            self.socket()
        elif path == "/chunks":
            self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n"
                     b"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n")
        elif path == "/early":
            self.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
                     b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly")
        elif path == "/br":
            self.reply(BR, "application/json", Content_Encoding="br")
        elif path == "/zst":
            self.reply(ZSTD, "application/json", Content_Encoding="zstd")
        elif path == "/1.0/keep":
            self.raw(b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nkept")
        elif path == "/1.0/close":
            self.raw(b"HTTP/1.0 200 OK\r\n\r\nto the end")
            self.close_connection = True
        elif path == "/endless":
            self.endless()
        elif path == "/gone":
            self.reply(b"yes" if gone.wait(20) else b"no")
        elif path == "/broken":
            self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part")
            self.close_connection = True
        else:
            text = json.dumps({"line": self.requestline, "headers": self.headers.items(),
                               "body": len(body)})
            self.reply(text.encode(), "application/json")

    do_POST = do_PUT = do_GET

    def raw(self, text):
        self.wfile.write(text)

    def events(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                 b"data: first\n\n")
        self.wfile.flush()
        go.wait(30)
        self.raw(b"data: second\n\n")
        self.close_connection = True

    def endless(self):
        self.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        try:
            while True:
                self.raw(bytes(1 << 16))
        except OSError:
            gone.set()
        self.close_connection = True

    def handle_expect_100(self):
        if self.path != "/refused":
            return super().handle_expect_100()
        self.raw(b"HTTP/1.1 417 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        self.close_connection = True
        return False

    def socket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest())
        self.raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
                 b"\r\nX-Extensions: " + self.headers.get("Sec-WebSocket-Extensions", "none").encode()
                 + b"\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        while True:
            head = self.rfile.read(2)
            if len(head) < 2:
                break
            length = head[1] & 127
            if length == 126:
                length = struct.unpack(">H", self.rfile.read(2))[0]
            mask = self.rfile.read(4)
            text = bytes(c ^ mask[i % 4] for i, c in enumerate(self.rfile.read(length)))
            size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length)
            self.raw(bytes([head[0]]) + size + text)
            if text == b"bye":
                break
        self.close_connection = True


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Timer(float(sys.argv[2]), server.shutdown).start()
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
import os

os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
