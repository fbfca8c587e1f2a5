"""A server that floods HTTP/2 connections with frames without content.

flood.py CERTIFICATE KEY FRAME: prints its port on 127.0.0.1. FRAME is ping, settings or data. CERTIFICATE
is - for a server without TLS. Requests get no response, or one without an end.
"""
import socket
import ssl
import sys
import threading
import time

SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
PING = bytes([0, 0, 8, 6, 0, 0, 0, 0, 0]) + b"12345678"
HEADERS = bytes([0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88])  # stream 1: status 200
DATA = bytes([0, 0, 0, 0, 0, 0, 0, 0, 1])
FLOODS = {"ping": 200 * PING, "settings": 20 * SETTINGS, "data": 2000 * DATA}

context = None
if sys.argv[1] != "-":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.set_alpn_protocols(["h2"])


def serve(client):
    try:
        if context:
            client = context.wrap_socket(client, server_side=True)
        client.sendall(SETTINGS)
        client.settimeout(0)
        begun = sys.argv[3] != "data"
        rest = b""
        while True:
            try:
                # The acknowledgements are read, or the client would detect the flood by itself.
                if len(client.recv(65536)) > 24 and not begun:
                    begun = True
                    rest = HEADERS
            except (BlockingIOError, ssl.SSLWantReadError):
                pass
            try:
                rest = rest or (FLOODS[sys.argv[3]] if begun else b"")
                rest = rest[client.send(rest) :] if rest else b""
            except (BlockingIOError, ssl.SSLWantWriteError):
                time.sleep(0.0001)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
