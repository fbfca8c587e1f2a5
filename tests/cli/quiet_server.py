#!/usr/bin/env python3
"""A server with many open connections, for tests: quiet_server.py SECONDS [CERTIFICATE KEY]. Each WebSocket gets one
message, each other request an event stream with one event; then they stay open. Prints its port, and the number of
open connections after every 50th.
"""
import asyncio
import base64
import hashlib
import ssl
import sys

EVENT = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nd\r\ndata: hello\n\n\r\n"
count = 0


def switch(key):
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    return (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n\x81\x05hello")


async def handle(reader, writer):
    global count
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        keys = [line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")
                if line.lower().startswith(b"sec-websocket-key:")]
        writer.write(switch(keys[0]) if keys else EVENT)
        await writer.drain()
        count += 1
        if count % 50 == 0:
            print("open", count, flush=True)
        await reader.read()
    except (OSError, EOFError):
        pass
    writer.close()


async def serve():
    tls = None
    if len(sys.argv) > 3:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[2], sys.argv[3])
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(float(sys.argv[1]))


asyncio.run(serve())
