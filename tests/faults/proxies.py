"""Forward proxies for the tests; they resolve every name to this machine.

  proxy        passes on requests (absolute form and CONNECT), and counts them as "METHOD host:port"
  proxy_login  the same for the user anna with the password "open sesame"; others get a 407
  proxy_down   responds with 502 to all requests
  proxy_leaves closes the connection after reading the request
"""
import base64
import socket
import threading
import urllib.parse

LOOPBACK = "127.0.0.1"
LOGIN = "Basic " + base64.b64encode(b"anna:open sesame").decode()
LIMIT_S = 30


def read_head(sock, buffer):
    """The header of a request and the bytes read after it; None at the end of the connection."""
    while b"\r\n\r\n" not in buffer:
        data = sock.recv(65536)
        if not data:
            return None, b""
        buffer += data
    head, rest = buffer.split(b"\r\n\r\n", 1)
    return head.decode("latin-1").split("\r\n"), rest


def copy(source, sink):
    """Copies bytes until the source ends, then closes the sink for writing."""
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def field(lines, name):
    for line in lines[1:]:
        key, _colon, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return ""


def say(sock, status, more=""):
    sock.sendall(f"HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\n\r\n".encode())


def tunnel(sock, port, rest):
    with socket.create_connection((LOOPBACK, port), LIMIT_S) as server:
        sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 tests\r\n\r\n")
        server.sendall(rest)
        back = threading.Thread(target=copy, args=(server, sock), daemon=True)
        back.start()
        copy(sock, server)
        back.join(LIMIT_S)


def forward(sock, lines, url, rest):
    """Handles one request in absolute form; returns the bytes read after its body."""
    length = int(field(lines, "content-length") or 0)
    while len(rest) < length:
        rest += sock.recv(65536)
    body, rest = rest[:length], rest[length:]
    method = lines[0].split(" ")[0]
    path = urllib.parse.urlunsplit(("", "", url.path or "/", url.query, ""))
    kept = [line for line in lines[1:] if not line.lower().startswith(("proxy-", "connection:"))]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *kept, "Connection: close"]) + "\r\n\r\n"
    with socket.create_connection((LOOPBACK, url.port or 80), LIMIT_S) as server:
        server.sendall(head.encode("latin-1") + body)
        while True:
            data = server.recv(65536)
            if not data:
                return rest
            sock.sendall(data)


def serve_one(counts, sock, buffer, login):
    """Handles one request; returns the bytes read after it, or None when the connection has ended."""
    lines, rest = read_head(sock, buffer)
    if lines is None:
        return None
    method, target, _version = lines[0].split(" ", 2)
    url = urllib.parse.urlsplit("//" + target if method == "CONNECT" else target)
    if login and field(lines, "proxy-authorization") != LOGIN:
        say(sock, "407 Who are you?", 'Proxy-Authenticate: Basic realm="tests"\r\n')
        return rest
    counts.proxied(f"{method} {url.hostname}:{url.port or 80}")
    if method == "CONNECT":
        tunnel(sock, url.port, rest)
        return None
    return forward(sock, lines, url, rest)


def proxy(counts, login=False):
    def speak(sock):
        rest = b""
        try:
            sock.settimeout(LIMIT_S)
            while rest is not None:
                rest = serve_one(counts, sock, rest, login)
        except (OSError, ValueError):
            pass
        finally:
            sock.close()
    return speak


def down(sock):
    rest = b""
    try:
        sock.settimeout(LIMIT_S)
        while True:
            lines, rest = read_head(sock, rest)
            if lines is None:
                break
            say(sock, "502 Bad Gateway")
    except OSError:
        pass
    sock.close()


def leaves(sock):
    try:
        sock.settimeout(LIMIT_S)
        read_head(sock, b"")
    except OSError:
        pass
    sock.close()


def start(origin):
    """Opens the ports of the proxies."""
    origin.accept_on("proxy", proxy(origin.counts))
    origin.accept_on("proxy_login", proxy(origin.counts, login=True))
    origin.accept_on("proxy_down", down)
    origin.accept_on("proxy_leaves", leaves)
