#!/usr/bin/env python3
"""Sends requests about an unfinished scenario to yaml-language-server, like an editor.

    ask.py SERVER FILE SCHEMA complete|hover LINE COLUMN
    ask.py SERVER FILE SCHEMA errors

Lines and columns start at 1. Prints the offered labels, the shown text, or line: message.
"""
import json
import pathlib
import subprocess
import sys
import threading

LIMIT_S = 60


def main():
    server, file, schema, what = sys.argv[1:5]
    process = subprocess.Popen(
        ["node", server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    timer = threading.Timer(LIMIT_S, process.kill)
    timer.start()
    try:
        session = Session(process, pathlib.Path(file), pathlib.Path(schema))
        if what == "errors":
            print("\n".join(session.errors()))
        else:
            position = {"line": int(sys.argv[5]) - 1, "character": int(sys.argv[6]) - 1}
            print("\n".join(session.look(what, position)))
    finally:
        timer.cancel()
        process.kill()
        process.wait()


class Session:
    def __init__(self, process, file, schema):
        self.process = process
        self.uri = file.resolve().as_uri()
        self.settings = {
            "schemas": {schema.resolve().as_uri(): [self.uri]},
            "schemaStore": {"enable": False},
            "validate": True,
            "hover": True,
            "completion": True,
        }
        self.published = None
        self.last = 0
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": {"workspace": {"configuration": True}},
            },
        )
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": {"yaml": self.settings}})
        document = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": file.read_text()}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def errors(self):
        while self.published is None:
            self.receive()
        return [f"{e['range']['start']['line'] + 1}: {e['message']}" for e in self.published]

    def look(self, what, position):
        self.errors()
        method = "completion" if what == "complete" else "hover"
        where = {"textDocument": {"uri": self.uri}, "position": position}
        found = self.request("textDocument/" + method, where)
        if what == "complete":
            items = found["items"] if isinstance(found, dict) else found
            return [item["label"] for item in items]
        return [found["contents"]["value"] if found else ""]

    def request(self, method, params):
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.last and "method" not in message:
                return message["result"]

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            sys.exit("the server has ended")
        message = json.loads(self.process.stdout.read(length))
        if "method" in message:
            self.answer(message)
        return message

    def answer(self, message):
        params = message.get("params") or {}
        if message["method"] == "textDocument/publishDiagnostics" and params["uri"] == self.uri:
            self.published = params["diagnostics"]
        if "id" not in message:
            return
        result = None
        if message["method"] == "workspace/configuration":
            result = [
                self.settings if item.get("section") == "yaml" else {}
                for item in params["items"]
            ]
        self.send({"id": message["id"], "result": result})


main()
