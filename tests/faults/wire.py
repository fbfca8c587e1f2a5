"""One connection of the origin: reads complete requests, and writes responses byte for byte.

`Connection.serve` reads a request, finds the behaviour for its path, and lets it write any bytes,
valid or invalid. A behaviour returns whether the connection stays open. `Gone` is raised when the
client has closed the connection; the thread then ends without an error.
"""
import socket
import ssl
import struct
import urllib.parse

HANDSHAKE = 0x16  # the first byte of TLS, for a client that expects an https server
HOLD_S = 30  # maximum time that a stalled response blocks a thread


class Gone(Exception):
    """The client closed or reset the connection."""


class Request:
    def __init__(self, method, target, headers, body):
        url = urllib.parse.urlsplit(target)
        self.method = method
        self.target = target
        self.path = url.path
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.headers = headers  # a list of (name, value) as received
        self.body = body

    def header(self, name, default=""):
        """The first value of the header `name`; case does not matter."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return default

    def cookies(self):
        """The received cookies by name."""
        found = {}
        for pair in self.header("cookie").split(";"):
            name, eq, value = pair.strip().partition("=")
            if eq:
                found[name] = value
        return found

    def form(self):
        """The fields of a form body."""
        return dict(urllib.parse.parse_qsl(self.body.decode("latin-1"), keep_blank_values=True))


class Connection:
    def __init__(self, sock, origin, tls):
        self.sock = sock
        self.tls = tls
        self.origin = origin
        self.counts = origin.counts
        self.buffer = b""
        self.method = "GET"
        self.control = False  # a control connection; not counted as traffic
        self.owner = None  # the first user of this connection; see sessions.py

    def receive(self):
        """Reads bytes into the buffer; raises Gone at the end of the connection."""
        try:
            data = self.sock.recv(65536)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        if not data:
            raise Gone
        self.buffer += data

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error

    def answer(self, status=200, body=b"", headers=(), reason="", length=None):
        """A well-formed response; `length` announces another number of bytes than the body has."""
        lines = [f"HTTP/1.1 {status} {reason}"]
        if status not in (204, 304) and status >= 200:
            lines.append(f"Content-Length: {len(body) if length is None else length}")
        lines += [f"{name}: {value}" for name, value in headers]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        bare = self.method == "HEAD" or status in (204, 304)
        self.send(head if bare else head + body)
        return True

    def await_byte(self):
        """Waits for the first byte of the next request, and counts it as sent."""
        if not self.buffer:
            self.receive()
        self.counts.add("sends")

    def await_close(self):
        """Does not respond until the client closes the connection."""
        self.sock.settimeout(HOLD_S)
        while True:
            self.receive()

    def half_close(self):
        """Closes the connection for writing, but still counts a request that the client sends on it."""
        self.sock.shutdown(socket.SHUT_WR)
        self.await_byte()
        return False

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def close(self):
        self.sock.close()

    def read_until(self, mark):
        while mark not in self.buffer:
            self.receive()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def read_exactly(self, count):
        while len(self.buffer) < count:
            self.receive()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_chunked(self):
        body = b""
        while True:
            size = int(self.read_until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                self.read_until(b"\r\n")
                return body
            body += self.read_exactly(size)
            self.read_exactly(2)

    def read_request(self):
        """The next complete request."""
        head = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        method, target, _version = head[0].split(" ", 2)
        headers = []
        for line in head[1:]:
            name, _colon, value = line.partition(":")
            headers.append((name, value.strip()))
        request = Request(method, target, headers, b"")
        if request.header("transfer-encoding").lower() == "chunked":
            request.body = self.read_chunked()
        else:
            request.body = self.read_exactly(int(request.header("content-length", "0")))
        self.method = method
        return request

    def serve_one(self):
        """Handles one request; returns false if the connection ends."""
        if not self.buffer:
            self.receive()
        if self.origin.is_control(self.buffer):
            return self.origin.control(self, self.read_request())
        if self.buffer[0] == HANDSHAKE:
            return self.answer(400, b"this is plain HTTP") and False
        self.counts.add("sends")
        request = self.read_request()
        self.counts.request(request.method, request.path)
        try:
            keep = self.origin.behave(self, request)
        finally:
            self.counts.answered()
        return keep and request.header("connection").lower() != "close"

    def serve(self):
        try:
            while self.serve_one():
                pass
        except (Gone, ValueError):
            pass
        finally:
            self.close()
