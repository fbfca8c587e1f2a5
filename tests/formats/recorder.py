"""A proxy that records each request and responds itself: nothing leaves this machine.

It accepts complete URLs (http) and CONNECT (https, with its own certificate, which clients must not
verify). The response is JSON that repeats the request, with an id and a token.
"""
import http.server
import json
import socketserver
import ssl
import subprocess
import threading
import urllib.parse

BODY_MAX = 1 << 20


class Request:
    """A request as it was received; `url` is complete, headers are in their order."""

    def __init__(self, method, url, headers, body):
        self.method, self.url, self.headers, self.body = method, url, headers, body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    origin = None  # of a tunnel

    def log_message(self, *_):
        pass

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        host, _, port = self.path.rpartition(":")
        self.origin = f"https://{host}" + ("" if port == "443" else f":{port}")
        first = self.connection.recv(1, 2)  # MSG_PEEK
        if first == b"\x16":
            self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        else:
            self.origin = f"http://{host}" + ("" if port == "80" else f":{port}")
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = socketserver._SocketWriter(self.connection)
        self.close_connection = False
        while not self.close_connection:
            self.handle_one_request()

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_MAX))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return body

    def answer(self):
        body = self.read_body()
        url = (self.origin or "") + self.path
        self.server.seen.append(Request(self.command, url, list(self.headers.items()), body))
        parts = urllib.parse.urlsplit(url)
        try:
            sent = json.loads(body)
        except ValueError:
            sent = None
        reply = json.dumps({
            "id": 7, "_id": "7", "token": "t-1", "access_token": "t-2", "accessToken": "t-3",
            "refresh_token": "t-5", "refreshToken": "t-6", "status": "ok",
            "url": url, "method": self.command, "args": dict(urllib.parse.parse_qsl(parts.query)),
            "headers": {k.lower(): v for k, v in self.headers.items() if k.lower() not in VOLATILE},
            "json": sent, "data": {"id": 7, "token": "t-4"}, "user": {"id": 8, "name": "anna"}}).encode()
        reply, headers = self.server.replies.get(parts.path, (reply, []))
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)


VOLATILE = {"user-agent", "postman-token", "accept-encoding", "connection", "accept", "cache-control"}


class Recorder(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 50

    def __init__(self, folder, replies=None):
        """REPLIES: the bodies and headers of paths with a response that does not repeat the request."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = []
        self.replies = replies or {}
        key = f"{folder}/recorder.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=recorder",
                        "-keyout", key, "-out", key + ".crt"], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(key + ".crt", key)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_):
        pass

    def take(self):
        seen, self.seen = self.seen, []
        return seen
