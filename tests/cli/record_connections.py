"""record_connections.py PROXY-PORT: requests on one connection through the recorder, to a server
that closes kept connections and responds before the end of a request. Prints an error per line."""

import socket
import sys
import threading

seen = []


def read_head(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline() if head else stream.read(1)
        if not line or line == b"\x16":  # the first byte of TLS
            return ""
        head += line
    return head.decode("latin-1")


def serve(connection):
    stream = connection.makefile("rb")
    while True:
        try:
            head = read_head(stream)
        except ConnectionError:
            return
        if not head:
            stream.close()
            connection.close()
            return
        seen.append(" ".join(head.split()[:2]))
        if "/lost" in head.split("\r\n")[0]:
            stream.close()
            connection.close()
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def listen():
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


class Client:
    def __init__(self, proxy, server):
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", proxy), timeout=30)
        self.stream = self.socket.makefile("rb")

    def ask(self, method, path, body=b"", length=None, scheme="http"):
        """Returns the status and the value of Connection."""
        length = len(body) if length is None else length
        self.socket.sendall(b"%s %s://127.0.0.1:%d%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n%s" % (
            method.encode(), scheme.encode(), self.server, path.encode(),
            b"Content-Length: %d\r\n" % length if length else b"", body))
        head = read_head(self.stream)
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        self.stream.read(int(fields.get("content-length", 0)))
        return head.split(" ")[1], fields.get("connection")


def expect(what, found, expected):
    if found != expected:
        print("%s: %s, expected %s" % (what, found, expected))


def main(proxy):
    server = listen()

    client = Client(proxy, server)
    expect("http", client.ask("GET", "/ok")[0], "200")
    expect("https on the same port", client.ask("GET", "/ok", scheme="https")[0], "502")

    client = Client(proxy, server)
    expect("before a lost body", client.ask("GET", "/ok")[0], "200")
    expect("a lost body", client.ask("PUT", "/lost", b"x" * 10)[0], "502")
    expect("sends of the lost body", seen.count("PUT /lost"), 1)

    client = Client(proxy, server)
    expect("a response before the end of the request",
           client.ask("POST", "/early", b"x" * 10, length=100000), ("200", "close"))
    expect("the connection after it", client.stream.read(1), b"")


main(int(sys.argv[1]))
