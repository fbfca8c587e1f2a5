#!/usr/bin/env python3
"""A WebSocket server for tests: websocket_server.py SECONDS [CERTIFICATE KEY]. Prints its port, and a line for each
connection that ends: "closed CODE received COUNT sent COUNT".

The path of a connection says how it behaves:
    /chat       replies to {"type":"join"} with a ping and {"type":"joined"}, and to any text with "echo TEXT"
    /refuse     responds with 403
    /accept     responds with a wrong Sec-WebSocket-Accept
    /pair       sends "one" and "two" together after "begin", and replies to any other text with "echo TEXT"
    /close      closes with 4001 "kicked" after the first message
    /lost       closes the connection without a close frame after the first message
    /slow       reads slowly, and closes after the close of the client
    /masked /utf8 /reserved /huge /half    sends a frame that is not valid, or half of one, immediately
"""
import base64
import hashlib
import json
import os
import socketserver
import ssl
import struct
import sys
import time

BAD = {
    "/masked": b"\x81\x81\x01\x02\x03\x04x",
    "/utf8": b"\x81\x02\xc3\x28",
    "/reserved": b"\xf1\x01x",
    "/huge": b"\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00",
    "/half": b"\x81\x05he",
}


class Gone(Exception):
    pass


def unmasked(mask, data):
    return bytes(c ^ mask[i % 4] for i, c in enumerate(data))


class Handler(socketserver.StreamRequestHandler):
    received = sent = 0
    is_slow = False

    def exactly(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.rfile.read(min(count - len(data), 50000))
            if not piece:
                raise Gone
            data += piece
            if self.is_slow and count > 50000:
                time.sleep(0.001)
        return data

    def frame(self):
        first, second = self.exactly(2)
        length = second & 127
        if length == 126:
            length = struct.unpack(">H", self.exactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.exactly(8))[0]
        mask = self.exactly(4)
        data = self.exactly(length)
        if self.is_slow:
            return first & 15, data if length > 2 else unmasked(mask, data)
        return first & 15, unmasked(mask, data)

    def send(self, opcode, data):
        self.sent += opcode < 8
        head = bytes([0x80 | opcode]) + (bytes([len(data)]) if len(data) < 126 else struct.pack(">BH", 126, len(data)))
        self.wfile.write(head + data)

    def upgrade(self):
        path = self.rfile.readline().split()[1].decode().split("?")[0]
        fields = {}
        while (line := self.rfile.readline().strip()):
            name, value = line.decode().split(":", 1)
            fields[name.lower()] = value.strip()
        if path == "/refuse":
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            raise Gone
        key = fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        if path == "/accept":
            accept = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        protocol = fields.get("sec-websocket-protocol", "").split(",")[0]
        self.wfile.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          + (f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else "")
                          + f"Sec-WebSocket-Accept: {accept}\r\n\r\n").encode() + BAD.get(path, b""))
        return path

    def talk(self, path):
        self.is_slow = path == "/slow"
        while True:
            opcode, data = self.frame()
            if opcode == 8:
                self.send(8, data)
                return struct.unpack(">H", data[:2])[0] if data else 1005
            if opcode == 9:
                self.send(10, data)
            if opcode > 2:
                continue
            self.received += 1
            if path == "/lost":
                return "lost"
            if path in ("/half", "/slow"):
                continue
            if path == "/pair" and data == b"begin":
                self.sent += 2
                self.wfile.write(b"\x81\x03one\x81\x03two")
            elif path == "/close":
                self.send(8, struct.pack(">H", 4001) + b"kicked")
            elif data.startswith(b"{"):
                if json.loads(data).get("type") == "join":
                    self.send(9, b"are you there")
                    self.send(1, b'{"type":"ping"}')
                    self.send(1, b'{"type":"joined","id":"u42"}')
            else:
                self.send(opcode, b"echo " + data)

    def handle(self):
        code = "none"
        try:
            code = self.talk(self.upgrade())
        except (Gone, ConnectionError):
            pass
        # One write: the lines of several threads must not mix.
        os.write(1, f"closed {code} received {self.received} sent {self.sent}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    tls = None

    def finish_request(self, request, client_address):
        # In the thread of the connection: the handshake may take long.
        super().finish_request(self.tls.wrap_socket(request, server_side=True) if self.tls else request, client_address)


with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.timeout = 1
    if len(sys.argv) > 3:
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(sys.argv[2], sys.argv[3])
    until = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < until:
        server.handle_request()
