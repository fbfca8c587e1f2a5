#!/usr/bin/env python3
"""visitor.py [FLAG...] URL: a scripted user in Chromium who buys a hat in the sample shop at URL.

It is started like a browser (`reprise record --browser tests/cli/visitor.py`) and passes its flags
to Chromium. It logs in, searches, opens a product, adds it to the cart, orders it, and closes the
browser. Environment variables:

    VISITOR_PASSWORD=…   the password to type (default: demo)
    VISITOR_VISIT=chat   talks with the shop's support instead: two questions, then the transcript
    VISITOR_MARKS=yes    marks the start of each step (http://recorder.local/mark)
    VISITOR_HAR=FILE     writes a HAR file to FILE, like the developer tools of the browser
    VISITOR_LOG=FILE     writes errors and the number of the order to FILE

chromium_pipe.py starts the browser.
"""
import datetime
import json
import os
import select
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True  # it is started as a browser, without -B
import chromium_pipe  # noqa: E402

LIMIT_S = 40


class Browser:
    def __init__(self, flags):
        self.process, self.out, self.into = chromium_pipe.start(flags)
        self.rest, self.number, self.session, self.saw = b"", 0, None, None

    def messages(self, wait):
        """The first data received within WAIT seconds."""
        if b"\0" not in self.rest and select.select([self.into], [], [], wait)[0]:
            more = os.read(self.into, 1 << 16)
            if not more:
                raise SystemExit("the browser has ended")
            self.rest += more
        while b"\0" in self.rest:
            text, self.rest = self.rest.split(b"\0", 1)
            message = json.loads(text)
            if self.saw and "method" in message:
                self.saw.event(message["method"], message["params"])
            yield message

    def ask(self, method, **params):
        self.number += 1
        question = {"id": self.number, "method": method, "params": params}
        if self.session:
            question["sessionId"] = self.session
        number, answer, end = self.number, None, time.monotonic() + LIMIT_S
        os.write(self.out, json.dumps(question).encode() + b"\0")
        while answer is None and time.monotonic() < end:
            for message in self.messages(1):
                if message.get("id") == number:
                    answer = message
        if answer is None:
            raise SystemExit("no response to " + method)
        return answer

    def begin(self):
        target = self.ask("Target.createTarget", url="about:blank")["result"]["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target,
                                flatten=True)["result"]["sessionId"]
        self.ask("Page.enable")
        if self.saw:
            self.ask("Network.enable")

    def value(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer.get("result", {}).get("result", {}).get("value")

    def until(self, expression):
        end = time.monotonic() + LIMIT_S
        while not self.value(expression):
            if self.saw:
                self.saw.fetch(self)
            if time.monotonic() > end:
                raise SystemExit("never true: %s\n%s\n%s" % (
                    expression, self.value("location.href"),
                    self.value("document.body.innerText")))
            time.sleep(0.05)

    def arrive(self, path):
        self.until("document.readyState === 'complete' && location.pathname.startsWith('%s')"
                   % path)
        if self.saw:
            self.saw.settle(self)

    def go(self, url, path):
        self.ask("Page.navigate", url=url)
        self.arrive(path)

    def act(self, script, path):
        """A think time, then SCRIPT, which opens PATH."""
        time.sleep(0.2)
        self.value(script + "; true")
        self.arrive(path)


class Saw:
    """The requests that the browser reports, as a HAR recording."""

    def __init__(self):
        self.entries, self.by_id, self.extra, self.to_fetch = [], {}, {}, []
        self.sockets = {}

    def socket_event(self, event, p):
        """Events of a WebSocket; their times count from another zero than those of the clock."""
        socket = self.sockets.setdefault(p["requestId"], {"messages": []})
        if event == "Created":
            socket["url"] = p["url"]
        elif event == "WillSendHandshakeRequest":
            socket.update(sent=p["request"]["headers"], wall=p["wallTime"], begun=p["timestamp"])
        elif event == "HandshakeResponseReceived":
            socket["response"] = p["response"]
        elif event in ("FrameSent", "FrameReceived"):
            frame = p["response"]
            socket["messages"].append({
                "type": "send" if event == "FrameSent" else "receive",
                "time": socket["wall"] + p["timestamp"] - socket["begun"],
                "opcode": frame["opcode"], "data": frame["payloadData"]})
        elif event == "Closed":
            socket["end"] = p["timestamp"]

    def event(self, method, p):
        key = p.get("requestId")
        if method.startswith("Network.webSocket"):
            self.socket_event(method[len("Network.webSocket"):], p)
            return
        if method == "Network.requestWillBeSent":
            if "redirectResponse" in p:
                self.answered(self.by_id[key], p["redirectResponse"], p["timestamp"])
            if not p["request"]["url"].startswith("http"):
                return
            entry = {"asked": p, "hop": sum(1 for e in self.entries if e["key"] == key),
                     "key": key, "response": None, "body": None, "end": p["timestamp"]}
            self.by_id[key] = entry
            self.entries.append(entry)
        elif method in ("Network.requestWillBeSentExtraInfo", "Network.responseReceivedExtraInfo"):
            side = "sent" if "WillBeSent" in method else "got"
            self.extra.setdefault((key, side), []).append(p["headers"])
        elif method == "Network.responseReceived" and key in self.by_id:
            self.answered(self.by_id[key], p["response"], p["timestamp"])
        elif method == "Network.loadingFinished" and key in self.by_id:
            self.by_id[key]["end"] = p["timestamp"]
            self.to_fetch.append(key)

    @staticmethod
    def answered(entry, response, at):
        entry["response"], entry["end"] = response, at

    def fetch(self, browser):
        while self.to_fetch:
            key = self.to_fetch.pop(0)
            answer = browser.ask("Network.getResponseBody", requestId=key)
            self.by_id[key]["body"] = answer.get("result")

    def settle(self, browser):
        """Requests the bodies of the loaded page, before the next page is opened."""
        end = time.monotonic() + 5
        while time.monotonic() < end and any(
                e["body"] is None and e["response"] and e["response"]["status"] < 300
                for e in self.entries):
            browser.value("1")
            self.fetch(browser)

    def headers(self, entry, side, fallback):
        lists = self.extra.get((entry["key"], side), [])
        found = lists[entry["hop"]] if entry["hop"] < len(lists) else fallback
        return [{"name": n, "value": v} for n, v in found.items()]

    def write(self, path):
        entries = []
        for e in self.entries:
            asked, response = e["asked"]["request"], e["response"]
            if not response:
                continue
            request = {"method": asked["method"], "url": asked["url"], "httpVersion": "http/1.1",
                       "headers": self.headers(e, "sent", asked["headers"]), "queryString": [],
                       "cookies": [], "headersSize": -1,
                       "bodySize": len(asked.get("postData", ""))}
            if "postData" in asked:
                kind = [h["value"] for h in request["headers"]
                        if h["name"].lower() == "content-type"]
                request["postData"] = {"mimeType": (kind or [""])[0], "text": asked["postData"]}
            content = {"size": 0, "mimeType": response["mimeType"]}
            if e["body"]:
                content = {"size": len(e["body"]["body"]), "mimeType": response["mimeType"],
                           "text": e["body"]["body"]}
                if e["body"]["base64Encoded"]:
                    content["encoding"] = "base64"
            got = self.headers(e, "got", response["headers"])
            location = [h["value"] for h in got if h["name"].lower() == "location"]
            begun = datetime.datetime.fromtimestamp(e["asked"]["wallTime"], datetime.timezone.utc)
            entries.append({
                "startedDateTime": begun.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "time": max(0, (e["end"] - e["asked"]["timestamp"]) * 1000),
                "_resourceType": e["asked"].get("type", "Other").lower(), "request": request,
                "response": {"status": response["status"], "statusText": response["statusText"],
                             "httpVersion": "http/1.1", "headers": got, "cookies": [],
                             "content": content, "redirectURL": (location or [""])[0],
                             "headersSize": -1, "bodySize": -1},
                "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}})
        for s in self.sockets.values():
            listed = [[{"name": n, "value": v} for n, v in h.items()]
                      for h in (s["sent"], s["response"]["headers"])]
            begun = datetime.datetime.fromtimestamp(s["wall"], datetime.timezone.utc)
            entries.append({
                "startedDateTime": begun.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "time": (s.get("end", s["begun"]) - s["begun"]) * 1000,
                "_resourceType": "websocket", "_webSocketMessages": s["messages"],
                "request": {"method": "GET", "url": s["url"], "httpVersion": "HTTP/1.1",
                            "headers": listed[0], "queryString": [], "cookies": [],
                            "headersSize": -1, "bodySize": 0},
                "response": {"status": s["response"]["status"], "statusText": "",
                             "httpVersion": "HTTP/1.1", "headers": listed[1], "cookies": [],
                             "content": {"size": 0, "mimeType": "x-unknown"}, "redirectURL": "",
                             "headersSize": -1, "bodySize": -1},
                "cache": {}, "timings": {"send": 0, "wait": 0, "receive": 0}})
        log = {"version": "1.2", "creator": {"name": "Chromium, by its protocol", "version": ""},
               "pages": [], "entries": entries}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"log": log}, file)


FILL = "document.querySelector('%s').value = '%s'"


def visit(browser, url):
    marks = os.environ.get("VISITOR_MARKS") == "yes"

    def mark(name):
        if marks:
            browser.go("http://recorder.local/", "/")
            browser.act(FILL % ("input[name=name]", name) +
                        ";document.querySelector('form').requestSubmit()", "/mark")

    mark("Log in")
    browser.go(url, "/")
    browser.act("document.querySelector('a[href=\"/login\"]').click()", "/login")
    browser.act(FILL % ("input[name=user]", "anna") + ";" +
                FILL % ("input[name=password]", os.environ.get("VISITOR_PASSWORD", "demo")) + ";" +
                "document.querySelector('form[action=\"/login\"]').requestSubmit()", "/account")
    mark("Search")
    browser.go(urllib.parse.urljoin(url, "/account"), "/account")
    browser.act(FILL % ("input[name=q]", "hat") + ";" +
                "document.querySelector('form[action=\"/search\"]').requestSubmit()", "/search")
    browser.act("document.querySelector('a[href^=\"/products/\"]').click()", "/products/")
    mark("Order")
    browser.go(urllib.parse.urljoin(url, "/products/1001"), "/products/")
    browser.act("document.querySelector('form[action=\"/cart\"]').requestSubmit()", "/cart")
    browser.act("document.querySelector('a[href=\"/checkout\"]').click()", "/checkout")
    browser.act(FILL % ("input[name=address]", "Somewhere 1") + ";" +
                "document.querySelector('form[action=\"/checkout\"]').requestSubmit()", "/orders/")
    return browser.value("location.pathname")


def chat(browser, url):
    def replies():
        return "document.querySelectorAll('p.Shop').length"

    browser.go(url, "/")
    browser.act("document.querySelector('a[href=\"/support\"]').click()", "/support")
    browser.until(replies() + " === 1")
    for number, question in enumerate(("Do you have hats?", "And in red?"), 2):
        time.sleep(1.3)
        browser.value(FILL % ("input[name=text]", question) +
                      ";document.getElementById('ask').requestSubmit()")
        browser.until(replies() + " === %d" % number)
    browser.value("document.getElementById('end').click()")
    browser.until("document.querySelector('p.Transcript') !== null")
    if browser.saw:
        browser.saw.settle(browser)
    return browser.value("document.querySelector('p.Transcript').textContent")


def main():
    log = open(os.environ.get("VISITOR_LOG", "/dev/null"), "w", encoding="utf-8")
    flags, url = sys.argv[1:-1], sys.argv[-1]
    flags = [flag for flag in flags if flag not in ("--new-window", "--no-sandbox")]
    # Child processes of Chromium may still write here after it has ended, so some files may remain.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
        if not any(flag.startswith("--user-data-dir=") for flag in flags):
            flags.append("--user-data-dir=" + own)
        browser = Browser(flags)
        if os.environ.get("VISITOR_HAR"):
            browser.saw = Saw()
        try:
            browser.begin()
            print((chat if os.environ.get("VISITOR_VISIT") == "chat" else visit)(browser, url),
                  file=log)
            if browser.saw:
                browser.saw.write(os.environ["VISITOR_HAR"])
        except SystemExit as problem:
            print(problem, file=log)
            raise
        finally:
            log.close()
            browser.process.terminate()
            try:
                browser.process.wait(10)
            except subprocess.TimeoutExpired:
                browser.process.kill()
                browser.process.wait(10)


main()
