#!/usr/bin/env python3
"""An MCP server (Model Context Protocol) with Python's mcp, over HTTP with event streams. Prints its port, and
a line for each call of its tool: "call STEPS events SENT".

usage: mcp_server.py SECONDS
"""
import asyncio
import os
import socket
import sys

import uvicorn
from mcp.server.mcpserver import Context, MCPServer

server = MCPServer("shop", log_level="ERROR")


@server.tool()
async def count(steps: int, delay_ms: int, context: Context) -> str:
    """Counts to STEPS, and reports the progress after each step."""
    for step in range(1, steps + 1):
        await asyncio.sleep(delay_ms / 1000)
        await context.report_progress(step, steps, f"step {step}")
    # The result is an event too.
    os.write(1, f"call {steps} events {steps + 1}\n".encode())
    return f"counted to {steps}"


@server.tool()
async def fail(reason: str) -> str:
    """A tool that fails."""
    raise ValueError(reason)


async def main():
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        os.write(1, f"{listener.getsockname()[1]}\n".encode())
        app = server.streamable_http_app()
        web = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        running = asyncio.create_task(web.serve(sockets=[listener]))
        await asyncio.wait([running], timeout=float(sys.argv[1]))
        web.should_exit = True
        await running


asyncio.run(main())
