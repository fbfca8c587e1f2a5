#!/usr/bin/env python3
"""An event stream with Python's sse-starlette, which is interrupted: each response has 10 of 30 events and continues
after the Last-Event-ID; the last one stays open. Prints its port, and "stream FROM events COUNT" for each response.

usage: events.py SECONDS
"""
import asyncio
import json
import os
import socket
import sys

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

PIECE, COUNT = 10, 30


async def events(first):
    sent = 0
    try:
        yield ServerSentEvent(comment="hello", retry=100)
        for number in range(first, min(first + PIECE, COUNT + 1)):
            await asyncio.sleep(0.002)
            sent += 1
            yield ServerSentEvent(json.dumps({"number": number}), id=str(number), event="order")
        if first + PIECE > COUNT:
            await asyncio.sleep(3600)
    finally:
        os.write(1, f"stream {first} events {sent}\n".encode())


async def stream(request):
    return EventSourceResponse(events(int(request.headers.get("last-event-id", "0")) + 1))


async def page(_request):
    return PlainTextResponse("a page")


async def main():
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        os.write(1, f"{listener.getsockname()[1]}\n".encode())
        app = Starlette(routes=[Route("/events", stream), Route("/page", page)])
        web = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        running = asyncio.create_task(web.serve(sockets=[listener]))
        await asyncio.wait([running], timeout=float(sys.argv[1]))
        web.should_exit = True
        await running


asyncio.run(main())
