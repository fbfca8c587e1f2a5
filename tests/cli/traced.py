"""A traced application and its collector of traces in one server.

traced.py FOLDER SECONDS: writes FOLDER/port. The application is under /app/: /app/fail responds with 500,
/app/slow after 30 ms, others immediately. It reads the trace context of each request as a tracing library does
(W3C traceparent, B3 in one or several headers) and refuses an invalid one with 400. GET /spans returns the
recorded spans as JSON: trace, span, path, state, and whether the client asked to sample it.
"""
import http.server
import json
import os
import re
import sys
import threading
import time

folder, seconds = sys.argv[1], float(sys.argv[2])
spans, lock = [], threading.Lock()
HEX = "[0-9a-f]"
W3C = re.compile(f"00-({HEX}{{32}})-({HEX}{{16}})-0([01])$")
B3 = re.compile(f"({HEX}{{32}})-({HEX}{{16}})-([01])$")


def context(headers):
    """The trace, the span and whether it is sampled; None: an invalid or no trace context."""
    if "X-B3-TraceId" in headers:
        line = "-".join(headers.get(f"X-B3-{name}", "") for name in ("TraceId", "SpanId", "Sampled"))
        found = B3.match(line)
    elif "b3" in headers:
        found = B3.match(headers["b3"])
    else:
        found = W3C.match(headers.get("traceparent", ""))
    return found.groups() if found and int(found[1], 16) and int(found[2], 16) else None


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/spans":
            with lock:
                self.respond(200, json.dumps(spans).encode())
            return
        found = context(self.headers)
        if not found or len(self.headers.get_all("traceparent", [])) > 1:
            self.respond(400, b"no trace context")
            return
        with lock:
            spans.append({"trace": found[0], "span": found[1], "sampled": found[2] == "1",
                          "path": self.path, "state": self.headers.get("tracestate", "")})
        if self.path == "/app/slow":
            time.sleep(0.03)
        if self.path == "/app/away":
            self.respond(302, b"", ("Location", "/app/home"))
            return
        self.respond(500 if self.path == "/app/fail" else 200, b"ok")

    def respond(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
web.daemon_threads = True
threading.Thread(target=web.serve_forever, daemon=True).start()
with open(os.path.join(folder, "port.new"), "w") as out:
    out.write(str(web.server_port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
time.sleep(seconds)
