"""import_sockets.py URL HAR: a visit to the support chat of the sample shop at URL, written as a HAR
recording as Chrome does. Each argument after these replaces a type of a received message in the
recording: reply=solution."""
import base64
import datetime
import http.client
import json
import os
import re
import socket
import struct
import sys
import time
import urllib.parse

url, path, *changes = sys.argv[1:]
host, port = urllib.parse.urlsplit(url).hostname, urllib.parse.urlsplit(url).port
entries, cookie = [], None


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def headers(items):
    return [{"name": n, "value": v} for n, v in items]


def entry(begun, where, sent, status, got, body, **more):
    kind = dict(got).get("Content-Type", "")
    entries.append({
        "startedDateTime": begun.isoformat(), "time": (now() - begun).total_seconds() * 1000,
        "request": {"method": "GET", "url": where, "httpVersion": "HTTP/1.1",
                    "headers": headers(sent), "cookies": [], "queryString": [],
                    "headersSize": -1, "bodySize": 0},
        "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1",
                     "headers": headers(got), "cookies": [], "redirectURL": "",
                     "content": {"size": len(body), "mimeType": kind, "text": body},
                     "headersSize": -1, "bodySize": len(body)},
        "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}, **more})


def get(where):
    global cookie
    begun, sent = now(), [("Cookie", cookie)] if cookie else []
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request("GET", where, headers=dict(sent))
    response = connection.getresponse()
    body, got = response.read().decode(), response.getheaders()
    for name, value in got:
        if name == "Set-Cookie":
            cookie = value.split(";")[0]
    entry(begun, url.rstrip("/") + where, sent, response.status, got, body)
    return body


class Socket:
    def __init__(self, where):
        self.begun, self.where, self.messages = now(), where, []
        self.sent = [("Origin", url.rstrip("/")), ("Cookie", cookie), ("Upgrade", "websocket"),
                     ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                     ("Sec-WebSocket-Key", base64.b64encode(os.urandom(16)).decode())]
        self.raw = socket.create_connection((host, port), timeout=20)
        self.stream = self.raw.makefile("rb")
        head = "".join("%s: %s\r\n" % pair for pair in self.sent)
        self.raw.sendall(("GET %s HTTP/1.1\r\nHost: %s:%d\r\n%s\r\n"
                          % (where, host, port, head)).encode())
        assert self.stream.readline().startswith(b"HTTP/1.1 101 ")
        while self.stream.readline() != b"\r\n":
            pass

    def note(self, direction, text):
        self.messages.append({"type": direction, "time": time.time(), "opcode": 1, "data": text})

    def send(self, message):
        text = json.dumps(message, separators=(",", ":"))
        self.note("send", text)
        size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
        self.raw.sendall(b"\x81" + size + bytes(4) + text.encode())

    def until(self, kind):
        """Receives messages up to one of this type; replies to pings."""
        while True:
            first, length = self.stream.read(2)
            if length == 126:
                length = struct.unpack(">H", self.stream.read(2))[0]
            text = self.stream.read(length).decode()
            assert first == 0x81, first
            message = json.loads(text)
            for old, new in (change.split("=") for change in changes):
                text = text.replace('"type":"%s"' % old, '"type":"%s"' % new)
            self.note("receive", text)
            if message["type"] == "ping":
                self.send({"type": "pong"})
            if message["type"] == kind:
                return message

    def close(self):
        self.raw.close()
        entry(self.begun, url.replace("http", "ws", 1).rstrip("/") + self.where, self.sent, 101, [],
              "", _resourceType="websocket", _webSocketMessages=self.messages)


get("/")
ticket = re.search("data-ticket=([0-9a-f]+)", get("/support"))[1]
chat = Socket("/ws/support?ticket=" + ticket)
chat.send({"type": "join", "name": "Visitor"})
conversation = chat.until("joined")["conversation"]
chat.until("ping")
for question in "Do you have hats?", "And in red?":
    chat.send({"type": "ask", "conversation": conversation, "text": question})
    chat.until("reply")
get("/api/support?conversation=" + conversation)
chat.close()
with open(path, "w", encoding="utf-8") as file:
    json.dump({"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"},
                       "pages": [], "entries": entries}}, file)
