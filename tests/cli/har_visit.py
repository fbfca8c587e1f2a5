"""A visit to the sample shop by a scripted client, written as a HAR file like that of a browser.

    har_visit.py URL FILE       login, search, product, cart, order, with the shop's pages
    har_visit.py URL FILE api   a token, a cart and an order, with its JSON API
    har_visit.py URL FILE forms registration, settings, several steps, an upload

Redirects are separate entries, cookies are kept in a jar, and times are those of the visit with
invented pauses between the pages.
"""
import datetime
import http.client
import http.cookies
import json
import re
import sys
import urllib.parse


class Visit:
    def __init__(self, base):
        self.base = base
        self.host = urllib.parse.urlsplit(base).netloc
        self.jar = {}
        self.entries = []
        self.pages = []
        self.now = datetime.datetime(2026, 3, 1, 9, 0, 0, tzinfo=datetime.timezone.utc)
        self.referer = None

    def page(self, title):
        self.now += datetime.timedelta(seconds=3)
        self.pages.append({"id": "page_%d" % (len(self.pages) + 1), "title": title,
                           "startedDateTime": self.stamp(), "pageTimings": {}})

    def stamp(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (self.now.microsecond // 1000)

    def send(self, method, path, body=None, mime=None, headers=(), kind="document"):
        for _ in range(5):
            status, answer, text = self.once(method, path, body, mime, headers, kind)
            if status not in (301, 302, 303):
                return text
            method, body, mime = "GET", None, None
            path = urllib.parse.urljoin(path, dict(answer)["Location"])
        raise SystemExit("too many redirects")

    def once(self, method, path, body, mime, headers, kind):
        sent = [("Host", self.host), ("User-Agent", "Mozilla/5.0 (scripted)"),
                ("Accept", "text/html" if kind == "document" else "application/json"),
                ("Accept-Language", "en"), *headers]
        if self.jar:
            sent.append(("Cookie", "; ".join("%s=%s" % c for c in self.jar.items())))
        if self.referer:
            sent.append(("Referer", self.referer))
        if body is not None:
            sent.append(("Content-Type", mime))
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, body, dict(sent[1:]))
        answer = connection.getresponse()
        data = answer.read().decode()
        got = answer.getheaders()
        connection.close()
        for name, value in got:
            if name.lower() == "set-cookie":
                for key, cookie in http.cookies.SimpleCookie(value).items():
                    self.jar[key] = cookie.value
        self.note(method, path, body, mime, sent, answer.status, got, data, kind)
        if kind == "document":
            self.referer = self.base + path
        return answer.status, got, data

    def note(self, method, path, body, mime, sent, status, got, data, kind):
        request = {"method": method, "url": self.base + path, "httpVersion": "http/1.1",
                   "headers": [{"name": n, "value": v} for n, v in sent], "queryString": [],
                   "cookies": [], "headersSize": -1, "bodySize": len(body or "")}
        if body is not None:
            request["postData"] = {"mimeType": mime, "text": body}
        response = {"status": status, "statusText": "", "httpVersion": "http/1.1",
                    "headers": [{"name": n, "value": v} for n, v in got], "cookies": [],
                    "redirectURL": dict(got).get("Location", ""), "headersSize": -1,
                    "bodySize": len(data),
                    "content": {"size": len(data), "text": data,
                                "mimeType": dict(got).get("Content-Type", "")}}
        self.entries.append({"startedDateTime": self.stamp(), "time": 20, "request": request,
                             "response": response, "cache": {}, "_resourceType": kind,
                             "pageref": self.pages[-1]["id"],
                             "timings": {"send": 0, "wait": 20, "receive": 0}})
        self.now += datetime.timedelta(milliseconds=30)

    def form(self, path, **fields):
        return self.send("POST", path, urllib.parse.urlencode(fields),
                         "application/x-www-form-urlencoded", [("Origin", self.base)])

    def call(self, method, path, data=None, headers=()):
        body = None if data is None else json.dumps(data)
        return json.loads(self.send(method, path, body, "application/json", headers, "xhr"))

    def write(self, path):
        log = {"version": "1.2", "creator": {"name": "scripted", "version": "1.0"},
               "pages": self.pages, "entries": self.entries}
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"log": log}, file, indent=1)


def token(page):
    return re.search('name="csrf_token" value="([^"]*)"', page).group(1)


def by_pages(visit):
    visit.page("Welcome")
    visit.send("GET", "/")
    visit.send("GET", "/static/shop.css", kind="stylesheet")
    visit.page("Log in")
    page = visit.send("GET", "/login")
    visit.form("/login", csrf_token=token(page), user="anna", password="demo")
    visit.page("Search")
    visit.send("GET", "/search?q=hat")
    page = visit.send("GET", "/products/1001")
    visit.page("Cart")
    visit.form("/cart", csrf_token=token(page), product="1001", quantity="2")
    visit.page("Checkout")
    page = visit.send("GET", "/checkout")
    visit.form("/checkout", csrf_token=token(page), address="Somewhere 1", delivery="post")


def by_api(visit):
    visit.page("API")
    got = visit.call("POST", "/api/token", {"user": "anna", "password": "demo"})
    name = next(key for key in got if "token" in key)
    bearer = [("Authorization", "Bearer " + got[name])]
    visit.call("GET", "/api/products?q=hat", headers=bearer)
    visit.call("POST", "/api/cart", {"product": 1001, "quantity": 1}, bearer)
    order = visit.call("POST", "/api/orders", {}, bearer)
    visit.call("GET", "/api/orders/%s" % order["id"], headers=bearer)


def upload(visit, page, lost):
    parts = (("csrf_token", "", token(page)), ("title", "", "A hat"),
             ("image", '; filename="hat.txt"\r\nContent-Type: text/plain', "a felt hat"))
    body = "".join('--B\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
                   for part in parts) + "--B--\r\n"
    visit.send("POST", "/upload", body, "multipart/form-data; boundary=B", [("Origin", visit.base)])
    if lost:
        visit.entries[-1]["request"]["postData"]["text"] = ""


def by_forms(visit, lost=False):
    visit.page("Register")
    page = visit.send("GET", "/register")
    visit.form("/register", csrf_token=token(page), user="anna", email="anna@example.test", password="demo")
    visit.page("Settings")
    page = visit.send("GET", "/settings")
    visit.form("/settings", csrf_token=token(page), nickname="Bee", language="de", newsletter="1")
    visit.page("Wizard")
    page = visit.send("GET", "/wizard")
    page = visit.form("/wizard", csrf_token=token(page), step="1", who="Anna")
    page = visit.form("/wizard", csrf_token=token(page), step="2", street="Ring 1", city="Graz")
    visit.form("/wizard", csrf_token=token(page), step="3", agree="on")
    visit.page("Upload")
    upload(visit, visit.send("GET", "/upload"), lost)


WAYS = {"api": by_api, "forms": by_forms, "lost": lambda visit: by_forms(visit, True)}

if __name__ == "__main__":
    recording = Visit(sys.argv[1])
    WAYS.get(sys.argv[3] if sys.argv[3:] else "", by_pages)(recording)
    recording.write(sys.argv[2])
