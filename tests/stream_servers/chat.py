#!/usr/bin/env python3
"""The chat of README.md with Python's websockets.

usage: chat.py SECONDS [CERTIFICATE KEY]
"""
import asyncio
import json
import os
import ssl
import sys

from websockets.asyncio.server import serve

PIECE = 1000


async def reply(socket, message):
    """Yields what is sent for MESSAGE: a text, bytes, or a list of the fragments of a text."""
    if isinstance(message, bytes):
        yield message[::-1]
        return
    data = json.loads(message)
    if data["type"] == "join":
        await (await socket.ping(b"are you there"))
        yield json.dumps({"type": "ask", "text": "who are you"})
        yield json.dumps({"type": "joined", "id": f"u{data['number']}"})
        for number in range(data["ticks"]):
            yield json.dumps({"type": "tick", "number": number})
    elif data["type"] == "big":
        text = json.dumps({"type": "page", "text": "ä" * data["letters"], "end": "of the page"}, ensure_ascii=False)
        yield [text[at:at + PIECE] for at in range(0, len(text), PIECE)]


async def handle(socket):
    received = sent = 0
    async for message in socket:
        received += 1
        async for text in reply(socket, message):
            await socket.send(text)
            sent += 1
    compressed = "compressed" if socket.protocol.extensions else "plain"
    os.write(1, f"closed {socket.close_code} received {received} sent {sent} {socket.subprotocol} {compressed}\n".encode())


async def main():
    tls = None
    if len(sys.argv) > 2:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[2], sys.argv[3])
    async with serve(handle, "127.0.0.1", 0, subprotocols=["chat.v1"], ssl=tls) as server:
        os.write(1, f"{server.sockets[0].getsockname()[1]}\n".encode())
        await asyncio.sleep(float(sys.argv[1]))


asyncio.run(main())
