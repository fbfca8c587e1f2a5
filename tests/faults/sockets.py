"""WebSockets: /socket/NAME. Most send their bytes together with the response of the handshake."""
import base64
import hashlib
import struct
import time
import zlib

from behaviours import path

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode, data=b"", first=0x80):
    """A frame of the server; FIRST are the bits before the opcode."""
    if len(data) < 126:
        head = struct.pack(">BB", first | opcode, len(data))
    elif len(data) < 65536:
        head = struct.pack(">BBH", first | opcode, 126, len(data))
    else:
        head = struct.pack(">BBQ", first | opcode, 127, len(data))
    return head + data


def close_frame(code, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


def packed(data):
    """DATA as permessage-deflate sends it."""
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


# Sent after the handshake; then the connection stays open.
BYTES = {
    "masked": b"\x81\x81\x01\x02\x03\x04x",
    "reserved": frame(TEXT, b"x", 0xF0),
    "packed": frame(TEXT, packed(b"hello"), 0xC0),  # permessage-deflate was not agreed on
    "opcode": frame(3, b"x"),
    "control": frame(11, b"x"),
    "utf8": frame(TEXT, b"\xc3("),
    "split": frame(TEXT, b"\xe2\x82", 0) + frame(0, b"("),  # not UTF-8 only in the second frame
    "huge": struct.pack(">BBQ", 0x82, 127, 1 << 40),
    "negative": struct.pack(">BBQ", 0x82, 127, 1 << 63),
    "long": struct.pack(">BBH", 0x81, 126, 5) + b"hello",  # a length that is not in its shortest form
    "longping": frame(PING, b"x" * 126),
    "cutping": frame(PING, b"x", 0),
    "orphan": frame(0, b"x"),
    "inside": frame(TEXT, b"a", 0) + frame(TEXT, b"b"),
    "onebyte": frame(CLOSE, b"x"),
    "badcode": close_frame(1005),
    "badreason": close_frame(1000, b"\xff"),
    "bare": frame(CLOSE),
    "away": close_frame(1001, b"see you"),
    "own": close_frame(4001, b"kicked"),
    "half": frame(TEXT, b"hello")[:4],
    "good": frame(TEXT, b"hello"),
    "pieces": frame(TEXT, b"he", 0) + frame(PING, b"p") + frame(0, b"ll", 0) + frame(0, b"o"),
}


def accept(request):
    key = request.header("sec-websocket-key") + GUID
    return base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()


def switch(conn, request, more="", value=None):
    """The response of the handshake, with MORE field lines."""
    conn.send(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               f"Sec-WebSocket-Accept: {value or accept(request)}\r\n{more}\r\n").encode())


def flood(conn, data):
    """Sends DATA until the client closes, at most for a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        conn.send(data)


def read_frame(conn):
    """(opcode, payload)"""
    first, second = conn.read_exactly(2)
    length = second & 127
    if length == 126:
        length = struct.unpack(">H", conn.read_exactly(2))[0]
    mask = conn.read_exactly(4)
    return first & 15, bytes(byte ^ mask[i % 4] for i, byte in enumerate(conn.read_exactly(length)))


def echo(conn, deaf):
    """Sends each message back. DEAF: a close is neither replied to nor followed."""
    while True:
        opcode, data = read_frame(conn)
        if opcode == CLOSE and not deaf:
            conn.send(frame(CLOSE, data))
            return
        if opcode in (TEXT, BINARY):
            conn.send(frame(opcode, data))


DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"


def handshake(conn, request, name):
    """Handshakes that are not valid. False: NAME is another one."""
    if name == "refuse":
        return conn.answer(403, b"no")
    if name == "plain":
        return conn.answer(200, b"hello")
    if name == "garbage":
        conn.send(bytes(range(256)) * 4)
    elif name == "key":
        switch(conn, request, value="AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    elif name == "noupgrade":
        conn.send(f"HTTP/1.1 101 S\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept(request)}\r\n\r\n".encode())
    elif name == "protocol":
        switch(conn, request, "Sec-WebSocket-Protocol: other\r\n")
    elif name == "extension":
        switch(conn, request, "Sec-WebSocket-Extensions: x-other\r\n")
    elif name == "stall":
        conn.await_close()
    elif name == "halfhead":
        conn.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: web")
        conn.await_close()
    elif name == "cuthead":
        conn.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: web")
    elif name == "hangup":
        pass
    else:
        return None
    return False


@path("/socket")
def socket(conn, request, args):
    """/socket/NAME: echo, deaf, lost, reset, cut, pings, talk, endless, bomb, damaged, and those of BYTES and of
    handshake()."""
    name = args[0]
    done = handshake(conn, request, name)
    if done is not None:
        return done
    switch(conn, request, DEFLATE if name in ("bomb", "damaged") else "")
    if name in ("echo", "deaf"):
        echo(conn, name == "deaf")
    elif name == "reset":
        conn.send(frame(TEXT, b"hello"))
        time.sleep(0.1)  # a reset drops what the client has not read
        conn.reset()
    elif name == "cut":
        conn.send(BYTES["half"])
    elif name == "pings":
        flood(conn, frame(PING, b"p") * 100)
    elif name == "talk":
        flood(conn, frame(TEXT, b"talk") * 100)
    elif name == "endless":
        conn.send(frame(BINARY, b"x", 0))
        flood(conn, frame(0, b"x" * 1000, 0))
    elif name == "bomb":
        conn.send(frame(TEXT, packed(bytes(100_000_000)), 0xC0))
        conn.await_close()
    elif name == "damaged":
        conn.send(frame(TEXT, b"\xff\xff\xff\xff", 0xC0))
        conn.await_close()
    elif name in BYTES:
        conn.send(BYTES[name])
        conn.await_close()
    return False
