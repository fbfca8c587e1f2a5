"""A WebSocket client through a proxy: record_socket.py PROXY-PORT SERVER-PORT [connect|hold]

hold: sends a message, and ends when the proxy does."""
import base64
import os
import socket
import struct
import sys

proxy, server = int(sys.argv[1]), int(sys.argv[2])
s = socket.create_connection(("127.0.0.1", proxy), timeout=20)
target = "http://127.0.0.1:%d/ws" % server
if sys.argv[3:] == ["connect"]:
    s.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % server)
    assert s.recv(1000).startswith(b"HTTP/1.1 200 ")
    target = "/ws"
s.sendall(("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n"
           "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
           % (target, server, base64.b64encode(os.urandom(16)).decode())).encode())
stream = s.makefile("rb")
head = b""
while not head.endswith(b"\r\n\r\n"):
    head += stream.readline()
assert head.startswith(b"HTTP/1.1 101 "), head
assert b"X-Extensions: none" in head, head


def send(text, first=0x81):
    mask = os.urandom(4)
    size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
    s.sendall(bytes([first]) + size + mask + bytes(c ^ mask[i % 4] for i, c in enumerate(text)))


def receive():
    first, length = stream.read(2)
    if length == 126:
        length = struct.unpack(">H", stream.read(2))[0]
    return first, stream.read(length)


if sys.argv[3:] == ["hold"]:
    send(b'{"type": "hello"}')
    assert receive() == (0x81, b'{"type": "hello"}')
    print("open", flush=True)
    try:
        stream.read(1)
    except OSError:
        pass
    sys.exit(0)
for first, text in (0x81, b"hello"), (0x82, bytes(range(200))), (0x81, b"bye"):
    send(text, first)
    assert receive() == (first, text), text
assert stream.read(1) == b""
print("ok")
