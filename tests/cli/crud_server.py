"""A CRUD server for tests of `import openapi`: what tests/golden/import/openapi/crud.yaml documents.

    crud_server.py LOG SECONDS     prints its port; each request is a line of LOG: METHOD PATH STATUS

Collections are in memory. A request for something that does not exist gets status 404, one without
the key 401, and one whose body lacks a required property 422.
"""

import itertools
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REQUIRED = {"customers": ["name", "email"], "orders": ["customer"], "items": ["sku", "count"],
            "tags": ["label"], "files": []}
KEY = {"customers": "customerId", "orders": "id", "items": "itemId", "tags": "label"}
store = {}
numbers = itertools.count(1000)
lock = threading.Lock()
log = open(sys.argv[1], "a", buffering=1)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, status, value=None, headers=()):
        body = b"" if value is None else json.dumps(value).encode()
        log.write(f"{self.command} {self.path.split('?')[0]} {status}\n")
        self.send_response(status)
        if value is not None:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        path = self.path.split("?")[0]
        if self.headers.get("X-Key") != "k-1":
            return self.reply(401, {"error": "no key"})
        if not path.startswith("/api/"):
            return self.reply(404, {"error": "no such path"})
        try:
            body = json.loads(raw) if raw and "json" in self.headers.get("Content-Type", "") else {}
        except ValueError:
            return self.reply(400, {"error": "not JSON"})
        with lock:
            return self.route(path.removeprefix("/api/").strip("/").split("/"), body)

    def route(self, parts, body):
        parent = "/".join(parts[:-1])
        if len(parts) > 2 and "/".join(parts[:2]) not in store:
            return self.reply(404, {"error": f"no {'/'.join(parts[:2])}"})
        if parts[-1] in REQUIRED:
            return self.collection("/".join(parts), parts[-1], body)
        if parts[-1] == "cancel" and parent in store and self.command == "POST":
            store[parent]["state"] = "cancelled"
            return self.reply(200, store[parent])
        return self.item("/".join(parts), parts[-2] if len(parts) > 1 else "", body)

    def collection(self, path, kind, body):
        if self.command == "GET":
            values = [v for k, v in store.items() if re.fullmatch(re.escape(path) + "/[^/]+", k)]
            return self.reply(200, {"data": values} if kind == "customers" else values)
        if self.command != "POST":
            return self.reply(405, {"error": "not allowed"})
        missing = [name for name in REQUIRED[kind] if name not in body]
        if missing:
            return self.reply(422, {"error": f"missing: {missing}"})
        if kind == "tags":
            name = body["label"]
            if f"{path}/{name}" in store:
                return self.reply(409, {"error": "exists"})
        else:
            name = str(next(numbers))
        value = {**body, KEY[kind]: int(name) if name.isdigit() else name}
        store[f"{path}/{name}"] = value
        if kind == "items":
            return self.reply(201, None, [("Location", f"/api/{path}/{name}")])
        if kind == "tags":
            return self.reply(201)
        return self.reply(201, {"data": value} if kind == "customers" else value)

    def item(self, path, kind, body):
        if kind == "files" and self.command == "PUT":
            created = path not in store
            store[path] = {"size": 0}
            return self.reply(201 if created else 204)
        if path not in store:
            return self.reply(404, {"error": f"no {path}"})
        if self.command in ("GET", "HEAD"):
            return self.reply(200, store[path])
        if self.command in ("PUT", "PATCH"):
            if "id" in body and body["id"] != store[path].get("id"):
                return self.reply(422, {"error": "another id"})
            store[path].update(body)
            return self.reply(200, store[path])
        for name in [k for k in store if k == path or k.startswith(path + "/")]:
            del store[name]
        return self.reply(204)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Timer(float(sys.argv[2]), server.shutdown).start()
server.serve_forever()
