"""Forward proxies for the tests; they resolve every name to this machine.

  proxy        passes on requests (absolute form and CONNECT), and counts them as "METHOD host:port"
  proxy_login  the same for the user anna with the password "open sesame"; others get a 407
  proxy_down   responds with 502 to all requests
  proxy_leaves closes the connection after reading the request
  proxy_tls    is `proxy` over TLS
  socks        SOCKS5; counts connections as "SOCKS host:port", with the name or address it was given
  socks_login  the same for the user anna with the password "open sesame"
  socks_down   SOCKS5 that cannot connect to any server (connection refused)
"""
import base64
import select
import socket
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


def relay(one, other):
    """Copies bytes in both directions until one side ends. Not with threads: a TLS socket must not
    be read and written at the same time."""
    try:
        while True:
            ready, _, _ = select.select([one, other], [], [], LIMIT_S)
            if not ready:
                return
            for source in ready:
                data = source.recv(65536)
                while getattr(source, "pending", lambda: 0)():
                    data += source.recv(65536)
                if not data:
                    return
                (other if source is one else one).sendall(data)
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
        relay(sock, server)


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


def proxy(counts, login=False, tls=None):
    def speak(sock):
        rest = b""
        try:
            sock.settimeout(LIMIT_S)
            if tls:
                sock = tls.wrap_socket(sock, server_side=True)
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


# ---- SOCKS5 (RFC 1928, RFC 1929)


def take(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise OSError("the client left")
        data += more
    return data


def socks_greet(sock, login):
    """The choice of the method, and the login. False if the client cannot log in."""
    methods = take(sock, take(sock, 2)[1])
    if not login:
        sock.sendall(b"\x05\x00")
        return True
    if 2 not in methods:
        sock.sendall(b"\x05\xff")
        return False
    sock.sendall(b"\x05\x02")
    user = take(sock, take(sock, 2)[1])
    password = take(sock, take(sock, 1)[0])
    good = (user, password) == (b"anna", b"open sesame")
    sock.sendall(b"\x01\x00" if good else b"\x01\x01")
    return good


def socks_place(sock):
    """The host and port of a request to connect."""
    kind = take(sock, 4)[3]
    if kind == 3:
        host = take(sock, take(sock, 1)[0]).decode()
    else:
        host = socket.inet_ntop(*((socket.AF_INET, take(sock, 4)) if kind == 1
                                  else (socket.AF_INET6, take(sock, 16))))
    return host, int.from_bytes(take(sock, 2), "big")


def socks(counts, login=False, reply=0):
    def speak(sock):
        try:
            sock.settimeout(LIMIT_S)
            if socks_greet(sock, login):
                host, port = socks_place(sock)
                counts.proxied(f"SOCKS {host}:{port}")
                if reply:
                    sock.sendall(bytes((5, reply, 0, 1)) + bytes(6))
                else:
                    with socket.create_connection((LOOPBACK, port), LIMIT_S) as server:
                        sock.sendall(b"\x05\x00\x00\x01" + bytes(6))
                        relay(sock, server)
        except OSError:
            pass
        finally:
            sock.close()
    return speak


def start(origin, tls):
    """Opens the ports of the proxies; TLS is the context of proxy_tls, or None."""
    origin.accept_on("proxy", proxy(origin.counts))
    origin.accept_on("proxy_login", proxy(origin.counts, login=True))
    origin.accept_on("proxy_down", down)
    origin.accept_on("proxy_leaves", leaves)
    origin.accept_on("socks", socks(origin.counts))
    origin.accept_on("socks_login", socks(origin.counts, login=True))
    origin.accept_on("socks_down", socks(origin.counts, reply=5))
    if tls:
        origin.accept_on("proxy_tls", proxy(origin.counts, tls=tls))
